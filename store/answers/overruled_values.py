"""Values that an officer overruled: one field of one child's row, in a unit's form, as it was sent.

The decision holds in every version that sends the same value for the child, and ends with a version that
sends another.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from config.identity_numbers import read_identity
from config.notice import Notice
from config.text.masking import mask_mobiles, mask_text
from store.short_ids import short_id
from store.stored_values import Overruled, StoredDecision, StoredRecord

CORRECT = "correct"
"""The kind of such a decision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OverruledValue:
    """A sent value, the row that it is in, and the value that counts instead; ``sent`` is None for a blank."""

    unit: str
    form: str
    field: str
    sent: Any
    value: Any
    name: str
    number: str
    """The identity number as sent, which may be wrong."""
    sheet: str
    row: int
    heading: str
    """The field's name for readers."""
    who: str = ""
    why: str = ""
    at: datetime | None = None

    @property
    def subject(self) -> str:
        """The subject of the decision, the same for every decision on this value."""
        whose = (self.name, self.number) if self.name or self.number else (self.sheet, str(self.row))
        sent = json.dumps(self.sent, ensure_ascii=False, sort_keys=True)
        return f"{self.unit}|{self.form}|{self.field}|{short_id(*whose, sent)}"

    @property
    def whose(self) -> str:
        """The row in words, without the child's number."""
        return f"{self.unit} {self.form} {self.name or f'第{self.row}行'} {self.heading}"

    @property
    def words(self) -> str:
        """The sent and the new value in words, identity and mobile numbers masked."""
        return f"报的是“{shown(self.sent)}”,改为“{shown(self.value)}”"

    @property
    def detail(self) -> str:
        """The ``detail`` of the decision, as JSON."""
        values = {"sent": self.sent, "value": self.value, "name": self.name, "number": self.number}
        return json.dumps(
            values | {"sheet": self.sheet, "row": self.row, "heading": self.heading}, ensure_ascii=False
        )

    def find_rows(self, rows: Sequence[StoredRecord]) -> Iterable[StoredRecord]:
        """Yields those of one submission's rows, as sent, that this decision is about."""
        names = Counter(text_of(row.values, "name") for row in rows)
        for row in rows:
            if row.values.get(self.field) == self.sent and self._is_of(row, names):
                yield row

    def _is_of(self, row: StoredRecord, names: Mapping[str, int]) -> bool:
        name, number = text_of(row.values, "name"), text_of(row.values, "id_number")
        if not (self.name or self.number):
            return (row.sheet, row.row) == (self.sheet, self.row)
        if self.number and number == self.number:
            return True
        if not self.name or name != self.name or names[name] > 1:
            return False
        both_sound = bool(self.number and number) and _is_sound(self.number) and _is_sound(number)
        return not both_sound  # two sound numbers belong to two children


def shown(value: Any) -> str:
    """Returns a value for display: 空白 for a blank, identity and mobile numbers masked."""
    return "空白" if value in (None, "") else mask_mobiles(mask_text(str(value)))


def overruled_words(overruled: Iterable[Overruled], notice: Notice) -> str:
    """Returns the sent values of overruled fields in words: 出生日期报的是2012-03-01; a sent name is not shown."""
    return "、".join(
        f"{notice.fields[one.field].heading}已改"
        if notice.fields[one.field].kind == "name"
        else f"{notice.fields[one.field].heading}报的是{shown(one.sent)}"
        for one in overruled
    )


def text_of(values: Mapping[str, Any], key: str) -> str:
    """Returns a value as text, or an empty text without one."""
    return str(values.get(key) or "")


def _is_sound(number: str) -> bool:
    return read_identity(number).fault is None


def overrule(row: StoredRecord, field: str, value: Any, heading: str) -> OverruledValue:
    """Returns the value of a row, as sent, to be replaced by another."""
    return OverruledValue(
        unit=row.unit,
        form=row.form,
        field=field,
        sent=row.values.get(field),
        value=value,
        name=text_of(row.values, "name"),
        number=text_of(row.values, "id_number"),
        sheet=row.sheet,
        row=row.row,
        heading=heading,
    )


def read_overruled(
    decisions: Iterable[StoredDecision], current_name: Callable[[str], str]
) -> tuple[OverruledValue, ...]:
    """Returns the values that these decisions overrule; of several decisions on one value, the last.

    Args:
        current_name: returns a unit's present name for a former one.
    """
    overruled = {
        decision.subject: _read(decision, current_name) for decision in decisions if decision.kind == CORRECT
    }
    return tuple(overruled.values())


def read_one(decision: StoredDecision) -> OverruledValue:
    """Returns the value that a decision overrules, under the unit's name of that time."""
    return _read(decision, str)


def _read(decision: StoredDecision, current_name: Callable[[str], str]) -> OverruledValue:
    unit, form, field, _ = decision.subject.split("|")
    return OverruledValue(
        unit=current_name(unit),
        form=form,
        field=field,
        who=decision.who,
        why=decision.why,
        at=decision.at,
        **json.loads(decision.detail or "{}"),
    )
