"""Settings said by the environment."""

from pathlib import Path

import pytest

from config.errors import ConfigError
from config.installation.environment_values import find_mistyped_variables
from config.settings import Settings, load_settings
from tests.builders.offices.settings_file import FILE


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "kongchuo.toml"
    file.write_text(FILE, "utf-8")
    return file


@pytest.mark.parametrize(
    ("variable", "text", "section", "key", "value"),
    [
        ("KONGCHUO_OFFICE_NAME", "12", "office", "name", "12"),
        (
            "KONGCHUO_OFFICE_RECIPIENTS",
            "a@qq.com, b@qq.com",
            "office",
            "recipients",
            ("a@qq.com", "b@qq.com"),
        ),
        ("KONGCHUO_OFFICE_RECIPIENTS", '["a@qq.com"]', "office", "recipients", ("a@qq.com",)),
        ("KONGCHUO_SMTP_PORT", "2525", "smtp", "port", 2525),
        ("KONGCHUO_SMTP_MEGABYTES", "7.5", "smtp", "megabytes", 7.5),
        ("KONGCHUO_UNITS_RECEIPTS", "true", "units", "receipts", True),
        ("KONGCHUO_UNITS_RECEIPTS", "0", "units", "receipts", False),
        ("KONGCHUO_TRUST_POLICY", "hold", "trust", "policy", "hold"),
        ("KONGCHUO_SCHEDULE_WEEKLY", "0 8 * * 1", "schedule", "weekly", "0 8 * * 1"),
    ],
)
def test_a_variable_goes_before_the_file(
    config: Path,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    text: str,
    section: str,
    key: str,
    value: object,
) -> None:
    monkeypatch.setenv(variable, text)

    assert getattr(getattr(load_settings(config), section), key) == value


def test_a_path_is_seen_from_the_configuration(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KONGCHUO_STORE_ARCHIVE", "elsewhere")

    assert load_settings(config).store.archive == config.parent / "elsewhere"


def test_a_mailbox_is_meant_by_its_name_and_the_first_without(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KONGCHUO_MAILBOX_HOST", "imap.163.com")
    monkeypatch.setenv("KONGCHUO_MAILBOX_OLD_BOX_ENABLED", "false")

    settings = load_settings(config)

    assert [mailbox.host for mailbox in settings.mailbox] == ["imap.163.com", ""]
    assert [mailbox.name for mailbox in settings.open_mailboxes] == ["main"]


def test_a_wrong_value_is_told_by_its_variable(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KONGCHUO_SMTP_PORT", "abc")

    with pytest.raises(ConfigError, match=r"环境变量 KONGCHUO_SMTP_PORT.*应为整数"):
        load_settings(config)


def test_an_empty_variable_says_nothing(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KONGCHUO_OFFICE_NAME", "")

    assert load_settings(config).office.name == "甲县教委"


@pytest.mark.parametrize(
    ("variable", "likely"),
    [
        ("KONGCHUO_SMPT_PORT", "KONGCHUO_SMTP_PORT"),
        ("KONGCHUO_SMTP_PORT", None),
        ("KONGCHUO_SMTP_PASSWORD", None),
        ("KONGCHUO_MAILBOX_MAIN_PASSWORD", None),
        ("KONGCHUO_CONFIG", None),
        ("KONGCHUO_REQUIRE_DOVECOT", None),
    ],
)
def test_a_variable_that_resembles_one_is_told(variable: str, likely: str | None) -> None:
    assert find_mistyped_variables({}, Settings, {variable: "x"}) == ({variable: likely} if likely else {})
