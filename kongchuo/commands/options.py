"""Declares the options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from kongchuo.output.layout.answer_screen import Loudness, set_loudness


def be_quiet(asked: bool) -> None:
    """Prints nothing but errors from now on."""
    if asked:
        set_loudness(Loudness.QUIET)


def be_verbose(asked: bool) -> None:
    """Prints progress on stderr from now on."""
    if asked:
        set_loudness(Loudness.VERBOSE)


Config = Annotated[
    Path | None,
    typer.Option("--config", help="配置文件(默认 $KONGCHUO_CONFIG 或 ./kongchuo.toml)", metavar="路径"),
]
AsJson = Annotated[bool, typer.Option("--json", help="输出一个JSON文档")]
AsTsv = Annotated[bool, typer.Option("--tsv", help="输出制表符分隔的表,各栏都有、一行一条,供其他程序用")]
Wide = Annotated[bool, typer.Option("--wide", help="各栏都列,一行一条,不管屏幕多宽(终端里可左右翻看)")]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        help="按哪个时间判断,如 2023-09-25、9月25日、昨天;只写日期指当天结束(默认现在)",
        metavar="日期",
    ),
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="除出错外什么都不说,看退出码", is_eager=True, callback=be_quiet)
]
Verbose = Annotated[
    bool,
    typer.Option("--verbose", "-v", help="在标准错误上逐步说明做了什么", is_eager=True, callback=be_verbose),
]
Reveal = Annotated[bool, typer.Option("--reveal", help="显示完整身份证号(会留下查看记录)")]
RevealWhy = Annotated[
    str | None, typer.Option("--why", help="为什么要看完整的号码(随 --reveal,终端里会问)", metavar="理由")
]
FilesWhy = Annotated[
    str | None,
    typer.Option("--why", help="为什么要这些文件(写进操作记录;有学生的要写,终端里会问)", metavar="理由"),
]
NoticeId = Annotated[
    str | None, typer.Option("--notice", help="按哪份通知(学期)看,默认当前的,如 2023-autumn", metavar="通知")
]
UnitName = Annotated[str | None, typer.Option("--unit", help="报送单位,名册上的名称或别名", metavar="单位")]
FormKey = Annotated[str | None, typer.Option("--form", help="通知里的哪张附件", metavar="附件")]
PeriodKey = Annotated[
    str | None,
    typer.Option("--period", help="按期报送的附件的哪一期,如 2026-10 或 10月", metavar="期"),
]
RequiredUnit = Annotated[str, typer.Option("--unit", help="报送单位,名册上的名称或别名", metavar="单位")]
Why = Annotated[str, typer.Option("--why", help="依据、理由", metavar="理由")]
By = Annotated[str | None, typer.Option("--by", help="经办人(默认登录本机的人)", metavar="姓名")]
Yes = Annotated[bool, typer.Option("--yes", help="现有的数据库(和存档)改名保留,用新的代替")]
