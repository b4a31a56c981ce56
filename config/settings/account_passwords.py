"""Finds the password of each account in the settings."""

import re
from pathlib import Path

from config.errors import ConfigError
from config.passwords import Account, find_password
from config.settings.mail_settings import MailboxSettings
from config.settings.settings import Settings

SHORTEST_KEY = 32
_NOT_IN_VARIABLE_NAME = re.compile(r"\W")


def password_accounts(settings: Settings) -> tuple[Account, ...]:
    """Returns every account for which the settings may need a password."""
    accounts = [
        Account(
            f"[[mailbox]] {mailbox.name}",
            mailbox_password_variables(settings, mailbox),
            mailbox.username,
            mailbox.password_file,
        )
        for mailbox in settings.open_mailboxes
        if mailbox.is_on_server and mailbox.username is not None
    ]
    smtp = settings.smtp
    if smtp is not None and smtp.username is not None:
        accounts.append(Account("[smtp]", ("KONGCHUO_SMTP_PASSWORD",), smtp.username, smtp.password_file))
    return (
        *accounts,
        Account("[digest]", ("KONGCHUO_WORKBOOK_PASSWORD",), "workbook", settings.digest.password_file),
        Account("[backup]", ("KONGCHUO_BACKUP_PASSWORD",), "backup", settings.backup.password_file),
        Account("[answers]", ("KONGCHUO_ANSWERS_KEY",), "answers", settings.answers.key_file),
    )


def find_mailbox_password(settings: Settings, mailbox: MailboxSettings) -> str | None:
    """Returns the mailbox's password; None if none is found or needed."""
    if not mailbox.is_on_server or mailbox.username is None:
        return None
    variables = mailbox_password_variables(settings, mailbox)
    where = f"[[mailbox]] {mailbox.name}"
    return find_password(Account(where, variables, mailbox.username, mailbox.password_file))


def mailbox_password_variables(settings: Settings, mailbox: MailboxSettings) -> tuple[str, ...]:
    """Returns the variables that hold the mailbox's password, the more particular first."""
    own_variable = f"KONGCHUO_MAILBOX_{_NOT_IN_VARIABLE_NAME.sub('_', mailbox.name).upper()}_PASSWORD"
    accounts = {(other.host, other.username) for other in settings.mailbox if other.is_on_server}
    # The common variable serves one account; with several, it must not go to a foreign server.
    return (own_variable, "KONGCHUO_MAILBOX_PASSWORD") if len(accounts) == 1 else (own_variable,)


def find_smtp_password(settings: Settings) -> str | None:
    """Returns the mail server's password; None if none is found or needed."""
    smtp = settings.smtp
    if smtp is None or smtp.username is None:
        return None
    return find_password(Account("[smtp]", ("KONGCHUO_SMTP_PASSWORD",), smtp.username, smtp.password_file))


def find_workbook_password(settings: Settings) -> str | None:
    """Returns the password of the digest's zip; None if none is found."""
    account = Account("[digest]", ("KONGCHUO_WORKBOOK_PASSWORD",), "workbook", settings.digest.password_file)
    return find_password(account)


def find_backup_password(password_file: Path | None) -> str | None:
    """Returns the passphrase of backups; None if none is found."""
    return find_password(Account("[backup]", ("KONGCHUO_BACKUP_PASSWORD",), "backup", password_file))


def find_answers_key(settings: Settings) -> str | None:
    """Returns the key of reply codes; None if none is found.

    Raises:
        ConfigError: it is too short to be safe.
    """
    account = Account("[answers]", ("KONGCHUO_ANSWERS_KEY",), "answers", settings.answers.key_file)
    key = find_password(account)
    if key is not None and len(key) < SHORTEST_KEY:
        raise ConfigError(
            f"[answers] 的密钥太短:请用 {SHORTEST_KEY} 个以上随机字符,如 openssl rand -hex 32 生成的"
        )
    return key
