"""Composes the receipt for one mail: what was counted, what is wrong, and its workbooks with marks."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType

from config.notice import Notice
from config.problem_codes import WORDS_OF_UNITS, remedy_of
from config.text.masking import mask_quoted
from config.text.output_mask import MaskLevel, TextFilter
from config.units.roster import Unit
from ingest.archived_files import ArchivedMail
from kongchuo.office import Office
from ledger.results import Proofs
from ledger.senders import PROVEN
from ledger.snapshot import Snapshot
from ledger.submissions.confirmations import find_confirmations
from ledger.submissions.lateness import is_late
from ledger.submissions.problem_comparison import compare_problems
from ledger.submissions.recorded_problems import unexplained_problems
from notify.forms.unit_forms import build_unit_forms
from notify.mail.compose import AttachedFile
from notify.mending_day import day_to_mend_by
from notify.units.grouped_problems import ShowProblem, count_problem_changes, group_problems
from notify.units.marking_process import WorkbookMarker
from notify.units.problem_marks import build_problem_list, has_macros
from notify.units.receipts import Receipt, ReceivedForm, UnreadFile
from parsers.forms.classify import find_form_by_words
from store.stored_values import (
    Disposition,
    ObligationKey,
    StoredFile,
    StoredProblem,
    StoredRecord,
    StoredSubmission,
)

_MOST_BYTES = 12_000_000  # of all that one answer carries; base64 adds a third (mail-providers: under 20 MB)
_LONGEST_EXTENSION = 5


@dataclass(slots=True)
class _RecordedFiles:
    """The recorded files of one mail: their forms as received, marked workbooks, and lists of problems."""

    received: list[ReceivedForm] = field(default_factory=list)
    marked_workbooks: list[AttachedFile] = field(default_factory=list)
    problem_lists: list[AttachedFile] = field(default_factory=list)


def compose_receipt(
    office: Office,
    snapshot: Snapshot,
    proofs_by_submission: Mapping[ObligationKey, Proofs],
    marker: WorkbookMarker,
    files: Sequence[StoredFile],
    archived_mail: ArchivedMail,
) -> tuple[Receipt, tuple[AttachedFile, ...]] | None:
    """Returns the receipt for these files of one mail, with its attachments; None if there is nothing to report."""
    recorded = _answer_recorded_files(office, snapshot, proofs_by_submission, marker, files, archived_mail)
    unread = [
        UnreadFile(
            name=mask_quoted(file.path[-1]) if file.path else "邮件正文",
            reason=file.reason or "",
            code=file.reason_code,
        )
        for file in files
        if file.disposition is Disposition.QUARANTINED and file.reason_code not in WORDS_OF_UNITS
    ]
    proof_documents = sum(file.disposition is Disposition.PROOF for file in files)
    forms = _forms_to_resend(office, snapshot, files) if office.settings.units.forms else ()
    if not recorded.received and not unread and not proof_documents:
        return None
    receipt = Receipt(
        office=office.settings.office.name,
        notice=office.notice.title,
        sent_at=files[0].received_at.astimezone(office.zone),
        received=tuple(recorded.received),
        unread=tuple(unread),
        proof_documents=proof_documents,
        marked_workbooks=len(recorded.marked_workbooks),
        problem_lists=len(recorded.problem_lists),
        attached_forms=len(forms),
        mend_by=_mend_by(office, snapshot, files),
        phone=office.settings.office.phone,
    )
    return receipt, (*recorded.marked_workbooks, *recorded.problem_lists, *forms)


def _answer_recorded_files(
    office: Office,
    snapshot: Snapshot,
    proofs_by_submission: Mapping[ObligationKey, Proofs],
    marker: WorkbookMarker,
    files: Sequence[StoredFile],
    archived_mail: ArchivedMail,
) -> _RecordedFiles:
    """Returns what the recorded ones of these files hold; problems are marked in a copy of the workbook or listed."""
    submissions_by_id = {submission.submission_id: submission for submission in snapshot.submissions}
    recorded = _RecordedFiles()
    for file in files:
        if file.disposition is not Disposition.RECORDED:
            continue
        submissions = [
            submissions_by_id[link.submission_id]
            for link in file.links
            if link.submission_id in submissions_by_id
        ]
        problems = [
            problem for submission in submissions for problem in unexplained_problems(snapshot, submission)
        ]
        recorded.received += [
            _received(office, snapshot, proofs_by_submission, submission) for submission in submissions
        ]
        if problems and file.path:
            annotated = _annotate(
                marker,
                file,
                archived_mail.files.get(file.file_id, b""),
                problems,
                words_of_problems(office, snapshot, problems, name_filter(office)).whose,
            )
            if annotated is not None and _total_size([*recorded.marked_workbooks, annotated]) <= _MOST_BYTES:
                recorded.marked_workbooks.append(annotated)
            else:
                recorded.problem_lists.append(_list_problems(file, problems))
    return recorded


def _forms_to_resend(
    office: Office, snapshot: Snapshot, files: Sequence[StoredFile]
) -> tuple[AttachedFile, ...]:
    """Returns the unit's prefilled forms for files that could not be read, if the sender is proven to be the unit."""
    wanted: dict[str, set[str]] = {}
    for file in files:
        if file.disposition is not Disposition.QUARANTINED or not remedy_of(file.reason_code):
            continue
        form = file.form_hint or _named_form(file, office.notice)
        for one in office.roster.by_email(file.sent_by.author):
            is_meant = file.unit_hint in (None, one.name)
            if form and is_meant and snapshot.senders.standing(file.sent_by, one.name) in PROVEN:
                wanted.setdefault(one.name, set()).add(form)
    if len(wanted) != 1:  # of whom of several an address writes, the file did not say
        return ()
    ((name, keys),) = wanted.items()
    unit = office.roster.get(name)
    return attach_unit_forms(snapshot, unit, office.settings.office.name, keys) if unit is not None else ()


