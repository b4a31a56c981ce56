"""Holds the commands backup and restore: a copy of the office while it runs, and the office from such a copy."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from config.errors import ConfigError, StoreKeyError
from config.settings import find_backup_password, find_config, load_settings
from kongchuo.access.acts import record_act
from kongchuo.commands.options import AsJson, Config, Yes
from kongchuo.office import open_office
from kongchuo.output.answers_json import iso_time, to_json
from kongchuo.output.terminal_tables import format_minute, print_line
from kongchuo.usecases.polling import BACKUP_JOB
from kongchuo.usecases.safekeeping.backups import write_backup
from kongchuo.usecases.safekeeping.restoring import replace_by_backup, restore_backup

BackupFile = Annotated[Path, typer.Argument(help="备份文件,如 backup-0928.zip", metavar="文件")]


def backup(file: BackupFile, config: Config = None, as_json: AsJson = False) -> None:
    """把数据库、存档和配置写进一个加密的文件;kongchuo run 运行时也可以做。"""
    now = datetime.now(UTC)
    with open_office(config) as office:
        passphrase = _passphrase(office.settings.backup.password_file)
        written = write_backup(office.settings, office.store, file.absolute(), passphrase, now)
        office.store.jobs.record_success(BACKUP_JOB, str(written.file.resolve()), now)
        record_act(office.store, f"backup {written.file.name}")
    if as_json:
        print(to_json({"file": str(written.file), "size": written.size, "mails": written.mails}))
    else:
        print_line(
            f"已备份到 {written.file}({written.size / 1e6:.1f}MB,邮件{written.mails}封):请拷到另一台电脑或移动硬盘上"
        )


def restore(file: BackupFile, config: Config = None, as_json: AsJson = False, yes: Yes = False) -> None:
    """用备份恢复数据库和存档;现有的加 --yes 才动,改名保留。没有配置文件的,配置也从备份来。"""
    path = find_config(config)
    settings = load_settings(path) if path.exists() else None
    passphrase = _passphrase(settings.backup.password_file if settings else None)
    put_back = replace_by_backup if yes else restore_backup
    restored = put_back(
        file, passphrase, path.absolute(), datetime.now(settings.office.zone if settings else UTC)
    )
    if not as_json:
        for old in restored.set_aside:
            print_line(f"原来的改名为 {old}")
    try:
        with open_office(path) as office:
            zone = office.zone
            record_act(office.store, f"restore {file.name}")
    except StoreKeyError as error:
        raise StoreKeyError(
            "备份已经放好;数据是封存的,本机还没有它的密钥:请运行 kongchuo key import,输入抄下的恢复码,再运行 kongchuo verify 检查"
        ) from error
    if as_json:
        print(to_json({"made_at": iso_time(restored.made_at, zone), "mails": restored.mails}))
    else:
        if restored.configuration is not None:
            print_line(f"配置写到了 {restored.configuration}:密码不在备份里,请重新设置")
        print_line(
            f"已恢复到{format_minute(restored.made_at, zone)}的备份,存档邮件{restored.mails}封:"
            "请运行 kongchuo verify 检查,再运行 kongchuo poll 收备份以后的邮件"
        )


def _passphrase(password_file: Path | None) -> str:
    passphrase = find_backup_password(password_file)
    if passphrase is None and sys.stdin.isatty():
        passphrase = str(typer.prompt("备份的密码", hide_input=True, err=True))
    if passphrase is None:
        raise ConfigError("没有备份的密码:请设环境变量 KONGCHUO_BACKUP_PASSWORD,或 [backup] password_file")
    return passphrase
