"""Holds the content of a workbook's sheets, and the form that was decided for a file."""

from dataclasses import dataclass
from typing import Literal

from parsers.formats.workbook import Sheet
from parsers.forms.left_over.account import LeftOver
from parsers.records import ParsedForm, Signal


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkbookContent:
    """The content of a workbook's sheets: forms, and sheets with rows of students whose form is unknown."""

    forms: tuple[ParsedForm, ...] = ()
    unrecognised_sheets: tuple[str, ...] = ()
    blank_forms: tuple[str, ...] = ()  # forms with only a blank template in the file
    count_sheets: tuple[str, ...] = ()  # sheets with a table of counts and no list of children
    form_hint: str | None = None
    signals: tuple[Signal, ...] = ()
    left_over: tuple[LeftOver, ...] = ()  # cells that no reader used


@dataclass(frozen=True, slots=True)
class DecidedForm:
    """The form that a person assigned to a file, or that the properties of a file made from our template give."""

    form: str
    untitled_only: bool  # only parts without a title, in a file of several forms
    source: Literal["assigned", "properties"] = "assigned"

    def choose(self, title: str | None) -> str | None:
        """Returns the decided form for a part of the file with this title; None where the title's own form counts."""
        if self.source == "properties":
            return self.form if title in (None, self.form) else None
        return None if self.untitled_only and title is not None else self.form


@dataclass(frozen=True, slots=True)
class SheetSource:
    """A sheet with its file's name, its mail's subject and the form that was decided for it."""

    sheet: Sheet
    file_name: str
    subject: str
    decided: DecidedForm | None
