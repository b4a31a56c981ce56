"""Holds the command export, which writes all data of the office as flat tables."""

from pathlib import Path
from typing import Annotated

import typer

from kongchuo.access.revealing import audit_files, audited_mask, children_on_forms
from kongchuo.clock import parse_as_of
from kongchuo.commands.options import AsOf, Config, Reveal, RevealWhy
from kongchuo.office import open_office
from kongchuo.output.terminal_tables import print_line


def export(
    config: Config = None,
    as_of: AsOf = None,
    notice: Annotated[
        str | None, typer.Option("--notice", help="只带哪份通知(学期)的登记,默认全部", metavar="通知")
    ] = None,
    out: Annotated[Path, typer.Option("--out", help="写到哪个目录", metavar="目录")] = Path("export"),
    xlsx: Annotated[bool, typer.Option("--xlsx", help="一个工作簿,每张表一页(默认)")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="每张表一个CSV")] = False,
    parquet: Annotated[bool, typer.Option("--parquet", help="每张表一个Parquet")] = False,
    reveal: Reveal = False,
    why: RevealWhy = None,
) -> None:
    """把全部数据带走:记录、问题、文件、应报事项、个案、劝返、决定各一张平表;各栏的意思在 columns 表。"""
    from kongchuo.export.export_files import ExportFormat, write_export  # pandas is slow to load
    from kongchuo.export.export_rows import Export

    chosen = [
        kind
        for kind, wanted in (
            (ExportFormat.XLSX, xlsx or not (csv or parquet)),
            (ExportFormat.CSV, csv),
            (ExportFormat.PARQUET, parquet),
        )
        if wanted
    ]
    with open_office(config, notice) as office:
        chosen_notices = (notice,) if notice else tuple(one.id for one in office.notices.all)
        when = parse_as_of(as_of, office.zone)
        children = [
            child
            for each in chosen_notices
            for child in children_on_forms(office.with_notice(each).snapshot_at(when))
        ]
        mask = audited_mask(office, reveal, "export", why, children)
        if not reveal:
            audit_files(office, "export", why, children)
        exported = Export(office, chosen_notices, when, mask)
        for kind in chosen:
            for table in write_export(exported, kind, out):
                if table.beside is not None:
                    print_line(f"{table.beside} 里有人改过,没有覆盖:新的写在 {table.path}")
                else:
                    print_line(f"已生成 {table.path}")
