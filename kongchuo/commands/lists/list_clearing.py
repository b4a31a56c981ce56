"""Holds the command clear: a list handed down, cleared child by child, as the workbook that is handed back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from config.errors import ConfigError
from config.text.os_reasons import reason_of
from config.text.output_mask import OutputMask
from ingest.archived_files import read_archived_mail
from kongchuo.access.revealing import audited_mask, seen_children
from kongchuo.clock import parse_as_of
from kongchuo.commands.options import AsJson, AsOf, AsTsv, By, Config, Reveal, Wide
from kongchuo.lookup import current_user, find_form
from kongchuo.office import Office, open_office
from kongchuo.output.answers_json import to_json
from kongchuo.output.layout.answer_screen import answer_screen, chosen_form
from kongchuo.output.rolls_json import cleared_json
from kongchuo.output.tables.roll_tables import show_cleared
from kongchuo.output.terminal_tables import print_line
from kongchuo.usecases.lists.list_files import cell_text, read_children, read_list
from kongchuo.usecases.lists.list_headings import private_columns
from ledger.assessment import Judgements
from ledger.lists.clearing import ClearedChild, clear_list
from ledger.lists.handed_lists import HANDED_LIST, ListEntry, handed_lists, write_entries
from ledger.results import ListedChild
from ledger.snapshot import Snapshot
from store.stored_values import StoredProof

_MOST_REMARKS = 10
_PROOF_FOLDER = "证明材料"


@dataclass(frozen=True, slots=True, kw_only=True)
class _HandedTable:
    """A table as it was received: its headings, and each row that names a child."""

    sheet: str
    """The name of its sheet, if the file has several lists."""
    headings: Sequence[str]
    rows: Sequence[tuple[int, Sequence[str], ListedChild]]
    """For each row its number, its cells and the child."""
    private: frozenset[int]
    """The columns with personal numbers and telephones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _HandedList:
    """A list as it was received, in one table or several."""

    name: str
    tables: Sequence[_HandedTable]
    remarks: Sequence[str] = ()
    left_out: Sequence[str] = ()
    """The sheets that are no lists, and why."""

    @property
    def rows(self) -> list[tuple[_HandedTable, int, ListedChild]]:
        return [(table, number, child) for table in self.tables for number, _, child in table.rows]


def clear(
    handed: Annotated[
        str, typer.Argument(help="上级下发的名单(.xlsx .xls .csv),或通知里的比对名单", metavar="名单")
    ],
    config: Config = None,
    as_json: AsJson = False,
    tsv: AsTsv = False,
    wide: Wide = False,
    as_of: AsOf = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="把核查结果和证明材料写到哪个目录", metavar="目录")
    ] = None,
    reveal: Reveal = False,
    why: Annotated[str, typer.Option("--why", help="名单的来由", metavar="理由")] = "下发名单",
    by: By = None,
) -> None:
    """逐人核查一份名单(各工作表都查):在哪里、凭什么,带证明材料,写成可交回的表;到处查不到的列为疑似。"""
    form_of_answer = chosen_form(wide=wide, tsv=tsv, as_json=as_json)
    with open_office(config) as office:
        listed = _read_list(office, handed, as_of, why, by or current_user())
        snapshot = office.snapshot_at(parse_as_of(as_of, office.zone))
        cleared = _clear(snapshot, listed)
        named = seen_children(one.child for one in cleared)
        mask = audited_mask(office, reveal, f"clear {handed}", why, named)
        files = _write(office, snapshot, listed, cleared, mask, out) if out is not None else ()
        if as_json:
            sheets = [table.sheet for table, _, _ in listed.rows]
            print(
                to_json(cleared_json(listed.name, zip(sheets, cleared, strict=True), listed.left_out, mask))
            )
            return
        with answer_screen(form_of_answer):
            show_cleared(listed.name, cleared, mask)
            for remark in listed.remarks[:_MOST_REMARKS]:
                print_line(f"请注意:{remark}")
            if len(listed.remarks) > _MOST_REMARKS:
                print_line(f"还有{len(listed.remarks) - _MOST_REMARKS}处与上面同类,未列出")
            for sentence in listed.left_out:
                print_line(f"没有核查:{sentence}")
            for file in files:
                print_line(f"已生成 {file}")


def _read_list(office: Office, handed: str, as_of: str | None, why: str, who: str) -> _HandedList:
    file = Path(handed)
    if not file.exists() and not file.suffix:
        return _list_of_form(office, handed, as_of)
    listed = _list_of_file(office, file)
    _remember(office, listed, as_of, why, who)
    return listed


def _list_of_file(office: Office, file: Path) -> _HandedList:
    list_file = read_list(file, office.notice)
    if not list_file.tables:
        raise ConfigError(f"{file} 里没有名单:{';'.join(list_file.left_out)}")
    remarks = [f"“{name}”是隐藏的工作表,也核查了" for name in list_file.hidden]
    remarks += [
        f"{f'“{table.sheet}”' if len(list_file.tables) > 1 else file.name}没有“身份证号”一列,只按姓名对照,"
        "出生日期和户籍乡镇都相同的才算一人:有同名的,请核对"
        for table in list_file.tables
        if not table.lists_children
    ]
    tables = [
        _HandedTable(
            sheet=table.sheet if len(list_file.tables) > 1 else "",
            headings=table.headings,
            rows=[
                (row.number, [cell_text(cell) for cell in row.cells], child)
                for row, child in read_children(table, office.notice, remarks)
            ],
            private=private_columns(office.notice, table.headings),
        )
        for table in list_file.tables
    ]
    return _HandedList(name=file.stem, tables=tables, remarks=remarks, left_out=list_file.left_out)


