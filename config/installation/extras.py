"""Lists the optional libraries, and how a person installs them.

They are the extras of ``pyproject.toml``; a test compares the two.
"""

from enum import StrEnum
from importlib.metadata import PackageNotFoundError, distribution


class Extra(StrEnum):
    """An optional part of the program: ``kongchuo[doc]``."""

    DEMO = "demo"
    DOC = "doc"
    ARCHIVES = "archives"
    KEYRING = "keyring"
    POSTGRES = "postgres"
    PARQUET = "parquet"


LIBRARIES: dict[Extra, tuple[str, ...]] = {
    Extra.DEMO: ("aiosmtpd", "pymap", "xlwt"),
    Extra.DOC: ("office-oxide",),
    Extra.ARCHIVES: ("py7zr",),
    Extra.KEYRING: ("keyring",),
    Extra.POSTGRES: ("psycopg",),
    Extra.PARQUET: ("pyarrow",),
}
"""By extra, its distributions."""

PURPOSES: dict[Extra, str] = {
    Extra.DEMO: "看演示",
    Extra.DOC: "读 .doc、.wps",
    Extra.ARCHIVES: "打开 .7z",
    Extra.KEYRING: "把密码交给系统保管",
    Extra.POSTGRES: "数据放进 PostgreSQL",
    Extra.PARQUET: "导出 parquet",
}
"""By extra, its purpose in Chinese."""


def is_installed(extra: Extra) -> bool:
    """Returns whether its distributions are installed; an installed one that is broken counts as installed."""
    try:
        for name in LIBRARIES[extra]:
            distribution(name)
    except PackageNotFoundError:
        return False
    return True


def how_to_install(extra: Extra) -> str:
    """Returns the Chinese words that say what to install."""
    return f"请安装 kongchuo[{extra}](即 {'、'.join(LIBRARIES[extra])})"
