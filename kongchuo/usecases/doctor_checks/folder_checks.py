"""Checks the folders with children's data: their key, who may read them, and the space in them."""

import errno
import getpass
import shlex
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from config.errors import KongchuoError
from config.installation.operating_system import has_posix_shell
from config.settings import Settings
from config.text.os_reasons import reason_of
from kongchuo.usecases.doctor_checks.check_result import CheckResult
from kongchuo.usecases.file_modes import find_readable_by_others
from kongchuo.usecases.safekeeping.keys import find_code_that_opens
from kongchuo.usecases.safekeeping.rebuilding import database_file
from store.keys.key_place import read_wrapped

_LEAST_FREE_BYTES = 500_000_000  # bytes; a semester of mail is about a tenth


def check_key(settings: Settings) -> Iterator[CheckResult]:
    """Yields whether a copied folder reveals children, and, if it is sealed, whether the key is outside the folder."""
    name = "封存"
    try:
        kept = read_wrapped(settings.store.archive)
        found = find_code_that_opens(settings.store)
    except KongchuoError as error:
        yield CheckResult(name, False, str(error), error.exit_code)
        return
    if kept is None:
        detail = "没有封存:谁拿到数据库和存档,谁就能看到姓名和号码;要封存,请运行 kongchuo key new"
        yield CheckResult(name, True, detail)
    elif found is None:
        detail = f"本机没有打得开数据的密钥(编号{kept[0]}):请运行 kongchuo key import,输入抄下的恢复码"
        yield CheckResult(name, False, detail, 2)
    elif any(Path(found.where).is_relative_to(folder) for folder in _folders_with_data(settings)):
        detail = f"密钥和数据放在一起({found.where}),拿走目录就能打开:请把它移到别处,并写进 [store] key_file"
        yield CheckResult(name, False, detail, 2)
    else:
        yield CheckResult(name, True, f"已封存;密钥(编号{kept[0]})在{found.where},恢复码请抄下来锁好")


def _folders_with_data(settings: Settings) -> list[Path]:
    database = database_file(settings.store.url)
    return [settings.store.archive, *([database.parent] if database is not None else [])]


def check_file_modes(settings: Settings) -> CheckResult:
    """Returns whether other users of this machine may read files with children's data."""
    name, wide = "文件权限", find_readable_by_others(settings)
    if not wide:
        return CheckResult(name, True, "数据库、存档和密钥只有本用户能读")
    paths = [str(path) for path in wide]
    detail = f"{'、'.join(paths)} 本机其他用户也能读:请运行 chmod -R go-rwx {shlex.join(paths)}"
    return CheckResult(name, False, detail, 2)


def check_archive(folder: Path) -> CheckResult:
    """Returns whether the archive has space and is writable, tested by writing."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            free = shutil.disk_usage(folder).free
    except OSError as error:
        return CheckResult(
            "存档", False, f"{folder} 写不进去({reason_of(error)}):{_remedy_for_folder(error, folder)}", 3
        )
    if free > _LEAST_FREE_BYTES:
        return CheckResult("存档", True, f"{folder} 可写,剩余{free / 1e9:.1f}GB")
    detail = (
        f"磁盘快满了:{folder} 只剩{free / 1e6:.0f}MB,至少要留{_LEAST_FREE_BYTES / 1e6:.0f}MB;"
        "请删去不用的文件,或把 [store] 的 url 和 archive 移到别的盘"
    )
    return CheckResult("存档", False, detail, 3)


def _remedy_for_folder(error: OSError, folder: Path) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "请删去不用的文件,或把 [store] 的 url 和 archive 移到别的盘"
    if error.errno in (errno.EACCES, errno.EPERM) and has_posix_shell():
        return f"请运行 sudo chown -R {getpass.getuser()} {shlex.quote(str(folder))},或把 [store] archive 改到自己的目录"
    return "请把 [store] archive 改到写得进的目录"
