"""Builds lines of signed paper copies (五(三)): received ones, and units to remind because only their mail came."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from notify.form_labels import format_titles
from notify.obligation_lines import ObligationLine


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperLine:
    """One unit whose paper is required or was received."""

    unit: str
    group: str
    received: str
    """The forms received on paper: 附件3、4."""
    to_remind: str
    """The forms that came by mail and not on paper."""
    not_yet: str
    """The forms that came neither by mail nor on paper."""
    contact: str
    phone: str


def build_paper_lines(obligations: Iterable[ObligationLine]) -> tuple[PaperLine, ...]:
    """Builds a line for each unit, in the order of the obligations; units that owe no paper and sent none are left out."""
    concerned = [each for each in obligations if each.paper_owed or each.paper_received_on]
    lines = []
    for unit, group in groupby(concerned, key=lambda each: each.unit):
        of_unit = list(group)
        lines.append(
            PaperLine(
                unit=unit,
                group=of_unit[0].group,
                received=_forms(each for each in of_unit if each.paper_received_on),
                to_remind=_forms(each for each in of_unit if each.lacks_only_paper),
                not_yet=_forms(
                    each for each in of_unit if not each.paper_received_on and not each.lacks_only_paper
                ),
                contact=of_unit[0].contact,
                phone=of_unit[0].phone,
            )
        )
    return tuple(lines)


def _forms(obligations: Iterable[ObligationLine]) -> str:
    lines = list(obligations)
    return format_titles(lines) if lines else ""
