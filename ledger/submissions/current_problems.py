"""What is wrong with what stands: what reading found, and what only the ledger can see across files."""

from collections.abc import Iterator, Mapping

from ledger.cases.proofs import Proofs, proofs, unnamed
from ledger.snapshot import Book, Filing
from store.stored_values import StoredProblem, StoredSubmission

SENTENCES = {
    "rows-dropped": "这次{now}人,上次{before}人,少了{gone}人:请核对是否漏报",
    "proof-unnamed": "证明材料没有写明是哪名学生的,已按随邮件的表登记:请打开核对",
}
"""What is said of each code that only the ledger can see."""


def problems(book: Book, unit: str | None = None) -> tuple[StoredProblem, ...]:
    """Every problem of the rows, tables and certificates that stand, of one unit or of all."""
    beyond = across_files(book, proofs(book))
    found = [fact for filing, facts in beyond.items() if unit in (None, filing[0]) for fact in facts]
    return tuple(sorted((*book.current_problems(unit), *found), key=_place))


def across_files(book: Book, proven: Mapping[Filing, Proofs]) -> dict[Filing, tuple[StoredProblem, ...]]:
    """By unit and form: ``rows-dropped`` and ``proof-unnamed``, warnings both."""
    found: dict[Filing, list[StoredProblem]] = {}
    for filing, fact in (*_dropped(book), *_unnamed(book, proven)):
        found.setdefault(filing, []).append(fact)
    return {filing: tuple(facts) for filing, facts in found.items()}


def _dropped(book: Book) -> Iterator[tuple[Filing, StoredProblem]]:
    for filing, versions in book.versions.items():
        kept = [fact for fact in book.standing[filing] if fact.records]
        if len(kept) != 1:
            continue
        before = [fact for fact in versions if fact.records and fact.received_at < kept[0].received_at]
        if before and kept[0].records < book.notice.dropped_share * before[-1].records:
            now, then = kept[0].records, before[-1].records
            said = SENTENCES["rows-dropped"].format(now=now, before=then, gone=then - now)
            yield filing, _warning(kept[0], "rows-dropped", said)


def _unnamed(book: Book, proven: Mapping[Filing, Proofs]) -> Iterator[tuple[Filing, StoredProblem]]:
    """A certificate that names nobody settles what its mail's forms owe; a person should look (``forms.md``)."""
    for evidence in unnamed(book):
        for filing, proof in proven.items():
            if filing[0] == evidence.unit and evidence.file_id in proof.received.values():
                for fact in book.standing.get(filing, ())[-1:]:
                    said = SENTENCES["proof-unnamed"]
                    yield filing, _warning(fact, "proof-unnamed", said, file_id=evidence.file_id)


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


def _place(fact: StoredProblem) -> tuple[str, str, str, str, int, str, str]:
    return (
        fact.unit,
        fact.form,
        fact.submission_id,
        fact.sheet or "",
        fact.row or 0,
        fact.field or "",
        fact.code,
    )
