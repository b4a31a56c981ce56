"""kongchuo.toml: defaults, paths, passwords, and what a person reads when a key is wrong."""

import sys
from pathlib import Path
from types import ModuleType

import pytest

from config.errors import ConfigError
from config.settings import (
    MailboxSettings,
    Settings,
    find_config,
    find_mailbox_password,
    find_smtp_password,
    load_settings,
)

OFFICE = '[office]\nname = "办公室"\n'
NOTICE = '[notice]\nfile = "notices/2023-autumn.toml"\nroster = "units.csv"\n'
MAILBOX = '[[mailbox]]\nhost = "imap.qq.com"\nusername = "office@example.org"\n'
SMTP = '[smtp]\nhost = "smtp.qq.com"\nusername = "office@example.org"\nsender = "office@example.org"\n'
MINIMAL = OFFICE + NOTICE + MAILBOX


def loaded(folder: Path, text: str) -> Settings:
    path = folder / "kongchuo.toml"
    path.write_text(text, encoding="utf-8")
    return load_settings(path)


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        loaded(folder, text)
    told = str(caught.value)
    assert "kongchuo.toml" in told
    assert "\n" not in told
    return told


@pytest.fixture(autouse=True)
def _no_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    keyring, errors = ModuleType("keyring"), ModuleType("keyring.errors")
    errors.KeyringError = RuntimeError  # type: ignore[attr-defined]
    keyring.get_password = lambda service, username: None  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", keyring)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    for name in ("KONGCHUO_MAILBOX_PASSWORD", "KONGCHUO_MAILBOX_MAIN_PASSWORD", "KONGCHUO_SMTP_PASSWORD"):
        monkeypatch.delenv(name, raising=False)


def test_what_is_left_out_has_the_contracts_values(tmp_path: Path) -> None:
    settings = loaded(tmp_path, MINIMAL)

    assert settings.office.zone.key == "Asia/Shanghai"
    (mailbox,) = settings.mailbox
    assert (mailbox.name, mailbox.port, mailbox.security, mailbox.folder) == ("main", 993, "tls", "INBOX")
    assert settings.smtp is None
    assert (settings.trust.policy, mailbox.authentication_servers) == ("mark", ())
    assert (settings.schedule.poll, settings.schedule.digest) == ("*/10 * * * *", "0 8 * * *")
    assert not settings.units.receipts
    assert not settings.units.reminders


def test_paths_are_seen_from_the_files_own_folder(tmp_path: Path) -> None:
    settings = loaded(tmp_path, OFFICE + NOTICE + '[[mailbox]]\nmaildir = "mail"\n')

    assert settings.notice.file == tmp_path / "notices" / "2023-autumn.toml"
    assert settings.notice.roster == tmp_path / "units.csv"
    assert settings.mailbox[0].maildir == tmp_path / "mail"
    assert settings.store.archive == tmp_path / "archive"
    assert settings.store.url == f"sqlite:///{tmp_path / 'kongchuo.db'}"
    assert settings.path == tmp_path / "kongchuo.toml"


@pytest.mark.parametrize(
    "url", ["postgresql+psycopg://db/kongchuo", "sqlite:////var/k.db", "sqlite:///:memory:"]
)
def test_other_store_urls_stay_as_they_are(tmp_path: Path, url: str) -> None:
    assert loaded(tmp_path, f'{MINIMAL}[store]\nurl = "{url}"\n').store.url == url


def test_ports_follow_security(tmp_path: Path) -> None:
    settings = loaded(tmp_path, MINIMAL + SMTP + 'security = "starttls"\n')

    assert settings.smtp is not None
    assert settings.smtp.port == 587


