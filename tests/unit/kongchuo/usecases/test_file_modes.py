"""Files of an office that others may read are found, and no others."""

from pathlib import Path

from config.settings import load_settings
from kongchuo.usecases.doctor import run_checks
from kongchuo.usecases.doctor_checks.check_result import CheckResult
from kongchuo.usecases.file_modes import find_readable_by_others
from store import Store
from tests.builders.offices.office_folder import an_office


def an_opened_office(folder: Path) -> Path:
    config = an_office(folder)
    store = load_settings(config).store
    Store.open(store.url, store.archive).close()
    store.archive.mkdir(exist_ok=True)
    return config


def modes_line(config: Path) -> CheckResult:
    return next(check for check in run_checks(config) if check.name == "文件权限")


def test_what_the_program_made_itself_is_for_its_user_only(tmp_path: Path) -> None:
    config = an_opened_office(tmp_path)

    assert find_readable_by_others(load_settings(config)) == []
    assert modes_line(config).ok


def test_doctor_names_a_database_that_others_read_and_the_command_that_mends_it(tmp_path: Path) -> None:
    config = an_opened_office(tmp_path)
    store = load_settings(config).store
    database = Path(store.url.removeprefix("sqlite:///"))
    database.chmod(0o644)
    store.archive.chmod(0o755)

    line = modes_line(config)

    assert (line.ok, line.exit_code) == (False, 2)
    assert f"chmod -R go-rwx {database} {store.archive}" in line.detail


def test_a_folder_that_others_may_only_enter_is_open_too(tmp_path: Path) -> None:
    config = an_opened_office(tmp_path)
    archive = load_settings(config).store.archive
    archive.chmod(0o711)

    assert find_readable_by_others(load_settings(config)) == [archive]
