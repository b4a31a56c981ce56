"""The recovery code of a store's key is found where it was kept, and never overwritten."""

import stat
from pathlib import Path

import pytest

from config.errors import ConfigError
from config.settings import StoreSettings
from config.store_key import find_store_codes, keep_next_code, keep_store_code, keys_folder


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("KONGCHUO_STORE_KEY", raising=False)


def test_a_kept_code_is_found_and_only_its_user_can_read_it() -> None:
    file = keep_store_code(StoreSettings(), "ab12", "CODE")

    assert file == keys_folder() / "ab12.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o400
    [found] = find_store_codes(StoreSettings(), "ab12")
    assert (found.code, found.where) == ("CODE", str(file))
    assert list(find_store_codes(StoreSettings(), "other")) == []


def test_the_configured_file_goes_before_the_users_and_the_environment_before_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_store_code(StoreSettings(), "ab12", "OF THE USER")
    configured = StoreSettings(key_file=tmp_path / "key")
    keep_store_code(configured, "ab12", "CONFIGURED")

    assert [found.code for found in find_store_codes(configured, "ab12")] == ["CONFIGURED", "OF THE USER"]

    monkeypatch.setenv("KONGCHUO_STORE_KEY", "OF THE ENVIRONMENT")
    found = next(find_store_codes(configured, "ab12"))
    assert (found.code, found.where) == ("OF THE ENVIRONMENT", "环境变量 KONGCHUO_STORE_KEY")


def test_the_code_of_a_next_key_lies_beside_the_configured_file_and_is_found_by_its_id(
    tmp_path: Path,
) -> None:
    configured = StoreSettings(key_file=tmp_path / "key")
    keep_store_code(configured, "ab12", "FIRST")

    file = keep_next_code(configured, "cd34", "SECOND")

    assert file == tmp_path / "key.cd34"
    assert [found.code for found in find_store_codes(configured, "cd34")] == ["FIRST", "SECOND"]
    assert [found.code for found in find_store_codes(configured, "ab12")] == ["FIRST"]


def test_a_code_is_never_written_over_another() -> None:
    keep_store_code(StoreSettings(), "ab12", "FIRST")

    with pytest.raises(ConfigError, match="没有覆盖"):
        keep_store_code(StoreSettings(), "ab12", "SECOND")
    assert [found.code for found in find_store_codes(StoreSettings(), "ab12")] == ["FIRST"]


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(ConfigError, match="key_file"):
        keep_store_code(StoreSettings(key_file=tmp_path / "file" / "key"), "ab12", "CODE")
