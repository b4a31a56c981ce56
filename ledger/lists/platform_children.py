"""三统一 child by child: compares the platform's list of children out of school with our open cases."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from config.notice import Notice
from ledger.children.person import describe_row
from ledger.lists.listed_children import Place, find_whereabouts, link_to_cases
from ledger.lists.platform import is_out
from ledger.results import Case, CaseState, ListedChild
from ledger.state_words import CASE_STATE_WORDS
from store.stored_values import StoredRecord

PLATFORM, OURS, BOTH = "platform", "ours", "both"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildDifference:
    """A child out of school in one list only, or in both under different numbers or names."""

    name: str
    id_number: str | None
    unit: str
    only_in: str
    """``platform``, ``ours`` or ``both``."""
    note: str
    """What the other list has about this child, in Chinese."""


def compare_children(
    platform: Sequence[ListedChild],
    cases: Collection[Case],
    suspected: Collection[Case],
    rolls: Iterable[StoredRecord],
    notice: Notice,
) -> tuple[ChildDifference, ...]:
    """Returns the children that only one side lists as out of school, and those that both list differently.

    A number with a slip makes no other child: linked children (:mod:`ledger.children.link_children`) are one
    line.

    Args:
        rolls: the current rows of 附件1/2, to say where a child of the platform is in school.
        notice: its ``persuasion.statuses`` count as out of school.
    """
    out_statuses = notice.persuasion.statuses
    once = {(child.id_number or child.unit, child.name): child for child in platform}
    theirs = {str(n): child for n, child in enumerate(once.values())}
    out = {case.case_id: case for case in cases if is_out(case, out_statuses)}
    result: list[ChildDifference] = []
    same = {(case.id_number, case.name): key for key, case in out.items() if case.id_number}
    for key, child in list(theirs.items()):
        if (case_id := same.get((child.id_number, child.name))) in out:
            del theirs[key], out[str(case_id)]
    for key, (case_id, sentence) in link_to_cases(theirs, out.values()).items():
        del theirs[key]
        case = out.pop(case_id)
        result.append(
            ChildDifference(
                name=case.name,
                id_number=case.id_number,
                unit=case.responsible_unit,
                only_in=BOTH,
                note=f"两边写法不同,请改成一样:{sentence}",
            )
        )
    result += _only_platform(theirs, out.values(), cases, suspected, rolls, notice)
    names = {child.name for child in theirs.values()}
    result += [
        ChildDifference(
            name=case.name,
            id_number=case.id_number,
            unit=case.responsible_unit,
            only_in=OURS,
            note="平台有同名的:请核对是否一人" if case.name in names else "平台名单里没有",
        )
        for case in out.values()
    ]
    return tuple(
        sorted(result, key=lambda one: (one.only_in, one.unit, one.name, one.id_number or "", one.note))
    )


def _only_platform(
    theirs: dict[str, ListedChild],
    out: Iterable[Case],
    cases: Collection[Case],
    suspected: Collection[Case],
    rolls: Iterable[StoredRecord],
    notice: Notice,
) -> list[ChildDifference]:
    out_statuses = notice.persuasion.statuses
    others = [case for case in (*cases, *suspected) if not is_out(case, out_statuses)]
    where = find_whereabouts(theirs, others, rolls, notice)
    names = {case.name for case in out}

    def note(key: str, child: ListedChild) -> str:
        found = where[key]
        if found.case is not None:
            return _of_case(found.case)
        if found.place is Place.ON_ROLL and found.row is not None:
            return f"这里在册:{describe_row(found.row)}"
        return "这里有同名的:请核对是否一人" if child.name in names else "这里没有记录"

    return [
        ChildDifference(
            name=child.name,
            id_number=child.id_number or None,
            unit=child.unit,
            only_in=PLATFORM,
            note=note(key, child),
        )
        for key, child in theirs.items()
    ]


def _of_case(case: Case) -> str:
    """Returns the state of a case that does not count as out of school, in Chinese."""
    if case.state is CaseState.SUSPECTED:
        return f"这里列为{CASE_STATE_WORDS[case.state]}({case.responsible_unit})"
    if case.state is CaseState.OPEN:
        return f"这里登记为{case.status}({case.responsible_unit})"
    closed = f",{case.closed_on}" if case.closed_on else ""
    return f"这里已结案:{CASE_STATE_WORDS[case.state]}({case.responsible_unit}{closed})"
