"""The problems of current submissions: those recorded when reading, and those that only show across files."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from config.problem_codes import problem_code
from ledger.results import Proofs
from ledger.snapshot import Snapshot
from ledger.submissions.recorded_problems import recorded_problems
from store.stored_values import ObligationKey, StoredProblem, StoredSubmission


def find_current_problems(
    snapshot: Snapshot, cross_file: Mapping[ObligationKey, Sequence[StoredProblem]], unit: str | None = None
) -> tuple[StoredProblem, ...]:
    """Returns the problems of current rows, tables and proof documents, of one unit or of all, sorted."""
    of_unit = [
        problem for key, problems in cross_file.items() if unit in (None, key.unit) for problem in problems
    ]
    return tuple(sorted((*recorded_problems(snapshot, unit), *of_unit), key=_sort_key))


def cross_file_problems(
    snapshot: Snapshot, proofs_by_form: Mapping[ObligationKey, Proofs]
) -> dict[ObligationKey, tuple[StoredProblem, ...]]:
    """Returns by unit and form the warnings ``rows-dropped``, ``files-disagree`` and ``proof-unnamed``."""
    result: dict[ObligationKey, list[StoredProblem]] = {}
    problems = (
        *_rows_dropped(snapshot),
        *_contradictions(snapshot),
        *_proof_unnamed(snapshot, proofs_by_form),
    )
    for key, fact in problems:
        result.setdefault(key, []).append(fact)
    return {key: tuple(facts) for key, facts in result.items()}


def _rows_dropped(snapshot: Snapshot) -> Iterator[tuple[ObligationKey, StoredProblem]]:
    for key, versions in snapshot.versions.items():
        current = [fact for fact in snapshot.current_versions[key] if fact.records]
        if not current or current[0].received_at != current[-1].received_at:
            continue
        earlier = [fact for fact in versions if fact.records and fact.received_at < current[0].received_at]
        before = [fact for fact in earlier if fact.received_at == earlier[-1].received_at]
        share = snapshot.notice.dropped_share
        if not before or _count_rows(current) >= share * _count_rows(before):
            continue
        now, then = (_count_children(snapshot, filing) for filing in (current, before))
        if now < share * then:
            sentence = problem_code("rows-dropped").sentence.format(now=now, before=then, gone=then - now)
            yield key, _warning(current[0], "rows-dropped", sentence)


def _count_rows(filing: Sequence[StoredSubmission]) -> int:
    return sum(fact.records for fact in filing)


def _count_children(snapshot: Snapshot, filing: Sequence[StoredSubmission]) -> int:
    """Returns the number of children in a filing, counting a child in two rows once and each row without key as one."""
    students = [key for fact in filing for key in snapshot.row_keys.get(fact.submission_id, ())]
    return len(set(filter(None, students))) + students.count(None)


def _contradictions(snapshot: Snapshot) -> Iterator[tuple[ObligationKey, StoredProblem]]:
    """Yields a warning for each of two rows of one child in files of one mail that contradict each other."""
    submissions = {fact.submission_id: fact for facts in snapshot.current_versions.values() for fact in facts}
    for key, overlaps in snapshot.overlaps.items():
        for pair in overlaps.contradictions:
            columns = "、".join(
                f"{heading}({pair.one.values[field]},{pair.other.values[field]})"
                for field, heading in pair.columns.items()
            )
            sentence = problem_code("files-disagree").sentence.format(columns=columns)
            for row in (pair.one, pair.other):
                warning = _warning(submissions[row.submission_id], "files-disagree", sentence)
                yield key, replace(warning, sheet=row.sheet, row=row.row, record_id=row.record_id)


def _proof_unnamed(
    snapshot: Snapshot, proofs_by_form: Mapping[ObligationKey, Proofs]
) -> Iterator[tuple[ObligationKey, StoredProblem]]:
    """Yields a warning for each proof document that names no child, so that a person looks at it (R09)."""
    for key, proof in proofs_by_form.items():
        for unclear in proof.unclear:
            names = "、".join(unclear.names)
            done = "已按随邮件的表登记" if unclear.settled else f"没有登记(可能是{names}的)"
            sentence = problem_code("proof-unnamed").sentence.format(done=done)
            for fact in snapshot.latest_versions.get(key, ())[-1:]:
                yield fact.key, _warning(fact, "proof-unnamed", sentence, file_id=unclear.file_id)


def _warning(fact: StoredSubmission, code: str, message: str, file_id: str | None = None) -> StoredProblem:
    return StoredProblem(
        submission_id=fact.submission_id,
        unit=fact.unit,
        form=fact.form,
        period=fact.period,
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
