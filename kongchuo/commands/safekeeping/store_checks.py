"""Holds the commands verify and rebuild: is every stored byte as it was written, and the store anew from the archive."""

from datetime import datetime

import typer

from config.settings import find_config, load_settings
from kongchuo.access.acts import record_act
from kongchuo.commands.options import AsJson, Config, Yes
from kongchuo.office import open_office, open_office_to_rebuild
from kongchuo.output.answers_json import faults_json, summary_json, to_json
from kongchuo.output.progress import progress_bar
from kongchuo.output.terminal_tables import print_line
from kongchuo.usecases.safekeeping import rebuilding
from store.safekeeping.faults import Slice

_SOUND, _DAMAGED = 0, 1


def verify(config: Config = None, as_json: AsJson = False) -> None:
    """检查存档和数据库有没有损坏:每封邮件、每份登记、每个决定;有损坏退出码1。"""
    with open_office(config) as office:
        faults = tuple(office.store.safekeeping.verify(Slice()))
    if as_json:
        print(to_json(faults_json(faults)))
    else:
        for fault in faults:
            print_line(f"✗ {fault.place}:{fault.what}")
        print_line(
            f"有{len(faults)}处损坏:邮件坏了,请运行 kongchuo poll 从邮箱重取;"
            "数据库坏了,请运行 kongchuo rebuild 从存档重建,或用 kongchuo restore 恢复备份"
            if faults
            else "✓ 存档和数据库完好"
        )
    raise typer.Exit(_DAMAGED if faults else _SOUND)


def rebuild(config: Config = None, as_json: AsJson = False, yes: Yes = False) -> None:
    """用存档的邮件和决定把数据库重建一遍;原来的数据库加 --yes 才动,改名保留。"""
    if yes:
        settings = load_settings(find_config(config))
        set_aside = rebuilding.set_aside_database(settings, datetime.now(settings.office.zone))
        if set_aside is not None and not as_json:
            print_line(f"原来的数据库改名为 {set_aside}")
    with open_office_to_rebuild(config) as office, progress_bar("重建") as on_progress:
        rebuilt = rebuilding.rebuild(office, on_progress)
        record_act(office.store, "rebuild")
    if as_json:
        print(to_json({**summary_json(rebuilt.summary), "damaged_lines": rebuilt.damaged_lines}))
    else:
        summary = rebuilt.summary
        print_line(
            f"已重建:邮件{summary.messages}封,文件{summary.files}份,报送{summary.submissions}项,待人工处理{summary.quarantined}份"
        )
        if rebuilt.damaged_lines:
            print_line(f"存档日志有{rebuilt.damaged_lines}行损坏,没有用上:请核对 kongchuo decisions 里的决定")
    raise typer.Exit(_DAMAGED if rebuilt.damaged_lines else _SOUND)
