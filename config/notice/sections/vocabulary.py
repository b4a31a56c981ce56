"""Defines the words of a notice's columns: the allowed values, how units write them, and what each means."""

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, PrivateAttr, model_validator

from config.text.text_folding import fold_text

Meaning = Literal[
    "out", "suspected", "excused", "moved", "placed", "supported", "in-school", "absent", "returned", "not-returned", "promised",
    "priority", "aided", "unknown",
]  # fmt: skip
"""What a value says about a child, independent of its wording; judgements use only these meanings."""


class FrozenModel(BaseModel):
    """The base of all parts of a notice: no value changes, and a key that is not known is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Vocabulary(FrozenModel):
    """Allowed values, each with its spellings by units; ``other``, if set, is used for any other text."""

    values: dict[str, tuple[str, ...]]
    other: str | None = None
    meanings: dict[str, Meaning] = {}
    whole: tuple[str, ...] = ()
    """Spellings that count only alone or after a date, not inside other words: 返校 is a return, 无法返校 is none."""
    _assumed: frozenset[str] = PrivateAttr(frozenset())

    @model_validator(mode="after")
    def _names_go_before_synonyms(self) -> Self:
        """Checks that no spelling belongs to two values."""
        own = {fold_text(value): value for value in self.values}
        claims: dict[str, str] = {}
        cleared: dict[str, tuple[str, ...]] = {}
        for value, words in self.values.items():
            kept = tuple(word for word in words if own.get(fold_text(word), value) == value)
            for word in kept:
                other = claims.setdefault(fold_text(word), value)
                if other != value:
                    raise ValueError(f"“{word}”既是“{other}”又是“{value}”的写法:请只留一处")
            cleared[value] = kept
        if unknown := [value for value in self.meanings if value not in self.values]:
            raise ValueError(f"meanings 里的“{unknown[0]}”不在 values 里:请补上这个值,或改正写法")
        object.__setattr__(self, "values", cleared)
        return self

    def assuming(self, meanings: Mapping[str, Meaning]) -> Self:
        """Returns this vocabulary with meanings added for values that the notice gives none."""
        copy = self.model_copy(update={"meanings": {**self.meanings, **meanings}})
        copy._assumed = frozenset(meanings)
        return copy

    @property
    def assumed(self) -> frozenset[str]:
        """The values whose meaning comes from :meth:`assuming`, since the notice gives none."""
        return self._assumed

    def meaning(self, value: object) -> Meaning:
        """Returns what a value means; a value that the notice gives no meaning is ``unknown``."""
        return self.meanings.get(value, "unknown") if isinstance(value, str) else "unknown"

    def meant(self, *meanings: Meaning) -> frozenset[str]:
        """Returns the values with one of these meanings."""
        return frozenset(value for value, meaning in self.meanings.items() if meaning in meanings)
