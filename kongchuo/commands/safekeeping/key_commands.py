"""Holds the commands of ``kongchuo key``: the key with which the office's data is sealed."""

from datetime import UTC, datetime

import typer

from config.errors import ConfigError, StoreLockedError
from config.store_key import find_store_code
from ingest.pipeline import INGEST_LEASE
from kongchuo.commands.options import AsJson, Config
from kongchuo.lookup import current_user
from kongchuo.office import Office, open_office
from kongchuo.output.answers_json import to_json
from kongchuo.output.progress import progress_bar
from kongchuo.output.terminal_tables import print_line
from kongchuo.usecases.safekeeping.keys import TELL_TO_COPY, make_store_key
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
        found = None if key_id is None else find_store_code(office.settings.store, key_id)
        if found is None:
            raise ConfigError("这里的数据没有封存,没有恢复码:要封存,请运行 kongchuo key new")
        _audit(office, f"key export {key_id}")
    print_line(f"密钥编号{key_id},在{found.where}")
    print_line(f"恢复码:{found.code}")
    print_line(TELL_TO_COPY)


def check(config: Config = None, as_json: AsJson = False) -> None:
    """看数据封存了没有,密钥在哪里、对不对;没有封存好的退出码1。"""
    with open_office(config) as office:
        key_id = office.store.key_id
        _audit(office, f"key check {key_id or '-'}")
        left = 0 if key_id is None else office.store.safekeeping.count_unsealed()
        found = None if key_id is None else find_store_code(office.settings.store, key_id)
    where = None if found is None else found.where
    if as_json:
        answer = {"sealed": key_id is not None, "key_id": key_id, "where": where, "unsealed_files": left}
        print(to_json(answer))
    elif key_id is None:
        print_line("✗ 没有封存:谁拿到数据库和存档,谁就能看到姓名和号码;要封存,请运行 kongchuo key new")
    elif left:
        print_line(f"✗ 存档里还有{left}份文件没有封存:请再运行 kongchuo key new,会接着做")
    else:
        print_line(f"✓ 已封存,密钥打得开(编号{key_id},在{where})")
    if key_id is None or left:
        raise typer.Exit(_UNSEALED)


def _audit(office: Office, what: str) -> None:
    office.store.audit.record(AuditLine(what, current_user(), datetime.now(UTC)))
