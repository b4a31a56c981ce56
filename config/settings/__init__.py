"""The settings of an office, typed; :func:`config.settings.settings.load_settings` reads them from ``kongchuo.toml``."""

from config.settings.account_passwords import (
    find_answers_key,
    find_backup_password,
    find_mailbox_password,
    find_smtp_password,
    find_workbook_password,
    mailbox_password_variables,
    password_accounts,
)
from config.settings.alarm_settings import AlarmSettings, LogSettings
from config.settings.data_settings import StoreSettings
from config.settings.mail_settings import MailboxSettings, ServerSettings, SmtpSettings, is_loopback
from config.settings.office_settings import Schedule
from config.settings.people_settings import AccessSettings, PersonSettings, Role
from config.settings.settings import DEFAULT_FILE, Settings, find_config, load_settings, read_tables

__all__ = [
    "DEFAULT_FILE",
    "AccessSettings",
    "AlarmSettings",
    "LogSettings",
    "MailboxSettings",
    "PersonSettings",
    "Role",
    "Schedule",
    "ServerSettings",
    "Settings",
    "SmtpSettings",
    "StoreSettings",
    "find_answers_key",
    "find_backup_password",
    "find_config",
    "find_mailbox_password",
    "find_smtp_password",
    "find_workbook_password",
    "is_loopback",
    "load_settings",
    "mailbox_password_variables",
    "password_accounts",
    "read_tables",
]
