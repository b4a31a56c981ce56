"""Holds the settings of the data: where it lies, who sees what of it, and how long it is kept."""

import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo

from config.notice import FrozenModel
from config.settings.setting_types import LocalPath, absolute_path
from config.text.output_mask import MaskLevel

_SQLITE = re.compile(r"(sqlite(?:\+\w+)?:///)([^?]+)(\?.*)?")


def _store_url(url: str, info: ValidationInfo) -> str:
    if not re.match(r"sqlite(\+\w+)?:|postgresql\+psycopg:", url):
        raise ValueError("只支持 sqlite:///kongchuo.db 或 postgresql+psycopg://… 这样的写法")
    if (parts := _SQLITE.fullmatch(url)) and parts[2] != ":memory:":
        return f"{parts[1]}{absolute_path(Path(parts[2]), info)}{parts[3] or ''}"
    return url


class StoreSettings(FrozenModel):
    url: Annotated[str, AfterValidator(_store_url)] = Field("sqlite:///kongchuo.db", validate_default=True)
    archive: LocalPath = Field(Path("archive"), validate_default=True)
    key_file: LocalPath | None = None
    """The file with the recovery code of the store's key, if it is neither in ``KONGCHUO_STORE_KEY`` nor in the keyring."""


class PrivacySettings(FrozenModel):
    """What is masked in all output (``docs/privacy.md`` lists it for each kind of output)."""

    mask: MaskLevel = MaskLevel.PHONES


class BackupSettings(FrozenModel):
    """The passphrase of ``kongchuo backup`` (``KONGCHUO_BACKUP_PASSWORD``, keyring or ``password_file``)."""

    password_file: LocalPath | None = None


class RetentionSettings(FrozenModel):
    """How long data is kept (``docs/privacy.md``); decisions, counts and the audit trail stay."""

    mail_months: int = Field(default=18, ge=1)
    """The months from its arrival for which a raw mail and its content are kept: a semester and a year."""
    case_until_age: int = Field(default=17, ge=6, le=30)
    """The age of a child until which the mails of its case are kept; those of an open case are always kept."""
    outbox_months: int = Field(default=6, ge=1)
    """The months for which the text of a sent mail is kept; the fact that it was sent stays."""
    copies_days: int = Field(default=30, ge=0)
    """The days for which databases and archives set aside by ``rebuild`` and ``restore`` are kept."""
    backups_days: int = Field(default=60, ge=1)
    """The days for which backups by ``kongchuo backup`` are kept where they were written; the newest stays."""
    logs_days: int = Field(default=180, ge=1)
    """The days for which traces of the program's errors are kept, in the folder for temporary files; the system keeps the service's log."""
