"""Recognises which form of the notice a table is.

The title, headings, sheet name, file name and subject each give a weighted signal, and all signals are kept for the
explanation (docs/forms.md).
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from operator import itemgetter

from config.notice import FormSpec, Notice
from config.text.text_folding import fold_text
from parsers.forms.headings.columns import FormColumns
from parsers.records import Signal

TITLE, LABEL, FILE_NAME, SHEET, SUBJECT, COLUMN = 10.0, 4.0, 3.0, 2.0, 1.0, 1.0
DECLARED_UNIT = 1.5
"""The weight of the declared unit: for the forms that units of its kind send, and against all others."""
FOREIGN_COLUMN, MISSING_COLUMN, FOREIGN_WORD = -3.0, -4.0, -12.0
MIN_LEAD = 1.0
_TABLE_NUMBER = re.compile("表\\s*([0-9]{1,2}|[一二三四五六七八九十]{1,3})")
_PARTS_OF_A_KIND = re.compile("[()、/]")
"""Separates the words in the name of a kind of unit: 村(社区)."""


_NAMING_SOURCES = frozenset({"title", "label", "sheet", "file", "subject"})
_LEAST_TELLING = 2
_LONGEST_TEXT = 80
"""The most characters of a signal's text; the rest is cut off."""
DECIDED = 100.0
"""The weight of a form that a person assigned (``kongchuo assign --form``) or that our template's properties give."""


@dataclass(frozen=True, slots=True)
class Recognition:
    """The recognised form with the signals that were weighed.

    ``form`` is None where two forms are equally likely; ``form_hint`` is the form that only names (sheet, file,
    subject) point to.
    """

    form: str | None
    signals: tuple[Signal, ...]
    form_hint: str | None
    other: str | None = None  # a different form that the file's name claims


def find_form_by_title(lines: Iterable[str], notice: Notice) -> str | None:
    """Returns the form whose title pattern matches one of these lines; of several, the one with the longest match."""
    best: tuple[int, str] | None = None
    find = _title_finder(notice.title_patterns)
    for line in lines:
        match = find(line)
        if match is not None and (best is None or match[0] > best[0]):
            best = match
    return best[1] if best else None


@lru_cache(maxsize=8)
def _title_finder(patterns: tuple[tuple[str, str], ...]) -> Callable[[str], tuple[int, str] | None]:
    """Returns a function from a line to (length of the longest title match, form), or None.

    The function is cached, because the same titles recur in every file.
    """
    compiled = [(re.compile(pattern), form) for pattern, form in patterns]

    @lru_cache(maxsize=1 << 12)
    def find(line: str) -> tuple[int, str] | None:
        plain = fold_text(line)
        matches = ((len(match[0]), form) for pattern, form in compiled if (match := pattern.search(plain)))
        return max(matches, key=itemgetter(0), default=None)  # the first of the longest

    return find


def find_form_by_words(text: str, notice: Notice) -> str | None:
    """Returns the one form that a file name, sheet name or subject names; None for none or several."""
    labels = notice.labels.find(text)
    if labels:
        return labels[0] if len(labels) == 1 else None
    if (titled := find_form_by_title([text], notice)) is not None:
        return titled
    plain = notice.labels.leave_out_lists(fold_text(text))
    matches = {
        (len(word), form.key) for form in notice.forms for word in form.name_words if fold_text(word) in plain
    }
    if not matches:
        return None
    longest = max(length for length, _ in matches)
    keys = {key for length, key in matches if length == longest}
    return keys.pop() if len(keys) == 1 else None


@dataclass(frozen=True, kw_only=True)
class TableClues:
    """The texts in and around a table that may show which form it is."""

    above: Sequence[str]
    """The lines above the headings."""
    headings: Sequence[str] = ()
    sheet: str
    """The sheet's name."""
    name: str
    """The file's name."""
    subject: str
    kind: str | None
    """The kind of the unit that the table declares."""
    subject_kind: str | None = None
    """The kind of the unit in the mail's subject; used only where nothing else decides the form."""

    @cached_property
    def heading_text(self) -> str:
        """All headings in one folded text."""
        return fold_text("\n".join(self.headings))


@dataclass(frozen=True, slots=True)
class _NamedForms:
    """The forms that title, sheet name, file name and subject name."""

    title: str | None
    sheet: str | None
    file: str | None
    subject: str | None


def recognise_form(notice: Notice, bindings: Mapping[str, FormColumns], clues: TableClues) -> Recognition:
    """Weighs the signals for and against each form and returns the most likely one."""
    named = _find_named_forms(notice, clues)
    signals = [*_naming_signals(notice, clues, named)]
    for spec in notice.forms:
        if spec.key in bindings:
            signals += _heading_signals(notice, spec, bindings, clues, is_title=named.title == spec.key)
    form = _choose_form(signals, bindings)
    if form is not None and form != named.title and not _is_supported(form, signals):
        form = None
    if form is None and not any(signal.source in _NAMING_SOURCES for signal in signals):
        form = _find_register(notice, bindings, clues.heading_text, clues.kind or clues.subject_kind)
    if form is not None:
        form = find_twin_for_unit(form, clues.above, clues.kind, notice)
    form_hint = named.title or named.file or named.subject
    other = named.file if named.file not in (None, form) and form == named.title else None
    return Recognition(form, tuple(signals), form_hint, other=other)


def _find_named_forms(notice: Notice, clues: TableClues) -> _NamedForms:
    numbered = _TABLE_NUMBER.fullmatch(fold_text(clues.sheet))
    return _NamedForms(
        title=find_form_by_title(clues.above, notice),
        sheet=find_form_by_words(clues.sheet, notice)
        or (find_form_by_words(f"附件{numbered[1]}", notice) if numbered else None),
        file=find_form_by_words(clues.name, notice),
        subject=find_form_by_words(clues.subject, notice),
    )


