"""Holds the command notice check: what a notice means, and what is wrong with it, before it is put into force."""

from pathlib import Path
from typing import Annotated

import typer

from config.notice.notice_doubts import doubts_about
from config.notice.notice_in_words import explain_notice
from config.read_notice import load_base, load_notice, read_notice_text
from config.settings import find_config, load_settings
from kongchuo.commands.options import AsJson, Config
from kongchuo.output.answers_json import to_json
from kongchuo.output.terminal_tables import print_line
from parsers.checks.checks_in_words import doubts_about_checks, explain_checks

NoticeFile = Annotated[
    Path | None, typer.Argument(help="通知文件;不写则看配置里在用的那份", metavar="文件", show_default=False)
]
_CLEAR, _DOUBTFUL = 0, 1


def check(file: NoticeFile = None, config: Config = None, as_json: AsJson = False) -> None:
    """用中文说明一份通知的意思:谁报什么、何时报、各附件做什么用、词的含义;有疑问退出码1。"""
    path = file or load_settings(find_config(config)).notice.file
    notice = load_notice(path)
    base = load_base(path)
    sections = (*explain_notice(notice, base), explain_checks(notice))
    text = read_notice_text(path)
    doubts = (*doubts_about(notice, base, text), *doubts_about_checks(notice, text))
    if as_json:
        lines_by_title = {section.title: list(section.lines) for section in sections}
        print(
            to_json(
                {
                    "notice": notice.id,
                    "title": notice.title,
                    "meaning": lines_by_title,
                    "doubts": list(doubts),
                }
            )
        )
    else:
        print_line(notice.title)
        for section in sections:
            print_line(f"\n{section.title}")
            for line in section.lines:
                print_line(f"  {line}")
        print_line("")
        for doubt in doubts:
            print_line(f"✗ {doubt}")
        print_line("✓ 没有疑问" if not doubts else f"有{len(doubts)}处疑问:请核对后再用")
    raise typer.Exit(_DOUBTFUL if doubts else _CLEAR)
