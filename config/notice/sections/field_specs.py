"""Holds the columns that forms may have: their headings, their content, and what they reveal of a person."""

from typing import Literal

from config.notice.sections.vocabulary import FrozenModel, Meaning
from config.notice.sections.wording import Pattern
from config.text.output_mask import Personal

FieldKind = Literal[
    "text", "answer", "name", "sex", "ethnicity", "date", "period", "id", "student_number", "township",
    "phone", "int", "bool", "choice", "choices", "grade", "class", "visits",
]  # fmt: skip
_PERSONAL_KINDS: dict[FieldKind, Personal] = {
    "id": Personal.NUMBER, "student_number": Personal.NUMBER, "phone": Personal.TELEPHONE, "name": Personal.NAME
}  # fmt: skip


class FieldSpec(FrozenModel):
    """One column: its key, its usual heading, and other headings that clerks use."""

    heading: str
    synonyms: tuple[str, ...] = ()
    kind: FieldKind = "text"
    choices: str | None = None
    """The name of the vocabulary, for kinds ``choice`` and ``choices``."""
    cells: Pattern | None = None
    """A regular expression for its cells, by which a column with an unlisted heading is recognised if the kind is not enough."""
    says_of_person: Personal | None = None
    """What it reveals of a person, if the kind does not imply it: an address, the name of a guardian."""
    unless: tuple[str, ...] = ()
    """Words in an unlisted heading that show that it is another field, or one that no form has."""
    counts: Meaning | None = None
    """For a form of counts: the meaning of the counted children's statuses."""
    counts_statuses: tuple[str, ...] = ()
    """For a form of counts: the counted statuses, if only some of a meaning are counted (免学 beside 病休)."""
    new: bool = False
    """Whether only children who are new in the period are counted (新增)."""

    @property
    def personal(self) -> Personal | None:
        """What it reveals of a person, which decides how it is masked."""
        return self.says_of_person or _PERSONAL_KINDS.get(self.kind)
