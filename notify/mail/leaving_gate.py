"""Checks outgoing mail: no recipient reads about a child without permission, whatever went wrong before.

One table lists for each kind of mail its recipients and permitted content; a kind that is not in it is not sent.
"""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from config.text.masking import find_mobiles, mask_text
from config.text.punctuation import set_punctuation
from notify.mail.leaving_text import LeavingPart, read_leaving_parts
from notify.mail.numbers_in_text import find_masked_ids, find_whole_ids
from store.stored_values import OutboxMail


class Reader(StrEnum):
    """The recipients of a kind of mail."""

    OFFICE = "office"
    ADMINISTRATOR = "administrator"
    UNIT = "unit"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeavingRule:
    """The permitted content of a kind of mail; personal numbers are always masked in its own text."""

    reader: Reader
    has_own_sheets: bool = False
    """Whether its files are the unit's own sheets, which contain the whole numbers of its children and of nobody else."""
    may_name_children: bool = True


HELD_NOTICE = "held"
"""The kind of mail that tells the office of a mail held here."""
HELD_AT_THE_GATE = "发出前的检查没有通过"
"""How the reason of a held mail begins."""
LEAVING_RULES: Mapping[str, LeavingRule] = MappingProxyType(
    {
        "digest": LeavingRule(reader=Reader.OFFICE),
        "weekly": LeavingRule(reader=Reader.OFFICE, may_name_children=False),
        "monthly": LeavingRule(reader=Reader.OFFICE, may_name_children=False),
        "transcript": LeavingRule(reader=Reader.OFFICE),
        "overridden": LeavingRule(reader=Reader.OFFICE),
        "confirm": LeavingRule(reader=Reader.OFFICE),
        HELD_NOTICE: LeavingRule(reader=Reader.OFFICE, may_name_children=False),
        "alarm": LeavingRule(reader=Reader.ADMINISTRATOR),
        "receipt": LeavingRule(reader=Reader.UNIT, has_own_sheets=True),
        "reminder": LeavingRule(reader=Reader.UNIT, has_own_sheets=True),
        "waiting": LeavingRule(reader=Reader.UNIT),
    }
)
"""The rules by the purpose of a mail. An alarm is checked by its words alone, as it must leave when the store cannot be read."""


class Recipients(Protocol):
    """The facts about a mail's recipients; each is computed only for a mail that needs it."""

    def outside(self, mail: OutboxMail, reader: Reader) -> Set[str]:
        """Returns the recipients that are none of these readers."""
        ...

    @property
    def public_phones(self) -> Set[str]:
        """The mobile numbers of units and of the office."""
        ...

    def not_their_numbers(self, mail: OutboxMail, numbers: Set[str]) -> Set[str]:
        """Returns those of these identity numbers, whole or masked, that not every recipient may see."""
        ...

    def children_of_others(self, mail: OutboxMail, text: str) -> Set[str]:
        """Returns the names in a text of children whom only other units report."""
        ...

    def children(self, text: str) -> Set[str]:
        """Returns the names in a text of children whom any unit reports."""
        ...


def find_leaks(mail: OutboxMail, raw: bytes, recipients: Recipients) -> tuple[str, ...]:
    """Returns the reasons against sending a mail, each as a Chinese phrase; empty if it may be sent.

    Nothing that is returned names a child or repeats a number.
    """
    rule = LEAVING_RULES.get(mail.purpose)
    if rule is None:
        return ("不认识这一类邮件",)
    found = [
        "收件人里有不该收的地址" for _ in list(recipients.outside(mail, rule.reader))[:1]
    ]  # who is told of it knows the recipients
    for part in read_leaving_parts(raw):
        found += _leaks_of_part(mail, rule, part, recipients)
    return tuple(dict.fromkeys(found))


def held_sentence(leaks: tuple[str, ...]) -> str:
    """Returns in Chinese why a mail was held, and what to do."""
    return set_punctuation(
        f"{HELD_AT_THE_GATE},没有发出:{'、'.join(leaks)}。请不要转发,把这一条告诉管理员,不用的请取消"
    )


def _leaks_of_part(
    mail: OutboxMail, rule: LeavingRule, part: LeavingPart, recipients: Recipients
) -> Iterator[str]:
    where = f"附件“{mask_text(part.name)}”" if part.name else "正文"
    if not part.is_readable:
        yield f"{where}打不开,无法检查"
        return
    if part.text is None:
        if rule.reader is not Reader.OFFICE:
            yield f"{where}已加密,无法检查"
        return
    whole, is_own_sheet = find_whole_ids(part.text), bool(part.name) and rule.has_own_sheets
    if is_own_sheet:
        if strange := recipients.not_their_numbers(mail, whole):
            yield f"{where}里有{len(strange)}个不是该单位的学生"
    else:
        if whole:
            yield f"{where}里有{len(whole)}个没有遮盖的身份证号"
        if mobiles := find_mobiles(part.text) - recipients.public_phones:
            yield f"{where}里有{len(mobiles)}个没有遮盖的手机号"
    masked = find_masked_ids(part.text)
    if not rule.may_name_children and (named := masked or recipients.children(part.text)):
        yield f"{where}里写到{len(named)}个学生"
    if rule.reader is Reader.UNIT and not is_own_sheet:
        strangers = masked and recipients.not_their_numbers(mail, masked)
        if strange := strangers or recipients.children_of_others(mail, part.text):
            yield f"{where}里写到{len(strange)}个不是该单位的学生"
