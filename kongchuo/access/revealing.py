"""Shows whole numbers to a person who gives a reason, after recording whose numbers they are."""

import sys
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol

import typer

from config.errors import ConfigError
from config.text.masking import find_mobiles
from config.text.output_mask import OutputMask
from config.text.punctuation import set_punctuation
from kongchuo.access.acts import record_act
from kongchuo.office import Office
from ledger.snapshot import Snapshot
from notify.mail.numbers_in_text import find_whole_ids
from store.audit.audit_line import SeenChild
from store.stored_values import StoredFile, StoredProblem, StoredRecord


class NamedChild(Protocol):
    """Anything about one child: a case, a finding, a line of a list."""

    @property
    def name(self) -> str: ...
    @property
    def id_number(self) -> str | None: ...


def audited_mask(
    office: Office, reveal: bool, what: str, why: str | None, children: Iterable[SeenChild]
) -> OutputMask:
    """Returns how numbers are shown; whole numbers are first recorded in the audit trail, with the reason and the children.

    Raises:
        ConfigError: they are to be shown whole, and no reason is given.
    """
    if reveal:
        record_act(office.store, f"reveal {what}", _asked_reason(why), children)
        return replace(office.mask, reveal=True)
    return mask_of(office, (child.name for child in children if child.name))


def mask_of(office: Office, names: Iterable[str] = ()) -> OutputMask:
    """Returns how answers show children; if names are masked, all received names and these are searched for.

    Only in that case is every row read, which takes time.
    """
    return _knowing_names(office, office.mask, names)


def mail_mask_of(office: Office) -> OutputMask:
    """Returns how the words and workbooks of mails to the office show children; like :func:`mask_of` it may know all names."""
    return _knowing_names(office, office.mail_mask, ())


def _knowing_names(office: Office, mask: OutputMask, names: Iterable[str]) -> OutputMask:
    if not mask.hides_names:
        return mask
    everywhere = office.snapshot_at(datetime.now(UTC)).across_notices
    rows = everywhere.records_as_sent((*everywhere.submissions, *everywhere.unconfirmed))
    came_in = (str(row.values[key]) for row in rows for key in mask.name_keys if row.values.get(key))
    return mask.knowing((*came_in, *names))


def audit_files(office: Office, what: str, why: str | None, children: Iterable[SeenChild]) -> None:
    """Records in the audit trail that masked data of children are written into files. No reason is required.

    Raises:
        ConfigError: a number of a person stands in the reason.
    """
    record_act(office.store, what, check_reason(why or ""), children)


def seen_children(children: Iterable[NamedChild]) -> Iterable[SeenChild]:
    """Yields the children that these are about."""
    return (SeenChild(child.id_number or None, child.name or None) for child in children)


def children_in_rows(rows: Iterable[StoredRecord]) -> Iterable[SeenChild]:
    """Yields the children of these rows."""
    for row in rows:
        number, name = row.values.get("id_number"), row.values.get("name")
        if number or name:
            yield SeenChild(str(number) if number else None, str(name) if name else None)


def children_on_forms(snapshot: Snapshot, unit: str | None = None) -> Iterable[SeenChild]:
    """Yields every child in the current rows of a unit, or of all units."""
    for form in snapshot.notice.by_key:
        yield from children_in_rows(snapshot.shown_rows(form, unit))


def children_in_files(snapshot: Snapshot, files: Iterable[StoredFile]) -> Iterable[SeenChild]:
    """Yields the children in the current rows that came by these files."""
    held = list(files)
    ids = {file.file_id for file in held}
    for unit, form in dict.fromkeys((link.unit, link.form) for file in held for link in file.links):
        if form in snapshot.notice.by_key:
            yield from children_in_rows(row for row in snapshot.shown_rows(form, unit) if row.file_id in ids)


def children_with_problems(snapshot: Snapshot, problems: Iterable[StoredProblem]) -> Iterable[SeenChild]:
    """Yields the children in whose rows these problems are."""
    held = list(problems)
    ids = {problem.record_id for problem in held}
    for form in dict.fromkeys(problem.form for problem in held):
        yield from children_in_rows(row for row in snapshot.shown_rows(form) if row.record_id in ids)


def check_reason(why: str) -> str:
    """Returns a reason for the audit trail, which keeps it until a purge clears the names in it.

    Raises:
        ConfigError: a number of a person stands in it.
    """
    said = why.strip()
    if find_whole_ids(said) or find_mobiles(said):
        raise ConfigError("理由里不要写身份证号、手机号:操作记录一直留着,改不了;写为什么看就行,如 核对学籍")
    return said


def _asked_reason(why: str | None) -> str:
    said = (why or "").strip()
    if not said and sys.stdin is not None and sys.stdin.isatty():
        said = str(typer.prompt(set_punctuation("为什么要看完整的号码"), err=True)).strip()
    if not said:
        raise ConfigError("看完整的号码要写明理由:请加 --why,如 --why 核对学籍")
    return check_reason(said)
