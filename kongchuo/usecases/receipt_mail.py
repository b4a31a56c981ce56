"""The answer to one mail: what of it was counted, what is wrong with it, and its workbooks marked."""

from collections.abc import Mapping, Sequence

from config.masking import mask_text
from ingest.archived_files import ArchivedMail
from kongchuo.office import Office
from ledger.cases.proofs import Proofs
from ledger.snapshot import Snapshot, UnitForm
from ledger.submissions.problem_comparison import compare_problems
from ledger.submissions.status import is_late
from notify.mail.compose import Attachment
from notify.units.grouped_problems import count_problem_changes, group_problems
from notify.units.marking_process import WorkbookMarker
from notify.units.problem_marks import build_problem_list, has_macros
from notify.units.receipts import Receipt, ReceivedForm, UnreadFile
from store.stored_values import Disposition, StoredFile, StoredProblem, StoredSubmission

_MOST_BYTES = 12_000_000  # of all that one answer carries; base64 adds a third (mail-providers: under 20 MB)
_LONGEST_ENDING = 5


def answer(
    office: Office,
    book: Snapshot,
    proven: Mapping[UnitForm, Proofs],
    marker: WorkbookMarker,
    files: Sequence[StoredFile],
    brought: ArchivedMail,
) -> tuple[Receipt, tuple[Attachment, ...]] | None:
    """What these files of one mail are answered with; None where there is nothing to say of them."""
    facts = {fact.submission_id: fact for fact in book.submissions}
    received: list[ReceivedForm] = []
    marked_workbooks: list[Attachment] = []
    lists: list[Attachment] = []
    for file in files:
        if file.disposition is not Disposition.RECORDED:
            continue
        own = [facts[link.submission_id] for link in file.links if link.submission_id in facts]
        found = [problem for fact in own for problem in book.unexplained_problems(fact)]
        received += [_received(book, proven, fact, file) for fact in own]
        if found and file.path:
            back = _annotated(marker, file, brought.files.get(file.file_id, b""), found)
            if back is not None and _size([*marked_workbooks, back]) <= _MOST_BYTES:
                marked_workbooks.append(back)
            else:
                lists.append(_listed(file, found))
    unread = [
        UnreadFile(
            name=mask_text(file.path[-1]) if file.path else "邮件正文",
            reason=file.reason or "",
            code=file.reason_code,
        )
        for file in files
        if file.disposition is Disposition.QUARANTINED
    ]
    proof_documents = sum(file.disposition is Disposition.PROOF for file in files)
    if not received and not unread and not proof_documents:
        return None
    receipt = Receipt(
        office=office.settings.office.name,
        notice=office.notice.title,
        sent_at=files[0].received_at.astimezone(office.zone),
        received=tuple(received),
        unread=tuple(unread),
        proof_documents=proof_documents,
        marked_workbooks=len(marked_workbooks),
        problem_lists=len(lists),
    )
    return receipt, (*marked_workbooks, *lists)


def _received(
    book: Snapshot, proven: Mapping[UnitForm, Proofs], fact: StoredSubmission, file: StoredFile
) -> ReceivedForm:
    filing = (fact.unit, fact.form)
    around = compare_problems(book, fact)
    found = book.unexplained_problems(fact)
    proof = proven.get(filing)
    form = book.notice.form(fact.form)
    return ReceivedForm(
        unit=fact.unit,
        form=fact.form,
        file=file.path[-1] if file.path else "",
        records=fact.records,
        nil=fact.nil,
        problem_groups=group_problems(found, around.is_new) if around else group_problems(found),
        problem_changes=count_problem_changes(around.before, around.after) if around else None,
        proof_missing=len(proof.missing) if proof else 0,
        late=around is None and is_late([fact], book.notice.due_at(form, book.zone)),
    )


def _size(attached: Sequence[Attachment]) -> int:
    return sum(len(each.data) for each in attached)


def _annotated(
    marker: WorkbookMarker, file: StoredFile, data: bytes, found: Sequence[StoredProblem]
) -> Attachment | None:
    back = marker.mark_workbook(data, found, file.received_at)
    if back is None:
        return None
    return Attachment(f"{_stem(file)}(已标注).{'xlsm' if has_macros(back) else 'xlsx'}", back, "xlsx")


def _listed(file: StoredFile, found: Sequence[StoredProblem]) -> Attachment:
    name = f"{_stem(file)}(需更正清单).xlsx"
    return Attachment(name, build_problem_list(file.path[-1], found, file.received_at), "xlsx")


def _stem(file: StoredFile) -> str:
    """The name to give back: without folders and ending, and without the mark of a receipt before."""
    name = file.path[-1].replace("\\", "/").rpartition("/")[2]
    stem, dot, ending = name.rpartition(".")
    return (stem if dot and len(ending) <= _LONGEST_ENDING else name).replace("(已标注)", "") or "附件"