def _named_form(file: StoredFile, notice: Notice) -> str | None:
    """Returns the form that the name of a file, or the subject of its mail, names."""
    name = file.path[-1] if file.path else ""
    return find_form_by_words(name, notice) or find_form_by_words(file.subject, notice)


def attach_unit_forms(
    snapshot: Snapshot,
    unit: Unit,
    office: str,
    keys: Collection[str],
    periods: Mapping[str, str] = MappingProxyType({}),
) -> tuple[AttachedFile, ...]:
    """Returns a unit's prefilled forms with these keys, as far as a mail can carry them.

    Args:
        periods: maps a form to the requested period; by default the next due one.
    """
    attached: list[AttachedFile] = []
    for form in build_unit_forms(snapshot, unit, office=office, only=keys, periods=periods):
        if _total_size([*attached, form]) <= _MOST_BYTES:
            attached.append(form)
    return tuple(attached)


def _mend_by(office: Office, snapshot: Snapshot, files: Sequence[StoredFile]) -> date:
    """Returns the day of the last due form of a mail, or some days after its arrival."""
    dues = []
    for link in (link for file in files for link in file.links if link.submission_id):
        key = ObligationKey(link.unit, link.form, link.period)
        due, extension = snapshot.due_at(key), snapshot.officer_decisions.extension(key)
        dues += [snapshot.day(due)] if due is not None else []
        dues += [extension[0]] if extension is not None else []
    came_on = snapshot.day(files[0].received_at)
    return day_to_mend_by(came_on, max(dues, default=None), office.notice.reminders)


def name_filter(office: Office) -> TextFilter:
    """Returns the function that shows a child's name in mails, by the office's setting."""
    return office.settings.name_in_mail


@dataclass(frozen=True, slots=True)
class ProblemWords:
    """What a mail says of problems; the unit's own sheet has it whole."""

    whose: ShowProblem
    """The name of the child in the problem's row."""
    found: ShowProblem
    """The content of its cell."""
    message: ShowProblem
    """Its sentence."""


