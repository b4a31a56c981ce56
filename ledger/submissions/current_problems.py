"""The problems of current submissions: those that reading recorded, and those that show only across files."""

from collections.abc import Iterator, Mapping, Sequence

from config.problem_codes import problem_code
from ledger.results import Proofs
from ledger.snapshot import Snapshot
from ledger.submissions.recorded_problems import recorded_problems
from store.stored_values import StoredProblem, StoredSubmission, UnitForm


def find_current_problems(
    snapshot: Snapshot, cross_file: Mapping[UnitForm, Sequence[StoredProblem]], unit: str | None = None
) -> tuple[StoredProblem, ...]:
    """Returns the problems of current rows, tables and proof documents, of one unit or of all."""
    of_unit = [
        problem
        for unit_form, problems in cross_file.items()
        if unit in (None, unit_form[0])
        for problem in problems
    ]
    return tuple(sorted((*recorded_problems(snapshot, unit), *of_unit), key=_sort_key))


def cross_file_problems(
    snapshot: Snapshot, proofs_by_form: Mapping[UnitForm, Proofs]
) -> dict[UnitForm, tuple[StoredProblem, ...]]:
    """Returns by unit and form the warnings ``rows-dropped`` and ``proof-unnamed``."""
    result: dict[UnitForm, list[StoredProblem]] = {}
    for unit_form, fact in (*_rows_dropped(snapshot), *_proof_unnamed(snapshot, proofs_by_form)):
        result.setdefault(unit_form, []).append(fact)
    return {unit_form: tuple(facts) for unit_form, facts in result.items()}


def _rows_dropped(snapshot: Snapshot) -> Iterator[tuple[UnitForm, StoredProblem]]:
    for unit_form, versions in snapshot.versions.items():
        current = [fact for fact in snapshot.current_versions[unit_form] if fact.records]
        if len(current) != 1:
            continue
        before = [fact for fact in versions if fact.records and fact.received_at < current[0].received_at]
        share = snapshot.notice.dropped_share
        if not before or current[0].records >= share * before[-1].records:
            continue
        now, then = (_count_children(snapshot, fact) for fact in (current[0], before[-1]))
        if now < share * then:
            sentence = problem_code("rows-dropped").sentence.format(now=now, before=then, gone=then - now)
            yield unit_form, _warning(current[0], "rows-dropped", sentence)


def _count_children(snapshot: Snapshot, submission: StoredSubmission) -> int:
    """The rows of a submission, a child who stands twice counted once."""
    problems = snapshot.stored_problems([submission])
    return submission.records - sum(problem.code == "duplicate-in-file" for problem in problems)


def _proof_unnamed(
    snapshot: Snapshot, proofs_by_form: Mapping[UnitForm, Proofs]
) -> Iterator[tuple[UnitForm, StoredProblem]]:
    """A certificate that does not say whose it is: a person should look (``forms.md``)."""
    for unit_form, proof in proofs_by_form.items():
        for unclear in proof.unclear:
            names = "、".join(unclear.names)
            done = "已按随邮件的表登记" if unclear.settled else f"没有登记(可能是{names}的)"
            sentence = problem_code("proof-unnamed").sentence.format(done=done)
            for fact in snapshot.current_versions.get(unit_form, ())[-1:]:
                yield unit_form, _warning(fact, "proof-unnamed", sentence, file_id=unclear.file_id)


def _warning(fact: StoredSubmission, code: str, message: str, file_id: str | None = None) -> StoredProblem:
    return StoredProblem(
        submission_id=fact.submission_id,
        unit=fact.unit,
        form=fact.form,
        file_id=file_id or fact.file_id,
        sheet=None,
        row=None,
        cell=None,
        field=None,
        code=code,
        severity="warning",
        value=None,
        message=message,
        record_id=None,
    )


def _sort_key(fact: StoredProblem) -> tuple[str, str, str, str, int, str, str]:
    return (
        fact.unit,
        fact.form,
        fact.submission_id,
        fact.sheet or "",
        fact.row or 0,
        fact.field or "",
        fact.code,
    )
