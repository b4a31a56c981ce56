"""Holds what the sheets of a workbook are read into, and the form that a person says a file is."""

from dataclasses import dataclass
from typing import Literal

from parsers.forms.left_over.account import LeftOver
from parsers.records import ParsedForm, Signal


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkbookContent:
    """What the sheets hold: forms, and sheets with rows of students that no form could be found for."""

    forms: tuple[ParsedForm, ...] = ()
    unrecognised_sheets: tuple[str, ...] = ()
    blank_forms: tuple[str, ...] = ()  # forms of which only the blank template is there
    count_sheets: tuple[str, ...] = ()  # sheets with a table of counts and no list of children
    form_hint: str | None = None
    signals: tuple[Signal, ...] = ()
    left_over: tuple[LeftOver, ...] = ()  # cells that no reader placed


@dataclass(frozen=True, slots=True)
class DecidedForm:
    """The form that a person, or the properties of a form of ours, say a file is."""

    form: str
    untitled_only: bool  # the file has several forms: what names itself stays what it is
    source: Literal["assigned", "properties"] = "assigned"

    def choose(self, title: str | None) -> str | None:
        """The form decided on, for a part of the file with this title; None where the title stands."""
        if self.source == "properties":
            return self.form if title in (None, self.form) else None
        return None if self.untitled_only and title is not None else self.form