def _naming_signals(notice: Notice, clues: TableClues, named: _NamedForms) -> Iterator[Signal]:
    """Yields the signals of texts that name a form: title, labels above the table, sheet name, file name, subject."""

    def name_form(source: str, form: str | None, weight: float, text: str) -> Iterator[Signal]:
        if form is not None and form in notice.by_key:
            yield Signal(source=source, value=form, weight=weight, text=text[:_LONGEST_TEXT])

    if named.title is not None:
        titles = (line for line in clues.above if find_form_by_title([line], notice) == named.title)
        yield from name_form("title", named.title, TITLE, next(titles, ""))
    for line in clues.above:
        labels = notice.labels.find(line)
        if len(labels) == 1:
            yield from name_form("label", labels[0], LABEL, line)
    yield from name_form("sheet", named.sheet, SHEET, clues.sheet)
    yield from name_form("file", named.file, FILE_NAME, clues.name)
    yield from name_form("subject", named.subject, SUBJECT, clues.subject)


def _heading_signals(
    notice: Notice, spec: FormSpec, bindings: Mapping[str, FormColumns], clues: TableClues, *, is_title: bool
) -> Iterator[Signal]:
    """Yields the signals of the headings and of the declared unit for and against one form."""

    def weigh(weight: float, text: str, source: str = "heading") -> Signal:
        return Signal(source=source, value=spec.key, weight=weight, text=text[:_LONGEST_TEXT])

    bound = bindings[spec.key].keys
    for key in spec.fingerprint:
        if key in bound:
            yield weigh(COLUMN, notice.fields[key].heading)
    for key in spec.foreign:
        if any(key in other.keys for other in bindings.values()):
            yield weigh(FOREIGN_COLUMN, notice.fields[key].heading)
    for key in spec.columns:
        if key not in bound:
            yield weigh(MISSING_COLUMN, notice.fields[key].heading)
    foreign = next((word for word in spec.foreign_words if word in clues.heading_text), None)
    if foreign is not None and not is_title:
        yield weigh(FOREIGN_WORD, foreign)
    if clues.kind is not None:
        weight = DECLARED_UNIT if clues.kind in spec.senders else -DECLARED_UNIT
        yield weigh(weight, clues.kind, "declared")


def recognise_decided_form(form: str, source: str) -> Recognition:
    """Returns a form that was decided and not recognised, whatever other signals there are.

    ``source`` is ``assigned`` for a person's decision, ``properties`` for a file made from one of our templates.
    """
    return Recognition(form, (Signal(source=source, value=form, weight=DECIDED),), form)


def find_twin_for_unit(form: str, title_lines: Sequence[str], kind: str | None, notice: Notice) -> str:
    """Returns the form on visits that units of this kind send; ``form`` itself where the title names a kind of unit.

    The records of visits of townships and of schools differ only in their title, and clerks write 劝返记录 above
    either.
    """
    spec = notice.form(form)
    if spec.role != "visits" or kind is None or kind in spec.senders:
        return form
    titles = [line for line in title_lines if find_form_by_title([line], notice) == form]
    kinds = _kind_words(notice.wording.stated_unit.kinds, tuple(notice.units.kinds.values()))
    if any(kinds.search(line) for line in titles):
        return form
    twins = [other.key for other in notice.forms if other.role == "visits" and kind in other.senders]
    return twins[0] if len(twins) == 1 else form


@lru_cache(maxsize=8)
def _kind_words(patterns: tuple[str, ...], kinds: tuple[str, ...]) -> re.Pattern[str]:
    """Returns a pattern for words that name a kind of unit.

    It matches the notice's kinds (村(社区) as 村 and as 社区) and the endings of unit names.
    """
    words = [word for kind in kinds for word in _PARTS_OF_A_KIND.split(kind) if word]
    return re.compile("|".join((*patterns, *map(re.escape, words))))


def _find_register(
    notice: Notice, bindings: Mapping[str, FormColumns], heading_text: str, kind: str | None
) -> str | None:
    """Returns the register of children out of school that units of this kind send, for a list of dropouts without a title.

    Lists from other systems have neither title nor 类别 nor number, so only their headings show what they are.
    """
    if kind is None or not any(word in heading_text for word in notice.absence_words):
        return None
    registers = [
        form.key
        for form in notice.forms
        if kind in form.senders
        and "status" in form.columns
        and (keys := bindings[form.key].keys) >= {"name"}
        and len(keys.intersection(form.fingerprint)) >= _LEAST_TELLING
        and keys.isdisjoint(form.foreign)
    ]
    return registers[0] if len(registers) == 1 else None


def _choose_form(signals: Sequence[Signal], bindings: Mapping[str, FormColumns]) -> str | None:
    scores: dict[str, float] = {}
    for signal in signals:
        scores[signal.value] = scores.get(signal.value, 0.0) + signal.weight
    ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    if not ranked or ranked[0][1] <= 0:
        return None
    if len(ranked) > 1 and ranked[0][1] - ranked[1][1] < MIN_LEAD:
        return None
    return ranked[0][0]


def _is_supported(form: str, signals: Sequence[Signal]) -> bool:
    """Returns whether the signals for a form are enough: headings alone count only if they go beyond a list of names."""
    supporting = [m for m in signals if m.value == form and m.weight > 0]
    return (
        any(m.source != "heading" and m.source != "declared" for m in supporting)
        or sum(m.source == "heading" for m in supporting) >= 2
    )
