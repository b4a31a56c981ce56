"""Clears a list child by child: where each child is, on what evidence, and with which proof documents."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from config.notice import Notice
from ledger.children.person import describe_row
from ledger.children.student_keys import names_in
from ledger.lists.listed_children import Place, Whereabouts, find_whereabouts
from ledger.results import Case, CaseState, ListedChild
from ledger.state_words import CASE_STATE_WORDS
from store.stored_values import StoredProof, StoredRecord

CLEARED, PURSUED, OPEN, UNPROVEN = "已核清", "还要劝返", "待核实", "待补证明"
"""The progress of clearing one child."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearedChild:
    """The findings on one child of a list, in the Chinese of the workbook that is returned."""

    child: ListedChild
    place: Place
    result: str
    """核查结果."""
    evidence: str
    """依据."""
    unit: str
    progress: str
    """状态: one of ``CLEARED``, ``PURSUED``, ``OPEN`` and ``UNPROVEN``."""
    proofs: tuple[StoredProof, ...] = ()
    case_id: str | None = None


def clear_list(
    listed: Mapping[str, ListedChild],
    cases: Collection[Case],
    rolls: Iterable[StoredRecord],
    proofs: Collection[StoredProof],
    notice: Notice,
    without_proof: Collection[str] = (),
) -> dict[str, ClearedChild]:
    """Returns by key the findings on each child.

    Args:
        cases: all cases, suspected ones included.
        rolls: the current rows of rolls.
        proofs: the proof documents that count.
        without_proof: ids of rows whose child owes a proof that has not arrived (在读证明).
    """
    whereabouts = find_whereabouts(listed, cases, rolls, notice)
    return {
        key: _clear(child, whereabouts[key], proofs, notice, without_proof) for key, child in listed.items()
    }


def _clear(
    child: ListedChild,
    found: Whereabouts,
    proofs: Collection[StoredProof],
    notice: Notice,
    without_proof: Collection[str],
) -> ClearedChild:
    result, evidence, unit, progress = _in_words(child, found, notice)
    if found.place is Place.ON_ROLL and found.row is not None and found.row.record_id in without_proof:
        evidence, progress = f"{evidence};还没有有效的证明材料", UNPROVEN
    return ClearedChild(
        child=child,
        place=found.place,
        result=result,
        evidence=evidence,
        unit=unit,
        progress=progress,
        proofs=tuple(
            proof
            for proof in proofs
            if proof.unit == unit and child.name and names_in(proof.text, (child.name,))
        ),
        case_id=found.case.case_id if found.case is not None else None,
    )


def _in_words(child: ListedChild, found: Whereabouts, notice: Notice) -> tuple[str, str, str, str]:
    """Returns 核查结果, 依据, 单位 and 状态."""
    case, row = found.case, found.row
    same = f";{found.sentence}" if found.sentence else ""
    if found.place is Place.OPEN and case is not None:
        return (*_of_open_case(case, same), case.responsible_unit, _progress(case))
    if found.place is Place.ON_ROLL and row is not None:
        school = "".join(str(row.values.get(key) or "") for key in ("school", "grade", "class_name"))
        result = str(row.values.get("study_status") or notice.word_for("study_status", "in-school"))
        evidence = f"{describe_row(row)}({row.received_at:%Y-%m-%d}){f':{school}' if school else ''}{same}"
        return result, evidence, row.unit, CLEARED
    if found.place is Place.CLOSED and case is not None:
        closed = f"{case.closed_by}({case.closed_on})" if case.closed_by else ""
        return CASE_STATE_WORDS[case.state], f"{closed}{same}", case.responsible_unit, CLEARED
    status = str(row.values.get("study_status") or "") if row is not None else ""
    evidence = f"{describe_row(row)}写着“{status}”" if row is not None and status else ""
    unit = row.unit if row is not None else child.unit
    if found.place is Place.NOT_OF_AGE:
        ages = notice.ages
        return "不在义务教育年龄", f"不在{ages.born_from}至{ages.born_to}之间出生", unit, CLEARED
    if found.place is Place.ALIKE:
        return "有同名的,请核对是否一人", evidence or "、".join(found.alike), unit, OPEN
    return "名册和台账里都没有", evidence, unit, OPEN


def _of_open_case(case: Case, same: str) -> tuple[str, str]:
    where = "、".join(origin.words for origin in case.origins[-1:])
    if case.state is CaseState.SUSPECTED:
        return CASE_STATE_WORDS[case.state], f"{case.details.get('last_seen') or where}{same}"
    visits = f",已走访{len(case.visits)}次" if case.visits else ""
    return f"{case.status},{CASE_STATE_WORDS[case.state]}", f"{case.responsible_unit}{where}{visits}{same}"


def _progress(case: Case) -> str:
    return OPEN if case.state is CaseState.SUSPECTED or case.on_leave else PURSUED