def test_plain_text_is_for_this_machine_only(tmp_path: Path) -> None:
    assert MailboxSettings(host="127.0.0.1", security="none").port == 143
    assert "不加密" in refusal(tmp_path, MINIMAL + 'security = "none"\n')


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (NOTICE + MAILBOX, ["[office]", "缺少"]),
        (OFFICE + NOTICE, ["[[mailbox]]", "缺少"]),
        (OFFICE + NOTICE + "[[mailbox]]\n", ["第1个", "host"]),
        (MINIMAL + "prot = 993\n", ["[[mailbox]] 第1个 prot", "port"]),
        (MINIMAL + 'security = "ssl"\n', ["security", '"tls"']),
        (MINIMAL + "port = 99999\n", ["port", "65535"]),
        (MINIMAL + 'password = "abcdefg"\n', ["mailbox.password", "密码", "环境变量"]),
        (MINIMAL + MAILBOX, ["main", "name"]),
        (OFFICE + 'timezone = "Asia/Chongqin"\n' + NOTICE + MAILBOX, ["timezone", "Asia/Shanghai"]),
        (OFFICE + 'recipients = ["nobody"]\n' + NOTICE + MAILBOX, ["[office] recipients", "nobody"]),
        (MINIMAL + '[schedule]\npoll = "*/10 * *"\n', ["[schedule] poll", "五段"]),
        (MINIMAL + '[schedule]\npoll = "99 * * * *"\n', ["[schedule] poll", "定时"]),
        (MINIMAL + '[store]\nurl = "mysql://x"\n', ["[store] url", "sqlite"]),
        (MINIMAL + "[units]\nreceipts = 3\n", ["[units] receipts", "true"]),
        (MINIMAL + '[trust]\npolicy = "believe"\n', ["[trust] policy", '"mark"', '"hold"']),
        (MINIMAL + "[colours]\n", ["[colours]", "不认识"]),
        (OFFICE + NOTICE + MAILBOX.replace("[[mailbox]]", "[mailbox]"), ["[[mailbox]]"]),
        ("name = \n", ["第1行"]),
        ('path = "x"\n' + MINIMAL, ["path"]),
    ],
)
def test_a_fault_is_told_with_its_key_and_remedy(tmp_path: Path, text: str, words: list[str]) -> None:
    told = refusal(tmp_path, text)

    assert all(word in told for word in words), told
    assert "abcdefg" not in told


def test_a_missing_file_points_to_init(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="kongchuo init"):
        load_settings(tmp_path / "kongchuo.toml")


def test_the_option_goes_before_the_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KONGCHUO_CONFIG", raising=False)
    assert find_config(None) == Path("kongchuo.toml")
    monkeypatch.setenv("KONGCHUO_CONFIG", "other.toml")
    assert find_config(None) == Path("other.toml")
    assert find_config(Path("mine.toml")) == Path("mine.toml")
    assert find_config(tmp_path) == tmp_path / "kongchuo.toml"


def test_passwords_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(tmp_path, MINIMAL + SMTP)
    assert find_mailbox_password(settings, settings.mailbox[0]) is None

    monkeypatch.setenv("KONGCHUO_MAILBOX_PASSWORD", "common")
    monkeypatch.setenv("KONGCHUO_SMTP_PASSWORD", "out")

    assert find_mailbox_password(settings, settings.mailbox[0]) == "common"
    assert find_smtp_password(settings) == "out"
    monkeypatch.setenv("KONGCHUO_MAILBOX_MAIN_PASSWORD", "own")
    assert find_mailbox_password(settings, settings.mailbox[0]) == "own"


def test_with_several_accounts_each_has_its_own_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = '[[mailbox]]\nname = "old-box"\nhost = "imap.163.com"\nusername = "x@example.org"\n'
    settings = loaded(tmp_path, MINIMAL + other)
    monkeypatch.setenv("KONGCHUO_MAILBOX_PASSWORD", "common")
    monkeypatch.setenv("KONGCHUO_MAILBOX_OLD_BOX_PASSWORD", "own")

    assert find_mailbox_password(settings, settings.mailbox[0]) is None
    assert find_mailbox_password(settings, settings.mailbox[1]) == "own"


def test_a_keyring_that_does_not_work_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(service: str, username: str) -> str:
        raise RuntimeError("no backend")

    monkeypatch.setattr(sys.modules["keyring"], "get_password", broken)
    (tmp_path / "code.txt").write_text("from-file\n")
    (tmp_path / "code.txt").chmod(0o600)
    settings = loaded(tmp_path, MINIMAL + 'password_file = "code.txt"\n')

    assert find_mailbox_password(settings, settings.mailbox[0]) == "from-file"


def test_a_password_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    settings = loaded(tmp_path, MINIMAL + 'password_file = "code.txt"\n')

    with pytest.raises(ConfigError, match="password_file"):
        find_mailbox_password(settings, settings.mailbox[0])
