"""Holds the commands init, doctor and demo, which a person runs before the first poll."""

import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from config.errors import ConfigError, KongchuoError
from config.installation.extras import Extra, how_to_install, is_installed
from config.mail.typed_addresses import describe_wrong_address
from config.settings import StoreSettings
from config.text.os_reasons import reason_of
from config.text.punctuation import set_punctuation
from config.units.roster import is_deliverable
from kongchuo.commands.options import AsJson, Config
from kongchuo.output.answers_json import to_json
from kongchuo.output.own_commands import own_command, variable_command
from kongchuo.output.terminal_tables import print_line
from kongchuo.output.terminal_text import print_command
from kongchuo.usecases.new_office import (
    FILES,
    NewOffice,
    files_of,
    is_own_checkout,
    read_unit_list,
    tell_what_is_left,
    write_office,
)
from kongchuo.usecases.safekeeping.keys import make_store_key


def init(
    folder: Annotated[Path, typer.Argument(help="放在哪个目录", metavar="目录")] = Path(),
    office: Annotated[
        str, typer.Option("--office", help="办公室名称,简报和催报这样落款", metavar="名称")
    ] = "",
    mailbox: Annotated[str, typer.Option("--mailbox", help="各单位报送的邮箱地址", metavar="地址")] = "",
    recipient: Annotated[
        list[str] | None, typer.Option("--recipient", help="谁收简报,可写多次", metavar="地址")
    ] = None,
    units: Annotated[
        Path | None,
        typer.Option("--units", help="现有的单位名单(.xlsx .xls .csv),列名、顺序不限", metavar="文件"),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="什么都不问,没给的照模板写")] = False,
) -> None:
    """新建一个办公室:问清名称、邮箱、单位名单,生成 kongchuo.toml、通知和名册。"""
    if is_own_checkout(folder):
        raise ConfigError(
            f"{folder.resolve()} 是程序自己的目录,学生信息不能放在这里:请换一个目录,如 kongchuo init ~/office"
        )
    if existing := [str(folder / name) for name in FILES if (folder / name).exists()]:
        raise ConfigError(f"{'、'.join(existing)} 已经存在,没有改动:请换一个目录,或先移走它")
    if not yes and sys.stdin.isatty():
        office = office or _ask("办公室名称,简报和催报这样落款")
        mailbox = mailbox or _ask("各单位报送的邮箱地址")
        recipient = recipient or _ask("谁收简报,几个地址用空格隔开").split()
        named = "" if units else _ask("现有的单位名单文件(.xlsx .xls .csv)")
        units = Path(named.strip("\"'")) if named else units
    for address in filter(None, [mailbox, *(recipient or ())]):
        if not is_deliverable(address):
            raise ConfigError(describe_wrong_address(address))
    listed = read_unit_list(units) if units is not None else None
    if listed is not None and not listed.units:
        raise ConfigError(
            f"{units} 里没有找到单位:要有“单位名称”一列,旁边有类别、学段、乡镇、邮箱中的一列,请补上表头"
        )
    new = NewOffice(name=office, mailbox=mailbox, recipients=tuple(recipient or ()), units=listed)
    try:
        write_office(folder, files_of(new))
    except OSError as error:
        raise ConfigError(f"写不进 {folder}({reason_of(error)}):请检查路径和权限") from error
    print_line(f"已在 {folder} 生成:{'、'.join(FILES)}")
    for line in _key_words(folder):
        print_line(line)
    for line in tell_what_is_left(new, date.today(), folder):
        print_line(f"· {line}")
    print_line("密码不写进文件,先在终端里运行(换成您的密码):")
    for variable in ("KONGCHUO_MAILBOX_PASSWORD", "KONGCHUO_SMTP_PASSWORD"):
        print_command(variable_command(variable, "密码"))
    print_line("然后检查一遍:")
    print_command(own_command("doctor", folder / "kongchuo.toml"))


def _key_words(folder: Path) -> tuple[str, ...]:
    """Makes the key of a new office and returns the lines to print; a key that cannot be stored is made later."""
    store = StoreSettings.model_validate({}, context=folder.absolute())
    try:
        return make_store_key(store).words
    except KongchuoError as error:
        return (str(error),)


def _ask(question: str) -> str:
    """Returns what a person types; a blank line leaves it as the template has it."""
    answer: str = typer.prompt(set_punctuation(f"{question}(先不填就按回车)"), "", show_default=False)
    return answer.strip()


def doctor(config: Config = None, as_json: AsJson = False) -> None:
    """检查配置、名册、数据库、邮箱和发信,逐项说明怎么改。"""
    from kongchuo.usecases.doctor import run_checks  # slow to load, and only this command needs it

    checks = []
    for check in run_checks(config):
        checks.append(check)
        if not as_json:
            print_line(f"{'✓' if check.ok else '✗'} {check.name}:{check.detail}")
    if as_json:
        print(
            to_json(
                [
                    {"name": check.name, "ok": check.ok, "detail": set_punctuation(check.detail)}
                    for check in checks
                ]
            )
        )
    raise typer.Exit(max((check.exit_code for check in checks if not check.ok), default=0))


def demo(
    folder: Annotated[Path, typer.Argument(help="演示文件放在哪个目录", metavar="目录")] = Path("demo"),
    schools: Annotated[
        int, typer.Option("--schools", min=1, help="编造多少所学校(默认60,越少越快)", metavar="所数")
    ] = 60,
) -> None:
    """用内置邮件服务器和虚构的县,把主要工作完整演示一遍。"""
    if not is_installed(Extra.DEMO):
        raise ConfigError(f"没有装演示用的部件:{how_to_install(Extra.DEMO)},再运行一次")
    from kongchuo.demo.run import run_demo

    run_demo(folder, schools)
