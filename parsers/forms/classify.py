"""Which form a table is: title and headings first, then sheet, file name and subject; each mention is kept."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from config.notice import Notice
from config.text_folding import fold_text
from parsers.forms.columns import Binding
from parsers.records import Mention

TITLE, LABEL, NAMED, SHEET, SUBJECT, COLUMN, AGAINST, LACKS = 10.0, 4.0, 3.0, 2.0, 1.0, 1.0, -3.0, -4.0
MARGIN = 1.0
_LABEL = re.compile(
    "附[件表]?\\s*([1-7一二三四五六七])(?!\\d)(?![、,,~和及至到—-]\\s*(?:附件)?[1-7一二三四五六七](?!\\d*[年月.]))"
)
_CHINESE = "一二三四五六七"


@dataclass(frozen=True, slots=True)
class Recognition:
    """The form, or None where two are as likely; what was weighed; and the form that only the names speak of."""

    form: str | None
    mentions: tuple[Mention, ...]
    hint: str | None
    titled: bool  # the table's own title says so
    other: str | None = None  # a different form that the file's name claims


def labels(text: str) -> tuple[str, ...]:
    """附件N as written in a text; of a list or range (附件1、3) nothing is taken."""
    found = []
    for match in _LABEL.finditer(text):
        before = text[: match.start()].rstrip()
        if before.endswith(("、", ",", ",", "~", "和", "及", "至", "到")) and _LABEL.search(before) is None:
            continue
        digit = match[1]
        found.append(f"附件{_CHINESE.index(digit) + 1 if digit in _CHINESE else digit}")
    return tuple(dict.fromkeys(found))


def by_title(lines: Iterable[str], notice: Notice) -> str | None:
    """The form whose title stands in one of these lines; where several match, the one matched longest."""
    best: tuple[int, str] | None = None
    for line in lines:
        plain = fold_text(line)
        for form in notice.forms:
            for pattern in form.title_patterns:
                match = re.search(pattern, plain)
                if match and (best is None or len(match[0]) > best[0]):
                    best = (len(match[0]), form.key)
    return best[1] if best else None


def by_words(text: str, notice: Notice) -> str | None:
    """The form that a file name, sheet name or subject speaks of."""
    said = labels(text)
    if said:
        return said[0] if len(said) == 1 and said[0] in notice.by_key else None
    if (titled := by_title([text], notice)) is not None:
        return titled
    plain = fold_text(text)
    found = {
        (len(word), form.key) for form in notice.forms for word in form.name_words if fold_text(word) in plain
    }
    if not found:
        return None
    longest = max(length for length, _ in found)
    keys = {key for length, key in found if length == longest}
    return keys.pop() if len(keys) == 1 else None


def recognise(
    notice: Notice,
    bindings: Mapping[str, Binding],
    *,
    above: Sequence[str],
    sheet: str,
    name: str,
    subject: str,
    kind: str | None,
) -> Recognition:
    """Weigh everything that speaks for or against each form; ``kind`` is that of the unit the table declares."""
    mentions: list[Mention] = []

    def say(source: str, form: str | None, weight: float, text: str) -> None:
        if form is not None and form in notice.by_key:
            mentions.append(Mention(source=source, value=form, weight=weight, text=text[:80]))

    title = by_title(above, notice)
    say(
        "title",
        title,
        TITLE,
        next((line for line in above if title and by_title([line], notice) == title), ""),
    )
    for line in above:
        for label in labels(line) if len(labels(line)) == 1 else ():
            say("label", label, LABEL, line)
    say("sheet", by_words(sheet, notice), SHEET, sheet)
    said_by_name = by_words(name, notice)
    say("file", said_by_name, NAMED, name)
    said_by_subject = by_words(subject, notice)
    say("subject", said_by_subject, SUBJECT, subject)
    for spec in notice.forms:
        binding = bindings.get(spec.key)
        if binding is None:
            continue
        for key in spec.fingerprint:
            if key in binding.keys:
                say("heading", spec.key, COLUMN, notice.fields[key].heading)
        for key in spec.foreign:
            if any(key in other.keys for other in bindings.values()):
                say("heading", spec.key, AGAINST, notice.fields[key].heading)
        for key in spec.columns:
            if key not in binding.keys:
                say("heading", spec.key, LACKS, notice.fields[key].heading)
        if kind is not None:
            say("declared", spec.key, 1.5 if spec.sender == kind else -1.5, kind)
    hint = title or said_by_name or said_by_subject
    form = _decide(mentions, bindings)
    if form is not None and form != title and not _supported(form, mentions):
        form = None
    other = said_by_name if said_by_name not in (None, form) and form == title else None
    return Recognition(form, tuple(mentions), hint, titled=title == form and title is not None, other=other)


def _decide(mentions: Sequence[Mention], bindings: Mapping[str, Binding]) -> str | None:
    scores: dict[str, float] = {}
    for mention in mentions:
        scores[mention.value] = scores.get(mention.value, 0.0) + mention.weight
    ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    if not ranked or ranked[0][1] <= 0:
        return None
    if len(ranked) > 1 and ranked[0][1] - ranked[1][1] < MARGIN:
        return None
    return ranked[0][0]


def _supported(form: str, mentions: Sequence[Mention]) -> bool:
    """Headings alone are enough only where they say more than a name list does."""
    own = [m for m in mentions if m.value == form and m.weight > 0]
    return (
        any(m.source != "heading" and m.source != "declared" for m in own)
        or sum(m.source == "heading" for m in own) >= 2
    )
