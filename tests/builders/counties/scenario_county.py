"""Builds a county for scenarios: units send forms on given days, and judgements are made on given days.

Everything goes through the real store; only reading files is left out.
"""

import hashlib
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from config.identity_numbers import check_digit
from config.mail.file_ids import file_ids
from config.notice import Notice
from config.notices_in_force import NoticesInForce
from config.read_notice import load_notice
from config.records.record import Json, Problem, Record
from config.records.row_block import RowBlock
from config.units.roster import Roster, Unit
from ledger.assessment import Judgements
from ledger.results import Case, Finding, FormStatus, Gap
from ledger.senders import DEFAULT_RULES, TrustRules
from ledger.snapshot import Snapshot
from ledger.take_snapshot import take_snapshot
from store import Store
from store.drafts import Arrival, FileDraft, MessageDraft, SubmissionDraft
from store.stored_values import MessageSender

ZONE = ZoneInfo("Asia/Shanghai")
NOTICE = load_notice(Path("2023-autumn.toml"))
SPRING = load_notice(Path("2024-spring.toml"))
NOTICES_IN_FORCE = NoticesInForce(NOTICE, (SPRING,))
_UNITS = (
    Unit(name="西沱镇", kind="township", stage=None, township=None, area="西沱责任区"),
    Unit(name="黄水镇", kind="township", stage=None, township=None, area="黄水责任区"),
    Unit(name="西沱镇小学", kind="school", stage="小学", township="西沱镇", area="西沱责任区"),
    Unit(name="西沱中学", kind="school", stage="初中", township="西沱镇", area="西沱责任区"),
    Unit(name="黄水中学", kind="school", stage="初中", township="黄水镇", area="黄水责任区"),
    Unit(name="西沱幼儿园", kind="school", stage="幼儿园", township="西沱镇"),
    Unit(name="石柱高级中学", kind="school", stage="高中", township="西沱镇"),
    Unit(name="青龙教学点", kind="school", stage="教学点", township="西沱镇", parent="西沱镇小学"),
)


def reading_with(**tables: Any) -> Notice:
    """Returns the autumn's notice with some tables changed; forms by their keys."""
    changed = NOTICE.model_dump() | {name: table for name, table in tables.items() if name != "forms"}
    by_key = {form["key"]: form for form in tables.get("forms", ())}
    changed["forms"] = [form | by_key.get(form["key"], {}) for form in changed["forms"]]
    return Notice.model_validate(changed)


def address_of(unit: str) -> MessageSender:
    """Returns the unit's own address, which is on the roster."""
    return MessageSender(author=f"{_local_part(unit)}@example.org")


def _local_part(unit: str) -> str:
    """Returns a local part of ASCII letters for a unit's name, the same on every run."""
    return "u" + hashlib.sha256(unit.encode()).hexdigest()[:8]


UNITS = tuple(replace(unit, emails=(address_of(unit.name).author,)) for unit in _UNITS)


@dataclass(frozen=True)
class Child:
    """A student; ``number`` belongs to no person (region 509999)."""

    name: str
    number: str

    def out_row(self, status: str | None = "辍学", **values: object) -> dict[str, object]:
        """Returns a row of 附件3 or 附件4."""
        return {
            "name": self.name,
            "id_number": self.number,
            "birth_date": self.birth,
            "status": status,
            "reason": "厌学",
            **values,
        }

    def enrolled_row(self, **values: object) -> dict[str, object]:
        """Returns a row of 附件1 or 附件2."""
        return {
            "name": self.name,
            "id_number": self.number,
            "birth_date": self.birth,
            "study_status": "在校",
            **values,
        }

    def visits_row(self, *days: str, result: str = "未返校", **values: object) -> dict[str, object]:
        """Returns a row of 附件5 or 附件6."""
        visits = [
            {"number": n, "date": day, "place": None, "people": None, "content": None, "result": result}
            for n, day in enumerate(days, 1)
        ]
        return {
            "name": self.name,
            "id_number": self.number,
            "birth_date": self.birth,
            "visits": visits,
            **values,
        }

    @property
    def birth(self) -> str:
        return f"{self.number[6:10]}-{self.number[10:12]}-{self.number[12:14]}"


_SERIAL_NUMBERS = itertools.count(100)


