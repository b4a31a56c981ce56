"""Holds the columns that forms may have: what each is called, holds and says of a person."""

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
    """Name of the vocabulary, for kinds ``choice`` and ``choices``."""
    cells: Pattern | None = None
    """Regular expression found in its cells, by which a heading nobody listed is known, where the kind tells too little."""
    says_of_person: Personal | None = None
    """What it says of a person, where the kind does not tell: an address, the name of a guardian."""
    unless: tuple[str, ...] = ()
    """Words in a heading nobody listed that make it another field's, or a field's that no form has."""
    counts: Meaning | None = None
    """Of a form of numbers: children of which meaning are counted below it."""
    counts_statuses: tuple[str, ...] = ()
    """Likewise, where it counts some statuses of a meaning and not the others: 免学 beside 病休."""
    new: bool = False
    """Whether only those of the period are counted (新增)."""

    @property
    def personal(self) -> Personal | None:
        """What it says of a person, by which it is masked."""
        return self.says_of_person or _PERSONAL_KINDS.get(self.kind)
