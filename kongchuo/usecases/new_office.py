"""Makes the files of a new office: configuration, notice, roster, and the key of its reply codes."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path
from secrets import token_hex

from config.mail.mail_services import find_mail_service
from config.read_notice import load_notice
from config.text.punctuation import set_comment_punctuation
from config.toml.json_schemas import NOTICE_SCHEMA, SETTINGS_SCHEMA, schema_of_notice, schema_of_settings
from config.units.unit_lists import UnitList, find_unit_column, make_unit_list
from kongchuo.output.own_commands import own_command
from kongchuo.usecases.lists.list_files import read_tables

_SETTINGS, _NOTICE, _ROSTER, _KEY = "kongchuo.toml", "notices/2023-autumn.toml", "units.csv", "answers.key"
FILES = (_SETTINGS, _NOTICE, _ROSTER, _KEY)
"""The files of a new office, by their name in its folder."""
_GIT_IGNORE, _NOTHING_OF_IT = ".gitignore", "# 学生信息不能提交到 git\n*\n"
_BESIDE_NAME = frozenset(
    {"kind", "stage", "township", "aliases", "emails", "parent", "zone", "contact", "phone"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOffice:
    """The data of a new office; empty values stay as in the template."""

    name: str = ""
    mailbox: str = ""
    """The address of the mailbox that receives the units' reports."""
    recipients: tuple[str, ...] = ()
    """The recipients of the digest."""
    units: UnitList | None = None


def read_unit_list(file: Path) -> UnitList:
    """Returns the units of a list (.xlsx, .xls or .csv in any encoding) with columns in any order and with any headings.

    Raises:
        ConfigError: the file cannot be read.
    """
    tables = list(read_tables(file, find_unit_column, _BESIDE_NAME))
    rows = [
        (row.location, {key: row.text(key) for key in row.columns}) for table in tables for row in table.rows
    ]
    return make_unit_list(rows)


def files_of(office: NewOffice) -> dict[str, str]:
    """Returns the text of each file, by its name in :data:`FILES`."""
    townships = resources.files("config") / "notices" / "shizhu-townships.csv"
    return {
        _SETTINGS: f"#:schema {SETTINGS_SCHEMA}\n{set_comment_punctuation(_settings(office))}",
        _NOTICE: f"#:schema ../{NOTICE_SCHEMA}\n"
        + set_comment_punctuation((resources.files("config") / _NOTICE).read_text("utf-8")),
        _ROSTER: office.units.text if office.units is not None else townships.read_text("utf-8-sig"),
        _KEY: f"{token_hex(32)}\n",
    }


def write_office(folder: Path, files: dict[str, str]) -> None:
    """Writes the files; the key's file is never readable by others, not even for a moment.

    Raises:
        OSError: a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / _GIT_IGNORE).exists():
        (folder / _GIT_IGNORE).write_text(_NOTHING_OF_IT, "utf-8")
    for name, schema in ((SETTINGS_SCHEMA, schema_of_settings()), (NOTICE_SCHEMA, schema_of_notice())):
        (folder / name).write_text(json.dumps(schema, ensure_ascii=False, indent=1), "utf-8")
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name == _KEY:
            path.touch(0o600)
        path.write_text(text, "utf-8-sig" if path.suffix == ".csv" else "utf-8")


def _settings(office: NewOffice) -> str:
    text = (resources.files("kongchuo") / "templates" / "kongchuo.toml").read_text("utf-8")
    service = find_mail_service(office.mailbox) if office.mailbox else None
    if office.name:
        text = _with_value(text, "office", "name", office.name)
    if office.recipients:
        text = _with_value(text, "office", "recipients", list(office.recipients))
    if office.mailbox:
        for section, key in (("[mailbox]", "username"), ("smtp", "username"), ("smtp", "sender")):
            text = _with_value(text, section, key, office.mailbox)
        text = _with_value(text, "[mailbox]", "host", service.imap if service else "")
        text = _with_value(text, "smtp", "host", service.smtp if service else "")
    return text


def _with_value(text: str, section: str, key: str, value: str | Sequence[str]) -> str:
    """Returns the template with another value of a key; a comment after it stays."""
    begin = text.index(f"[{section}]\n")
    written = json.dumps(value, ensure_ascii=False)
    old = re.compile(rf'^{key} = (?:"[^"]*"|\[[^\]]*\])', re.MULTILINE)
    return text[:begin] + old.sub(lambda _: f"{key} = {written}", text[begin:], count=1)


def is_own_checkout(folder: Path) -> bool:
    """Returns whether a folder is this program's source, from which images and packages are built."""
    try:
        return 'name = "kongchuo"' in (folder / "pyproject.toml").read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return False


def tell_what_is_left(office: NewOffice, today: date, folder: Path) -> list[str]:
    """Returns what a person must check or add before the first poll, one line each."""
    remarks = []
    if any((above / ".git").exists() for above in (folder.resolve(), *folder.resolve().parents)):
        remarks.append(f"{folder} 在 git 仓库里:已写 .gitignore,学生信息不会提交;最好把整个目录移到仓库以外")
    if office.units is not None:
        remarks += [f"单位名单:{office.units.units}个单位已写进 units.csv", *office.units.remarks]
    else:
        remarks.append(
            "请把学校和幼儿园加进 units.csv(33个乡镇已列好);已有名单文件的,删去这个目录,加 --units 名单文件 再生成一次"
        )
    service = find_mail_service(office.mailbox) if office.mailbox else None
    if service is not None:
        remarks.append(f"{service.name}的密码:{service.password}")
    elif office.mailbox:
        remarks.append(
            f"认不出 {office.mailbox} 是哪家邮箱:请在 kongchuo.toml 的 [[mailbox]] 和 [smtp] 填上 host"
        )
    missing = [
        what
        for what, given in (
            ("办公室名称", office.name),
            ("邮箱", office.mailbox),
            ("收简报的人", office.recipients),
        )
        if not given
    ]
    if missing:
        remarks.append(f"请在 kongchuo.toml 填上{'、'.join(missing)}")
    notice = load_notice(Path(Path(_NOTICE).name))
    if notice.is_over(today):
        remarks.append(
            f"{_NOTICE} 是“{notice.title}”的,那个学期已经过去:请运行 {own_command('notice new', folder / _SETTINGS)}"
        )
    return remarks