def words_of_problems(
    office: Office, snapshot: Snapshot, problems: Collection[StoredProblem], show_name: TextFilter
) -> ProblemWords:
    """Returns functions that say what a mail may say of these problems; where names are masked, in values and sentences too."""
    rows = {row.record_id: row.values for row in _rows_with(snapshot, problems)}
    mask = office.mail_mask
    if show_name is not str:
        names = (values.get(key) for values in rows.values() for key in mask.name_keys)
        mask = replace(mask, level=MaskLevel.NAMES).knowing(str(name) for name in names if name)

    def whose(problem: StoredProblem) -> str:
        name = rows.get(problem.record_id or "", {}).get("name")
        return show_name(str(name)) if name else ""

    return ProblemWords(
        whose=whose,
        found=lambda problem: mask.field(problem.field, problem.value) or "",
        message=lambda problem: mask.text(problem.message, (problem,)) or "",
    )


def _rows_with(snapshot: Snapshot, problems: Collection[StoredProblem]) -> Iterator[StoredRecord]:
    """Yields the rows that these problems are in."""
    concerned = {problem.submission_id for problem in problems if problem.record_id is not None}
    submissions = [one for one in snapshot.submissions if one.submission_id in concerned]
    submissions += [one for one in snapshot.unconfirmed if one.submission_id in concerned]
    wanted = {problem.record_id for problem in problems}
    if submissions:
        yield from (row for row in snapshot.records_of(submissions) if row.record_id in wanted)


def _received(
    office: Office,
    snapshot: Snapshot,
    proofs_by_submission: Mapping[ObligationKey, Proofs],
    submission: StoredSubmission,
) -> ReceivedForm:
    changes = compare_problems(snapshot, submission)
    problems = unexplained_problems(snapshot, submission)
    words = words_of_problems(office, snapshot, problems, name_filter(office))
    proof = proofs_by_submission.get(submission.key.of_form)
    return ReceivedForm(
        unit=submission.unit,
        form=submission.form,
        records=submission.records,
        nil=submission.nil,
        problem_groups=group_problems(
            problems,
            changes.is_new if changes else lambda _: None,
            whose=words.whose,
            found=words.found,
            message=words.message,
        ),
        problem_changes=count_problem_changes(changes.before, changes.after) if changes else None,
        proof_missing=len(proof.of_period(submission.period).missing) if proof else 0,
        asks=find_confirmations(snapshot).get(submission.key, ())
        if _is_current(snapshot, submission)
        else (),
        late=changes is None and is_late([submission], snapshot.due_at(submission.key)),
        period=snapshot.period(submission.key),
    )


def _is_current(snapshot: Snapshot, submission: StoredSubmission) -> bool:
    current = snapshot.current_versions.get(submission.key, ())
    return any(one.submission_id == submission.submission_id for one in current)


def _total_size(attached: Sequence[AttachedFile]) -> int:
    return sum(len(each.data) for each in attached)


def _annotate(
    marker: WorkbookMarker,
    file: StoredFile,
    data: bytes,
    problems: Sequence[StoredProblem],
    whose: ShowProblem,
) -> AttachedFile | None:
    names = {one.record_id: name for one in problems if one.record_id and (name := whose(one))}
    annotated = marker.mark_workbook(data, problems, file.received_at, names)
    if annotated is None:
        return None
    return AttachedFile(
        f"{_stem(file)}(已标注).{'xlsm' if has_macros(annotated) else 'xlsx'}", annotated, "xlsx"
    )


def _list_problems(file: StoredFile, problems: Sequence[StoredProblem]) -> AttachedFile:
    name = f"{_stem(file)}(需更正清单).xlsx"
    return AttachedFile(name, build_problem_list(file.path[-1], problems, file.received_at), "xlsx")


def _stem(file: StoredFile) -> str:
    """Returns a file's name without folders, suffix and a receipt's prefix."""
    name = file.path[-1].replace("\\", "/").rpartition("/")[2]
    stem, dot, extension = name.rpartition(".")
    return (stem if dot and len(extension) <= _LONGEST_EXTENSION else name).replace("(已标注)", "") or "附件"
