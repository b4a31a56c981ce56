"""三统一 child by child: the platform's list of children out of school beside our open cases."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from config.identity_numbers import read_identity
from ledger.children.link_children import link
from ledger.children.linked_children import Link
from ledger.children.person import Person, describe_row, number_of
from ledger.lists.platform import PlatformChild, is_out
from ledger.results import Case, CaseState
from store.stored_values import StoredRecord

PLATFORM, OURS, BOTH = "platform", "ours", "both"
STATES = {
    CaseState.RETURNED: "已返校", CaseState.EXCUSED: "已批准或安置", CaseState.MOVED: "已转走", CaseState.AGED_OUT: "已超龄",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildDifference:
    """A child out of school in one ledger only, or in both under different numbers or names."""

    name: str
    id_number: str | None
    unit: str
    only_in: str
    """``platform``, ``ours`` or ``both``."""
    note: str
    """What the other side says of this child, in Chinese."""


def compare_children(
    platform: Sequence[PlatformChild],
    cases: Collection[Case],
    suspected: Collection[Case],
    rolls: Iterable[StoredRecord],
    out_statuses: Collection[str],
) -> tuple[ChildDifference, ...]:
    """Whom only one side lists as out of school, and whom both list differently.

    A number with a slip is no other child: who is linked (:mod:`ledger.children.link_children`) is one line.

    Args:
        rolls: the current rows of 附件1/2, to say where a child of the platform is in school.
        out_statuses: the statuses that count as out of school.
    """
    once = {(child.id_number or child.unit, child.name): child for child in platform}
    theirs = {str(n): child for n, child in enumerate(once.values())}
    out = {case.case_id: case for case in cases if is_out(case, out_statuses)}
    result: list[ChildDifference] = []
    same = {(case.id_number, case.name): key for key, case in out.items() if case.id_number}
    for key, child in list(theirs.items()):
        if (case_id := same.get((child.id_number, child.name))) in out:
            del theirs[key], out[str(case_id)]
    for one in _links(theirs, out.values()):
        child, case = theirs.pop(one.left), out.pop(one.right)
        result.append(
            ChildDifference(
                name=case.name,
                id_number=case.id_number,
                unit=case.responsible_unit,
                only_in=BOTH,
                note=f"两边写法不同,请改成一样:{one.sentence}",
            )
        )
    result += _only_platform(theirs, out.values(), cases, suspected, rolls, out_statuses)
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
    theirs: dict[str, PlatformChild],
    out: Iterable[Case],
    cases: Collection[Case],
    suspected: Collection[Case],
    rolls: Iterable[StoredRecord],
    out_statuses: Collection[str],
) -> list[ChildDifference]:
    others = {case.case_id: case for case in (*cases, *suspected) if not is_out(case, out_statuses)}
    identity = {one.left: others[one.right] for one in _links(theirs, others.values())}
    numbers = {child.id_number for child in theirs.values()} - {""}
    enrolled = {number: row for row in rolls if (number := number_of(row)) in numbers}
    names = {case.name for case in out}

    def note(key: str, child: PlatformChild) -> str:
        if (case := identity.get(key)) is not None:
            return _of_case(case)
        if (row := enrolled.get(child.id_number)) is not None:
            return f"这里在册:{describe_row(row)}"
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
    """How a case stands that is not one of a child out of school."""
    if case.state is CaseState.SUSPECTED:
        return f"这里列为疑似({case.responsible_unit})"
    if case.state is CaseState.OPEN:
        return f"这里登记为{case.status}({case.responsible_unit})"
    closed = f",{case.closed_on}" if case.closed_on else ""
    return f"这里已结案:{STATES[case.state]}({case.responsible_unit}{closed})"


def _links(theirs: dict[str, PlatformChild], cases: Iterable[Case]) -> list[Link]:
    """Who of the platform is which case, surely enough for a list that a person reads."""
    ours = [_person(case.case_id, case.name, case.id_number or "") for case in cases]
    children = [_person(key, child.name, child.id_number) for key, child in theirs.items()]
    return link(children, ours).linked


def _person(key: str, name: str, written: str) -> Person:
    identity = read_identity(written)
    number = identity.number if identity.fault is None else None
    birth = identity.birth_date if number is not None else _birth_digits(written)
    return Person(key=key, where="", name=name or None, birth=birth, number=number, written=written or None)


def _birth_digits(written: str) -> str | None:
    """Returns the birth date as a damaged number of full length writes it, be there such a day or not.

    A slip in the month leaves the year right, and by name and year the child is found all the same.
    """
    if len(written) != 18 or not written[6:14].isdigit():
        return None
    return f"{written[6:10]}-{written[10:12]}-{written[12:14]}"