def a_child(name: str = "甲一", born: str = "20120304", serial: int | None = None) -> Child:
    # None that ends in 000: such a number may be one that Excel rounded.
    first17 = f"509999{born}{serial if serial is not None else next(_SERIAL_NUMBERS) % 99 + 101:03}"
    return Child(name, first17 + check_digit(first17))


@dataclass
class ScenarioCounty:
    """The office's store and roster."""

    store: Store
    units: tuple[Unit, ...] = UNITS
    rules: TrustRules = DEFAULT_RULES
    notice: Notice = NOTICE
    """The autumn's notice, perhaps with changed readings."""
    _mails: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def add_submission(
        self,
        unit: str,
        form: str,
        *rows: dict[str, object],
        on: str = "2023-09-20",
        at: str = "10:00",
        nil: bool = False,
        blocking: Sequence[str] = (),
        problems: Sequence[str] = (),
        value: str | None = None,
        proofs: Sequence[str] = (),
        replaces: bool = False,
        sent_by: MessageSender | None = None,
        bytes_of: str | None = None,
        in_words: bool = False,
        file_name: str | None = None,
        period: str | None = None,
    ) -> str:
        """Records a mail of this unit with one form; returns the id of the form's file.

        Args:
            problems: of the first row.
            proofs: names of the proofs in the same mail.
            replaces: whether the mail says that this form replaces earlier ones.
            sent_by: the sender; by default the unit's own address.
            bytes_of: a text that is equal for files with equal bytes.
            in_words: whether the mail's own text is the form.
            file_name: the file's name, if not the form's.
            period: the period of a form that recurs.
        """
        arrived = datetime.combine(date.fromisoformat(on), time.fromisoformat(at), ZONE)
        message_id = hashlib.sha256(f"{unit}{form}{next(self._mails)}".encode()).hexdigest()
        content = message_id if bytes_of is None else hashlib.sha256(bytes_of.encode()).hexdigest()
        found = tuple(_problem(code, value) for code in problems)
        records = RowBlock.of(
            _record(number, row, found if number == 0 else ()) for number, row in enumerate(rows)
        )
        of_table = (*(() if rows else found), *map(_problem, blocking))
        submission = SubmissionDraft.of_rows(
            replace(records, table_problems=of_table),
            unit=unit,
            form=form,
            nil=nil,
            blocking=tuple(blocking),
            replaces=replaces,
            period=period,
        )
        files = [
            FileDraft(
                position=0,
                path=() if in_words else (file_name or f"{form}.xlsx",),
                size=1,
                sha256=content,
                kind="xlsx",
                outcome="forms",
                submissions=(submission,),
            )
        ]
        self._deliver(
            message_id, arrived, [*files, *self._proofs(unit, form, proofs, 1)], sent_by or address_of(unit)
        )
        return file_ids(message_id, files)[0]

    def add_mail(
        self, forms: Sequence[tuple[str, str, Sequence[dict[str, object]]]], *, on: str, at: str = "10:00"
    ) -> None:
        """Records one mail from the unit of its first form, with each of these forms (unit, form, rows) in its own file."""
        arrived = datetime.combine(date.fromisoformat(on), time.fromisoformat(at), ZONE)
        message_id = hashlib.sha256(f"mail{next(self._mails)}".encode()).hexdigest()
        files = [
            FileDraft(
                position=position,
                path=(f"{form}.xlsx",),
                size=1,
                sha256=hashlib.sha256(repr((on, unit, form, rows)).encode()).hexdigest(),
                kind="xlsx",
                outcome="forms",
                submissions=(
                    SubmissionDraft.of_rows(
                        RowBlock.of(_record(number, row, ()) for number, row in enumerate(rows)),
                        unit=unit,
                        form=form,
                        nil=not rows,
                    ),
                ),
            )
            for position, (unit, form, rows) in enumerate(forms)
        ]
        self._deliver(message_id, arrived, files, address_of(forms[0][0]))

    def add_proofs(
        self,
        unit: str,
        form: str | None,
        *names: str,
        on: str = "2023-09-21",
        sent_by: MessageSender | None = None,
    ) -> None:
        """Records a mail with photographs alone, from the unit's own address unless ``sent_by`` is another."""
        arrived = datetime.combine(date.fromisoformat(on), time(10), ZONE)
        content = hashlib.sha256(f"proof{next(self._mails)}".encode()).hexdigest()
        self._deliver(content, arrived, self._proofs(unit, form, names, 0), sent_by or address_of(unit))

    def add_words(self, unit: str, text: str, *, on: str) -> None:
        """Records a mail of this unit without files, with this text."""
        arrived = datetime.combine(date.fromisoformat(on), time(10), ZONE)
        content = hashlib.sha256(f"words{next(self._mails)}".encode()).hexdigest()
        words = FileDraft(
            position=0, path=(), size=1, sha256=content, kind="text", outcome="evidence", reason="正文", proof_for=(unit, None, text),
        )  # fmt: skip
        self._deliver(content, arrived, [words], address_of(unit))

    def _proofs(self, unit: str, form: str | None, names: Sequence[str], first: int) -> list[FileDraft]:
        return [
            FileDraft(
                position=first + n,
                path=(name,),
                size=1,
                sha256=hashlib.sha256(name.encode()).hexdigest(),
                kind="image",
                outcome="evidence",
                reason="证明",
                proof_for=(unit, form, name),
            )
            for n, name in enumerate(names)
        ]

    def _deliver(
        self, message_id: str, arrived: datetime, files: Sequence[FileDraft], sent_by: MessageSender
    ) -> None:
        self.store.mailboxes.record_arrivals(
            [
                Arrival(
                    message_id=message_id,
                    received_at=arrived,
                    mailbox="m",
                    uidvalidity=1,
                    uid=next(self._mails),
                )
            ],
            None,
        )
        self.store.messages.record(
            NOTICES_IN_FORCE.for_day(arrived.date()).id,
            [
                MessageDraft(
                    message_id=message_id,
                    sender=sent_by.author,
                    sender_name="",
                    subject="",
                    files=tuple(files),
                    author=sent_by.author,
                    authentication=sent_by.authentication,
                )
            ],
        )

    # Asking

    def snapshot_at(self, on: str) -> Snapshot:
        """Returns the snapshot of the notice in force on a day, at its end."""
        end = datetime.combine(date.fromisoformat(on), time(23, 59, 59), ZONE)
        notice = NoticesInForce(self.notice, (SPRING,)).for_day(end.date())
        return take_snapshot(self.store.recorded(), notice, Roster(self.units), ZONE, end, self.rules)

    def form(self, unit: str, form: str, on: str = "2023-09-26") -> FormStatus:
        unit_status = next(u for u in Judgements(self.snapshot_at(on)).status.units if u.unit == unit)
        return next(f for f in unit_status.forms if f.form == form)

    def owed_forms(self, unit: str, on: str = "2023-09-26") -> set[str]:
        for unit_status in Judgements(self.snapshot_at(on)).status.units:
            if unit_status.unit == unit:
                return {form.form for form in unit_status.forms if form.owed}
        return set()

    def gaps(self, unit: str, on: str = "2023-09-26") -> list[Gap]:
        return [gap for gap in Judgements(self.snapshot_at(on)).gaps if gap.unit == unit]

    def cases(self, on: str = "2023-09-26") -> list[Case]:
        return list(Judgements(self.snapshot_at(on)).across_notices.cases)

    def only_case(self, on: str = "2023-09-26") -> Case:
        (case,) = self.cases(on)
        return case

    def findings(self, code: str, on: str = "2023-09-26") -> list[Finding]:
        return [
            finding
            for finding in Judgements(self.snapshot_at(on)).across_notices.findings
            if finding.code == code
        ]

    def suspected(self, on: str = "2023-10-20") -> list[Case]:
        return list(Judgements(self.snapshot_at(on)).across_notices.suspected)

    def add_decision(self, kind: str, subject: str, why: str, on: str, detail: str | None = None) -> None:
        self.store.decisions.record(
            kind, subject, why, "officer", datetime.combine(date.fromisoformat(on), time(12), ZONE), detail
        )


def _record(number: int, row: dict[str, object], problems: tuple[Problem, ...]) -> Record:
    values = cast(dict[str, Json], row)  # as JSON keeps them: a day may be given as a date
    return Record(sheet="Sheet1", row=5 + number, values=values, problems=problems)


def _problem(code: str, value: str | None = None) -> Problem:
    return Problem(
        sheet="Sheet1",
        row=5,
        cell="A5",
        field="id_number",
        code=code,
        severity="error",
        value=value,
        message="请核对",
    )
