"""Holds the commands of ``kongchuo key``: the key with which the office's data is sealed."""

import sys
from datetime import UTC, datetime

import typer

from config.errors import ConfigError, StoreLockedError
from config.settings import find_config, load_settings
from ingest.pipeline import INGEST_LEASE
from kongchuo.commands.options import AsJson, Config
from kongchuo.lookup import current_user
from kongchuo.office import Office, open_office
from kongchuo.output.answers_json import to_json
from kongchuo.output.progress import progress_bar
from kongchuo.output.terminal_tables import print_line
from kongchuo.usecases.safekeeping.key_rotation import RotationSteps, rotate_key
from kongchuo.usecases.safekeeping.keys import (
    TELL_TO_COPY,
    KeptKey,
    find_code_that_opens,
    import_code,
    make_store_key,
)
from store.audit.audit_line import AuditLine

_UNSEALED = 1


def new(config: Config = None) -> None:
    """做一把密钥,把库里和存档里现有的都加密封存;恢复码只显示这一次。"""
    with open_office(config) as office:
        is_sealed = office.store.key_id is not None
        if not is_sealed:
            if office.store.jobs.is_leased(INGEST_LEASE, datetime.now(UTC)):
                raise StoreLockedError("正在收信,没有封存:请停掉 kongchuo run 或等这次收信结束,再运行一次")
            for line in make_store_key(office.settings.store).words:
                print_line(line)
    with (
        open_office(config) as office,
        office.store.jobs.hold_lease(INGEST_LEASE),
    ):  # opening it has sealed the database
        if not is_sealed:
            _audit(office, f"key new {office.store.key_id}")
        with progress_bar("封存存档") as on_progress:
            count = office.store.safekeeping.seal_archive(on_progress)
    if is_sealed and not count:
        print_line(f"早已封存(密钥编号{office.store.key_id}),没有可做的;恢复码请看 kongchuo key export")
    else:
        print_line(f"已封存:数据库,和存档的{count}份文件;以前做的备份、导出的文件没有封存,不用的请删掉")


def export(config: Config = None) -> None:
    """再显示一次恢复码,留下操作记录。"""
    with open_office(config) as office:
        key_id = office.store.key_id
        found = find_code_that_opens(office.settings.store)
        if key_id is None or found is None:
            raise ConfigError("这里的数据没有封存,没有恢复码:要封存,请运行 kongchuo key new")
        _audit(office, f"key export {key_id}")
    print_line(f"密钥编号{key_id},在{found.where}")
    print_line(f"恢复码:{found.code}")
    print_line(TELL_TO_COPY)


def rotate(config: Config = None) -> None:
    """换一把密钥,把所有数据用新的重新封存;kongchuo run 运行时也可以做,中断了再运行会接着换。"""
    with open_office(config) as office:
        before = office.store.key_id
        if before is None:
            raise ConfigError("这里的数据没有封存,没有密钥可换:要封存,请运行 kongchuo key new")
        if office.store.safekeeping.count_unsealed():
            raise ConfigError("存档里还有没有封存的文件:请先运行 kongchuo key new,做完再换密钥")
        rows = 0

        def count_rows(more: int) -> None:
            nonlocal rows
            rows += more

        if office.store.keys.is_rotating():
            print_line(f"接着换密钥(新密钥编号{before});新恢复码请看 kongchuo key export")
        with progress_bar("封存存档") as on_files:
            steps = RotationSteps(_tell_new_key, count_rows, on_files)
            files = rotate_key(office.store, office.settings.store, steps)
        _audit(office, f"key rotate {office.store.key_id}")
        key_id = office.store.key_id
    print_line(
        f"已换好(新密钥编号{key_id}):数据库{rows}条、存档{files}份文件都用新的封存了,旧恢复码打不开现在的数据"
    )
    print_line(
        "以前做的备份还要用旧恢复码:请现在做一份新备份(kongchuo backup),旧备份不用的请删掉;"
        "密钥写在环境变量或钥匙串里的,请换成新恢复码"
    )


def _tell_new_key(key: KeptKey) -> None:
    print_line(f"新密钥(编号{key.key_id})在 {key.file}")
    print_line(f"新恢复码:{key.code}")
    print_line(TELL_TO_COPY)


def import_(config: Config = None) -> None:
    """把抄下的恢复码存到本机(换了电脑、丢了密钥文件时);恢复码从终端或标准输入读,不写在命令里。"""
    asks = sys.stdin.isatty()
    code = typer.prompt("恢复码", hide_input=True, err=True) if asks else sys.stdin.readline()
    file = import_code(load_settings(find_config(config)).store, str(code))
    with open_office(config) as office:
        _audit(office, f"key import {office.store.key_id}")
    print_line(f"恢复码对,存到了 {file};数据打得开了")


def check(config: Config = None, as_json: AsJson = False) -> None:
    """看数据封存了没有,密钥在哪里、对不对;没有封存好的退出码1。"""
    with open_office(config) as office:
        key_id = office.store.key_id
        _audit(office, f"key check {key_id or '-'}")
        left = 0 if key_id is None else office.store.safekeeping.count_unsealed()
        is_rotating = office.store.keys.is_rotating()
        found = find_code_that_opens(office.settings.store)
    where = None if found is None else found.where
    if as_json:
        answer = {
            "sealed": key_id is not None,
            "key_id": key_id,
            "where": where,
            "unsealed_files": left,
            "rotating": is_rotating,
        }
        print(to_json(answer))
    elif key_id is None:
        print_line("✗ 没有封存:谁拿到数据库和存档,谁就能看到姓名和号码;要封存,请运行 kongchuo key new")
    elif left:
        print_line(f"✗ 存档里还有{left}份文件没有封存:请再运行 kongchuo key new,会接着做")
    elif is_rotating:
        print_line(f"✗ 换密钥没有做完(新密钥编号{key_id}):请再运行 kongchuo key rotate,会接着换")
    else:
        print_line(f"✓ 已封存,密钥打得开(编号{key_id},在{where})")
    if key_id is None or left or is_rotating:
        raise typer.Exit(_UNSEALED)


def _audit(office: Office, what: str) -> None:
    office.store.audit.record(AuditLine(what, current_user(), datetime.now(UTC)))