def _list_of_form(office: Office, label: str, as_of: str | None) -> _HandedList:
    form = find_form(office, label)
    if form.role != "compare":
        raise ConfigError(f"{form.key}不是比对名单:请给出名单文件,或在通知里把它的 role 写成 compare")
    rows = office.snapshot_at(parse_as_of(as_of, office.zone)).latest_rows(form.key)
    headings = [office.notice.fields[key].heading for key in form.fields]
    table = _HandedTable(
        sheet="",
        headings=[*headings, "报送单位"],
        private=private_columns(office.notice, headings),
        rows=[
            (
                row.row,
                [*(cell_text(row.values.get(key)) for key in form.fields), row.unit],
                ListedChild(
                    name=cell_text(row.values.get("name")),
                    id_number=cell_text(row.values.get("id_number")),
                    unit=cell_text(row.values.get("household_township")) or row.unit,
                ),
            )
            for row in rows
        ],
    )
    return _HandedList(name=form.key, tables=[table])


def _remember(office: Office, listed: _HandedList, as_of: str | None, why: str, who: str) -> None:
    """Records a list from elsewhere once; a child found nowhere stays 疑似 until found."""
    when = parse_as_of(as_of, office.zone)
    entries = [
        ListEntry(
            child=child,
            list_name=listed.name,
            sheet=table.sheet,
            row=number,
            submission_id=listed.name,
            told_on=when.date(),
        )
        for table, number, child in listed.rows
    ]
    detail = write_entries(entries)
    earlier = handed_lists(office.snapshot_at(when).decisions).get(listed.name)
    if earlier is None or earlier.detail != detail:
        office.store.decisions.record(HANDED_LIST, listed.name, why, who, when, detail)


def _clear(snapshot: Snapshot, listed: _HandedList) -> list[ClearedChild]:
    judgements = Judgements(snapshot).across_notices
    children = {str(index): child for index, (_, _, child) in enumerate(listed.rows)}
    cleared = clear_list(
        children,
        (*judgements.cases, *judgements.suspected),
        judgements.snapshot.rolls.rows,
        judgements.snapshot.proof_documents,
        snapshot.notice,
        frozenset().union(*(proofs.rows_without for proofs in judgements.proofs.values())),
    )
    return [cleared[key] for key in children]


def _write(
    office: Office,
    snapshot: Snapshot,
    listed: _HandedList,
    cleared: Sequence[ClearedChild],
    mask: OutputMask,
    out: Path,
) -> list[Path]:
    """Writes the workbook, and the proof documents beside it."""
    from notify.reports.cleared_list import (  # slow to load, and only this needs it
        ClearedRow,
        ClearedTable,
        build_cleared_list,
    )

    found = iter(cleared)

    try:
        out.mkdir(parents=True, exist_ok=True)
        names = _write_proofs(
            office, snapshot, [proof for one in cleared for proof in one.proofs], out / _PROOF_FOLDER
        )
        data = build_cleared_list(
            [
                ClearedTable(
                    sheet=table.sheet,
                    headings=table.headings,
                    rows=[
                        ClearedRow(
                            cells=_masked(table.headings, cells, table.private, mask),
                            cleared=(one := next(found)),
                            proofs=[names[proof.file_id] for proof in one.proofs],
                        )
                        for _, cells, _ in table.rows
                    ],
                )
                for table in listed.tables
            ],
            name=listed.name,
            show_sentence=lambda text: mask.text(text) or "",
            office=office.settings.office.name,
            as_of=snapshot.as_of,
        )
        file = out / f"{listed.name}-核查结果.xlsx"
        file.write_bytes(data)
    except OSError as error:
        raise ConfigError(f"核查结果写不进 {out}({reason_of(error)}):请检查路径和权限") from error
    return [file, *([out / _PROOF_FOLDER] if names else [])]


def _masked(
    headings: Sequence[str], cells: Sequence[str], private: frozenset[int], mask: OutputMask
) -> list[str]:
    """Returns the cells of a row as the workbook may show them."""
    return [
        (mask.number(cell) if column in private else mask.field(_heading_of(headings, column), cell)) or ""
        for column, cell in enumerate(cells)
    ]


def _heading_of(headings: Sequence[str], column: int) -> str | None:
    return headings[column].strip() if column < len(headings) else None


def _write_proofs(
    office: Office, snapshot: Snapshot, proofs: Sequence[StoredProof], folder: Path
) -> Mapping[str, str]:
    """Writes each proof document once; returns by file id the name of the written file."""
    paths = snapshot.file_paths({proof.file_id for proof in proofs}) if proofs else {}
    names: dict[str, str] = {}
    for number, proof in enumerate({proof.file_id: proof for proof in proofs}.values(), start=1):
        own = Path(paths.get(proof.file_id, proof.file_id)).name
        names[proof.file_id] = f"{number:03}-{proof.unit}-{own}"
        data = read_archived_mail(office.store.archive, proof.message_id).files.get(proof.file_id)
        if data is not None:
            folder.mkdir(exist_ok=True)
            (folder / names[proof.file_id]).write_bytes(data)
    return names
