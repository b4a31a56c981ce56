"""Writes units' forms into folders, and never over a file in which a person has written."""

import re
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from notify.mail.compose import AttachedFile
from parsers.own_workbooks import day_of_unchanged

_NO_FILE_NAME = re.compile(r'[\x00-\x1f<>:"/\\|?*]+')


@dataclass(frozen=True, slots=True)
class WrittenForm:
    """The path of a written form, and of the edited file that it did not overwrite."""

    path: Path
    beside: Path | None = None


def write_form(folder: Path, form: AttachedFile) -> WrittenForm:
    """Writes a form into a folder; an edited file of this name stays, and the form's name gets a number.

    Raises:
        OSError: it cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = Path(as_file_name(form.name))
    first = folder / name
    for number in count(1):
        path = first if number == 1 else folder / f"{name.stem} ({number}){name.suffix}"
        if not path.exists() or _is_as_we_made_it(path):
            path.write_bytes(form.data)
            return WrittenForm(path, first if number > 1 else None)
    raise AssertionError  # count() does not end


def as_file_name(text: str) -> str:
    """Returns a name that is allowed on Windows, too."""
    return _NO_FILE_NAME.sub("_", text).strip(" .") or "_"


def _is_as_we_made_it(path: Path) -> bool:
    return path.is_file() and day_of_unchanged(path.read_bytes()) is not None
