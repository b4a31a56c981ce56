"""Exports all stored data of one child as JSON values, and as a workbook for its guardians."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from config.notice import FormSpec, Notice
from config.text.output_mask import OutputMask
from kongchuo.office import Office
from kongchuo.output.act_words import words_of_act
from kongchuo.output.answers_json import cases_json, decisions_json, iso_time, records_json
from kongchuo.output.tables.decision_tables import DECISION_WORDS
from kongchuo.usecases.retention.held_of_child import HeldOfChild
from ledger.state_words import CASE_STATE_WORDS
from notify.spreadsheet.sheet_tables import CellValue, SentenceColumn, SheetColumn
from store.audit.audit_line import Door
from store.stored_values import StoredRecord

DOOR_WORDS = {Door.TERMINAL: "命令行", Door.MAIL: "邮件", Door.SERVICE: "服务"}
_PLACES = frozenset(
    {"record_id", "submission_id", "unit", "form", "file_id", "sheet", "row", "problems", "unconfirmed", "overruled", "extra", "period"}
)  # fmt: skip
"""The keys of a row's JSON for its source, as opposed to its content."""
_AS_WRITTEN = "_text"
"""The ending of keys with the original words of a cell whose value was extracted from them."""
_SHEETS: Mapping[str, Sequence[SheetColumn]] = {
    "登记": (
        SheetColumn("收到", 18), SheetColumn("单位", 22), SheetColumn("附件", 10), SheetColumn("文件", 30, wrap=True),
        SheetColumn("行", 6), SheetColumn("栏目", 16), SheetColumn("内容", 40, wrap=True),
    ),
    "个案": (SheetColumn("个案编号", 18), SheetColumn("现状", 14), SheetColumn("日期", 12), SentenceColumn("经过", 60, wrap=True)),
    "邮件": (SheetColumn("收到", 18), SheetColumn("单位", 30, wrap=True), SheetColumn("附件", 14), SheetColumn("文件", 40, wrap=True)),
    "决定": (SheetColumn("时间", 18), SheetColumn("决定", 14), SentenceColumn("理由", 50, wrap=True), SheetColumn("经办人", 20)),
    "谁看过": (
        SheetColumn("时间", 18), SheetColumn("谁", 20), SheetColumn("从哪里", 10), SentenceColumn("做了什么", 40, wrap=True),
        SentenceColumn("为什么", 40, wrap=True),
    ),
}  # fmt: skip


def child_json(office: Office, held: HeldOfChild, mask: OutputMask) -> dict[str, Any]:
    """Returns all stored data on a child."""
    zone = office.zone
    return {
        "names": [mask.name(name) for name in held.names],
        "id_numbers": [mask.number(number) for number in held.numbers],
        "records": [row | {"received_at": at} for row, at in _rows_json(office, held.rows, mask)],
        "cases": cases_json(held.cases, mask),
        "mails": [
            {
                "received_at": iso_time(file.received_at, zone),
                "units": sorted({link.unit for link in file.links}),
                "forms": sorted({link.form for link in file.links}),
                "path": [mask.text(part) for part in file.path],
            }
            for file in held.files
        ],
        "decisions": decisions_json(held.decisions, zone, mask),
        "seen": [
            {
                "at": iso_time(entry.at, zone),
                "who": entry.who,
                "account": None if entry.account is None else entry.account.name,
                "door": None if entry.door is None else entry.door.value,
                "what": mask.text(entry.what),
                "why": mask.text(entry.why),
            }
            for entry in held.seen
        ],
    }


def _rows_json(
    office: Office, rows: Sequence[StoredRecord], mask: OutputMask
) -> Iterator[tuple[dict[str, Any], str | None]]:
    for row in rows:
        form = _form_of(office, row.form)
        if form is not None:
            [said] = records_json([row], form, mask)
            masked = {
                key: mask.text(value) if isinstance(value, str) and key not in _PLACES else value
                for key, value in said.items()
            }
            yield masked, iso_time(row.received_at, office.zone)


def _form_of(office: Office, key: str) -> FormSpec | None:
    return next((notice.by_key[key] for notice in office.notices.all if key in notice.by_key), None)


def child_workbook(office: Office, held: HeldOfChild, mask: OutputMask, as_of: datetime) -> bytes:
    """Returns a workbook with a sheet each for rows, cases, mails, decisions, and who has seen them."""
    from openpyxl import Workbook

    from notify.spreadsheet.long_table import add_long_table
    from notify.spreadsheet.workbook_files import save_workbook

    tables = {
        "登记": _row_lines(office, held, mask),
        "个案": _case_lines(held, mask),
        "邮件": _mail_lines(office, held, mask),
        "决定": _decision_lines(office, held, mask),
        "谁看过": _seen_lines(office, held, mask),
    }
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    long_tables = [
        add_long_table(workbook.create_sheet(name), _SHEETS[name], list(lines))
        for name, lines in tables.items()
    ]
    name = office.settings.office.name
    local = as_of.astimezone(office.zone)
    return save_workbook(workbook, title=name, author=name, as_of=local, long_tables=long_tables)


def _row_lines(office: Office, held: HeldOfChild, mask: OutputMask) -> Iterator[tuple[CellValue, ...]]:
    paths = {file.file_id: "/".join(file.path) for file in held.files}
    for row, at in _rows_json(office, held.rows, mask):
        values = {key: value for key, value in row.items() if key not in _PLACES} | row["extra"]
        for key, value in values.items():
            if value not in (None, "", [], {}):
                place = (_minute(at), row["unit"], row["form"], mask.text(paths.get(row["file_id"], "")))
                yield (*place, row["row"], _heading(office, key), _shown(value))


def _heading(office: Office, key: str) -> str:
    base = key.removesuffix(_AS_WRITTEN)
    notices: Sequence[Notice] = office.notices.all
    heading = next((notice.fields[base].heading for notice in notices if base in notice.fields), base)
    return heading if base == key else f"{heading}(原文)"


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dict):
        return "、".join(_shown(each) for each in value.values() if each not in (None, ""))
    if isinstance(value, list):
        return "\uff1b".join(map(_shown, value))
    return str(value)


def _case_lines(held: HeldOfChild, mask: OutputMask) -> Iterator[tuple[CellValue, ...]]:
    for case in held.cases:
        state = CASE_STATE_WORDS[case.state]
        for event in case.timeline:
            yield case.case_id, state, event.date, mask.sentence(event.what)


def _mail_lines(office: Office, held: HeldOfChild, mask: OutputMask) -> Iterator[tuple[CellValue, ...]]:
    for file in held.files:
        units = "、".join(sorted({link.unit for link in file.links}))
        forms = "、".join(sorted({link.form for link in file.links}))
        yield _minute(iso_time(file.received_at, office.zone)), units, forms, mask.text("/".join(file.path))


def _decision_lines(office: Office, held: HeldOfChild, mask: OutputMask) -> Iterator[tuple[CellValue, ...]]:
    for decision in decisions_json(held.decisions, office.zone, mask):
        kind = DECISION_WORDS.get(decision["kind"], decision["kind"])
        yield _minute(decision["at"]), kind, decision["why"], decision["who"]


def _seen_lines(office: Office, held: HeldOfChild, mask: OutputMask) -> Iterator[tuple[CellValue, ...]]:
    for entry in held.seen:
        door = "" if entry.door is None else DOOR_WORDS[entry.door]
        at = _minute(iso_time(entry.at, office.zone))
        yield at, entry.who, door, words_of_act(mask.text(entry.what) or ""), mask.text(entry.why)


def _minute(instant: str | None) -> str:
    return "" if instant is None else instant[:16].replace("T", " ")
