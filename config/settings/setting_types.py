"""Holds the types of settings that are checked as they are read: paths, addresses, logins, times of jobs."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo

from config.mail.typed_addresses import bare_address, describe_wrong_address, likely_address

DEFAULT_POLL = "*/10 * * * *"
DEFAULT_DIGEST = "0 8 * * *"
DEFAULT_REMINDERS = "30 8 * * *"
DEFAULT_VERIFY = "40 3 * * *"


def absolute_path(path: Path, info: ValidationInfo) -> Path:
    """Returns the path made absolute from the configuration's folder; unchanged for a model made without a file."""
    path = path.expanduser()
    return (info.context / path).resolve() if isinstance(info.context, Path) else path


def _address(text: str) -> str:
    if bare_address(text) is None:
        raise ValueError(describe_wrong_address(text))
    return text


def _login(text: str) -> str:
    """Returns the user name of an account, checked like an address if it is one."""
    if "@" in text and bare_address(text) is None and likely_address(text) is not None:
        raise ValueError(describe_wrong_address(text))
    return text


def _cron(text: str) -> str:
    if text in (
        DEFAULT_POLL,
        DEFAULT_DIGEST,
        DEFAULT_REMINDERS,
        DEFAULT_VERIFY,
    ):  # known to be good; spares the import on every start
        return text
    if len(text.split()) != 5:
        raise ValueError(f"“{text}”应有五段(分 时 日 月 周),如 {DEFAULT_POLL}")
    from config.cron_expressions import parse_crontab

    try:
        parse_crontab(text, "UTC")
    except ValueError as error:
        raise ValueError(f"“{text}”不是有效的定时写法(分 时 日 月 周),如每天8点:{DEFAULT_DIGEST}") from error
    return text


LocalPath = Annotated[Path, AfterValidator(absolute_path)]
Address = Annotated[str, AfterValidator(_address)]
Login = Annotated[str, AfterValidator(_login)]
Cron = Annotated[str, AfterValidator(_cron)]
NonEmptyText = Annotated[str, Field(min_length=1)]
