"""Whatever code and documents cite is in the repository: pages, their headings, numbered rules, modules, functions."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("bench", "config", "ingest", "kongchuo", "ledger", "notify", "parsers", "store", "tests")
_PAGE = re.compile(r"(?<![\w/.-])((?:docs/)?(?:[\w-]+/)?[\w-]+\.md)\b(?:``)?(?:, ([A-Z][^().;:`]*))?")
_NUMBERED = re.compile(r"\b([RA][0-9]{2})\b")
_PROMISE = re.compile(r"\b[Pp]romises? ([0-9]+)")
_CODE = re.compile(r"`((?:[\w-]+/)+[\w-]+\.(?:py|toml|csv|md))(?:::?(\w+))?`")


def _tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", *patterns], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name]


SOURCES = [path for room in ROOMS for path in _tracked(f"{room}/*.py", f"{room}/*.toml")]
PAGES = [
    page for page in _tracked("*.md", "docs/*.md") if page.name != "CHANGELOG.md"
]  # which is of the past


def test_every_page_that_code_cites_exists_with_its_heading() -> None:
    missing = []
    cited = 0
    for source in SOURCES:
        for page, heading in _PAGE.findall(_prose(source)):
            cited += 1
            path = ROOT / page
            if not path.exists():
                missing.append(f"{source.relative_to(ROOT)}: {page}")
            elif heading and not _has(path.read_text("utf-8"), heading.strip()):
                missing.append(f"{source.relative_to(ROOT)}: {page}, {heading}")
    assert missing == []
    assert cited > 30


def _prose(source: Path) -> str:
    """What a file says to its reader: docstrings and comments, each on one line; of a TOML file its comments."""
    text = source.read_text("utf-8")
    comments = re.findall(r"#\s?(.*)$", text, re.MULTILINE)
    if source.suffix != ".py":
        return "\n".join(comments)
    tree = ast.parse(text)
    strings = [
        node.value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    ]
    return "\n".join(" ".join(string.split()) for string in (*strings, *comments))


def _has(page: str, cited: str) -> bool:
    """Whether a page has a heading, or a numbered line, of that name."""
    if re.fullmatch(r"[RA][0-9]{2}", cited):
        return cited in page
    return any(
        cited.startswith(heading) for heading in re.findall(r"^#+ (.+)$", page, re.MULTILINE) if heading
    )


def test_every_numbered_rule_that_code_names_is_on_the_page() -> None:
    rules = (ROOT / "docs" / "rules-of-the-notice.md").read_text("utf-8")
    named = {
        number
        for source in SOURCES
        if source.suffix == ".py" and source != Path(__file__)
        for number in _NUMBERED.findall(_prose(source))
    }

    assert len(named) > 10
    assert sorted(number for number in named if number not in rules) == []


def test_every_promise_that_code_names_is_kept_in_the_architecture() -> None:
    architecture = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    promises = set(re.findall(r"^([0-9]+)\. \*\*", architecture, re.MULTILINE))
    named = {number for source in SOURCES for number in _PROMISE.findall(_prose(source))}

    assert named
    assert named <= promises


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_module_and_function_that_a_page_names_exists(page: Path) -> None:
    gone = []
    for name, function in _CODE.findall(page.read_text("utf-8")):
        path = ROOT / name
        if name.split("/")[0] not in (*ROOMS, "docs", "deploy"):
            continue
        if not path.exists() or (
            function and not re.search(rf"\b(?:def|class) {function}\b", path.read_text("utf-8"))
        ):
            gone.append(f"{name}:{function}")
    assert gone == []


def test_no_source_cites_what_is_not_in_the_repository() -> None:
    elsewhere = re.compile(r"\b(?:domain|judgement) \d|\bM[0-9]{1,2}\b(?!\.host)|\bX[0-9]{2}\b|\bdesign,")
    found = [
        f"{source.relative_to(ROOT)}: {match[0]}"
        for source in SOURCES
        if source != Path(__file__)
        for match in elsewhere.finditer(_prose(source))
    ]
    assert found == []
