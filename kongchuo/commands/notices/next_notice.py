"""Holds the command notice new: the next semester's notice, made from the present one for a person to check."""

import re
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from config.errors import ConfigError
from config.notice import Notice
from config.notice.extending.next_semester import NextNotice, Season, Semester, make_next_notice
from config.read_notice import load_notice, read_notice_text
from config.settings import find_config, load_settings
from config.text.os_reasons import reason_of
from config.workdays import is_workday
from kongchuo.commands.options import Config
from kongchuo.output.own_commands import own_command
from kongchuo.output.terminal_tables import print_line
from kongchuo.output.terminal_text import print_command

_WEEKDAYS, _HOLIDAYS = "一二三四五六日", "holidays"
_SEMESTER = re.compile("([0-9]{4})年?-?(春|秋|spring|autumn)")


def new(
    semester: Annotated[
        str,
        typer.Option("--semester", help="哪个学期,如 2026秋(默认现在的,或现行通知的下一个)", metavar="学期"),
    ] = "",
    out: Annotated[
        Path | None, typer.Option("--out", help="写进哪个文件(默认写在现行通知旁边)", metavar="文件")
    ] = None,
    config: Config = None,
) -> None:
    """照现行通知写出下一学期的:日期顺移,学期名称改好,逐项列出请人核对。"""
    settings = load_settings(find_config(config))
    path = settings.notice.file
    notice = load_notice(path)
    present = Semester.of_day(notice.opened)
    wanted = _read_semester(semester) if semester else _next_one(notice, present, date.today())
    if wanted == present:
        raise ConfigError(
            f"现行通知就是{wanted.title}的:请用 --semester 写另一个学期,如 {present.following.year}{present.following.season.word}"
        )
    made = make_next_notice(read_notice_text(path), present, wanted)
    target = out or path.parent / f"{wanted.key}.toml"
    _write(target, made)
    print_line(f"已照{present.title}的通知写出{wanted.title}的:{target}")
    for day in made.days:
        print_line(f"  第{day.line}行 {day.key}:{day.before} → {day.after}{_remark(day.key, day.after)}")
    print_line("请对照新的通知逐项核对日期和标题,再检查一遍:")
    print_command(own_command(f"notice check {target}"))
    print_line("没有疑问后,在 kongchuo.toml 的 [notice] 换上新的,旧的写进 others,个案接着跟:")
    folder = settings.path.parent
    print_command(f'file = "{_relative(target, folder)}"')
    others = ", ".join(f'"{_relative(each, folder)}"' for each in (path, *settings.notice.others))
    print_command(f"others = [{others}]")


def _next_one(notice: Notice, present: Semester, today: date) -> Semester:
    """Returns today's semester if the present notice's is over, else the one after it."""
    now = Semester.of_day(today)
    return now if notice.is_over(today) and present.months_to(now) > 0 else present.following


def _read_semester(text: str) -> Semester:
    match = _SEMESTER.match(text.strip())
    if match is None:
        raise ConfigError(f"“{text}”不是学期:请写成 2026秋 或 2027春")
    return Semester(int(match[1]), Season.SPRING if match[2] in ("春", "spring") else Season.AUTUMN)


def _write(target: Path, made: NextNotice) -> None:
    """Writes the notice if it can be read again; existing files are not overwritten."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("x", encoding="utf-8") as file:
            file.write(made.text)
    except FileExistsError as error:
        raise ConfigError(f"{target} 已经存在,没有改动:请用 --out 写另一个文件名") from error
    except OSError as error:
        raise ConfigError(f"写不进 {target}({reason_of(error)}):请检查路径和权限") from error
    try:
        load_notice(target)
    except ConfigError:
        target.unlink()
        raise


def _remark(key: str, day: date) -> str:
    if key == _HOLIDAYS:
        return "(节假日每年不同,请照当年的改)"
    weekday = f"周{_WEEKDAYS[day.weekday()]}"
    return f"({weekday})" if is_workday(day) else f"({weekday},不上班:请看是否改期)"


def _relative(path: Path, folder: Path) -> str:
    return (
        path.resolve().relative_to(folder).as_posix() if path.resolve().is_relative_to(folder) else str(path)
    )
