"""Writes ``docs/forms.md`` from the first notice; :mod:`tests.unit.test_docs` compares."""

from collections.abc import Iterator
from pathlib import Path

from config.notice import FormSpec, Notice
from config.notice.notice_in_words import explain_notice
from config.read_notice import load_notice
from config.text.punctuation import set_punctuation

ROOT = Path(__file__).parents[2]
NOTICE = ROOT / "config" / "notices" / "2023-autumn.toml"
PAGE = ROOT / "docs" / "forms.md"


def render_forms() -> str:
    """The forms of the first notice: who owes what, what words mean, every field with its headings."""
    notice = load_notice(NOTICE)
    return "\n".join([*_head(notice), *_explained(notice), *_fields(notice), *_vocabularies(notice)])


def _head(notice: Notice) -> list[str]:
    return [
        "# Forms and fields",
        "",
        f"Written by `make reference` from `config/notices/{NOTICE.name}` ({notice.title}); another county's notice says its own,",
        "as [how-to/another-county.md](how-to/another-county.md) shows. The first part is what `kongchuo notice check` says.",
        "",
    ]


def _explained(notice: Notice) -> Iterator[str]:
    for section in explain_notice(notice):
        yield from (f"## {set_punctuation(section.title)}", "")
        yield from (f"- {set_punctuation(line)}" for line in section.lines)
        yield ""


def _fields(notice: Notice) -> Iterator[str]:
    yield from (
        "## Fields",
        "",
        "The key is what `kongchuo records --json` prints. Headings are compared after full width, blanks, line breaks and brackets are",
        "folded; those of the last columns are known besides the usual one. A column that no key claims is kept under `extra` with its",
        "heading as it stood. **Bold**: must not be blank in that form.",
        "",
        "| key | heading | kind | in | written also as |",
        "|---|---|---|---|---|",
    )
    for key, field in notice.fields.items():
        kind = f"{field.kind} of `{field.choices}`" if field.choices else field.kind
        forms = " ".join(_form_cell(form, key) for form in notice.forms if key in form.fields)
        yield f"| `{key}` | {field.heading} | {kind} | {forms} | {_cell(field.synonyms)} |"
    yield ""
    yield from (
        "In one form alone a heading may mean another field:",
        "",
        "| form | heading | key |",
        "|---|---|---|",
    )
    for form in notice.forms:
        for key, headings in form.headings.items():
            yield f"| {form.key} | {_cell(headings)} | `{key}` |"
    yield ""


def _form_cell(form: FormSpec, key: str) -> str:
    return f"**{form.key}**" if key in form.required else form.key


def _vocabularies(notice: Notice) -> Iterator[str]:
    yield from (
        "## Vocabularies",
        "",
        "Values that a field of kind `choice` or `choices` may have, and their spellings.",
        "",
        "| vocabulary | value | means | spellings |",
        "|---|---|---|---|",
    )
    for name, vocabulary in notice.vocabularies.items():
        for value, spellings in vocabulary.values.items():
            meaning = f"`{vocabulary.meanings[value]}`" if value in vocabulary.meanings else ""
            yield f"| `{name}` | {value} | {meaning} | {_cell(spellings)} |"
    yield ""


def _cell(words: tuple[str, ...]) -> str:
    return "\u3001".join(words).replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(render_forms(), "utf-8")
