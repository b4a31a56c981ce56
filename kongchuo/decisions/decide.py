"""Makes decisions: each function checks one, and returns the changes to the store and the sentence that reports them.

Nothing is written here, so that an answer of several lines is recorded completely or not at all.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property

from config.errors import ConfigError
from config.text.text_folding import clean_text
from kongchuo.lookup import find_case, find_form, find_obligations, find_one_obligation, find_unit_name
from kongchuo.office import Office
from ledger.assessment import Judgements
from ledger.crosscheck.possible_matches import decidable_ids
from ledger.officer_decisions import (
    ASSIGN,
    CLOSE,
    EXEMPT,
    EXPLAIN,
    EXTEND,
    FILE_NOTE,
    HOLD,
    HOLD_ALL,
    PAPER,
    WITHDRAW,
    decisions_in_force,
    problem_id,
)
from ledger.questions.open_questions import SETTLE, settle_subject
from ledger.results import Case, CaseState
from ledger.senders import ACCEPT, what_acceptance_teaches
from ledger.state_words import CASE_STATE_WORDS, read_case_state
from store.audit.audit_line import SeenChild
from store.decisions import AssignmentDraft, DecisionDraft, MailStepDraft, Step
from store.stored_values import QuestionKey, StoredDecision, StoredFile

MERGE, SPLIT, WAIVE = "merge", "split", "waive"
CLOSED_STATES = (CaseState.RETURNED, CaseState.EXCUSED, CaseState.MOVED, CaseState.AGED_OUT)


@dataclass(frozen=True, slots=True)
class Decided:
    """The changes of a decision and the sentence for the person; ``names`` are the children named in that sentence."""

    steps: tuple[Step, ...]
    sentence: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Desk:
    """The office at an instant, against which decisions are checked; the assessment is made on first use."""

    office: Office
    when: datetime

    @property
    def today(self) -> date:
        """The day of the decision in the office's time zone."""
        return self.when.astimezone(self.office.zone).date()

    @cached_property
    def judgements(self) -> Judgements:
        """The judgements at the instant of the decision, each computed on first use."""
        return Judgements(self.office.snapshot_at(self.when))

    @cached_property
    def files(self) -> tuple[StoredFile, ...]:
        """All files received so far."""
        return self.office.store.files.arrived(datetime.max.replace(tzinfo=UTC))

    @cached_property
    def in_force(self) -> tuple[StoredDecision, ...]:
        """The decisions that were not withdrawn by then."""
        return decisions_in_force(self.office.store.decisions.made(self.when))

    def find_case(self, case_id: str) -> Case:
        """Returns the case or suspected dropout whose id begins with this text.

        Raises:
            ConfigError: there is none, or there are several.
        """
        children = self.judgements.across_notices
        return find_case((*children.cases, *children.suspected), case_id)


def extend(desk: Desk, unit: str, form: str | None, period: str | None, until: date, why: str) -> Decided:
    """Gives a unit more time for a form, or for every form."""
    what = find_obligations(desk.office, find_unit_name(desk.office, unit), form, period, desk.today)
    draft = DecisionDraft(kind=EXTEND, subject=what.subject, why=why, detail=until.isoformat())
    return Decided((draft,), f"{what.words}宽限到{until.month}月{until.day}日")


def exempt(desk: Desk, unit: str, form: str | None, period: str | None, why: str) -> Decided:
    """Exempts a unit from a form, or from every form."""
    unit_name = find_unit_name(desk.office, unit)
    what = find_obligations(desk.office, unit_name, form, period, desk.today)
    draft = DecisionDraft(kind=EXEMPT, subject=what.subject, why=why)
    return Decided((draft,), f"{unit_name}免报{what.forms}")


def hold_unit(desk: Desk, unit: str, why: str) -> Decided:
    """Keeps a unit's mails from being purged."""
    name = find_unit_name(desk.office, unit)
    return _held(f"unit:{name}", f"{name}的邮件", why)


def hold_case(desk: Desk, case_id: str, why: str) -> Decided:
    """Keeps the sources of a case from being purged."""
    case = desk.find_case(case_id)
    held = _held(f"case:{case.case_id}", f"{case.name}(个案{case.case_id})的材料", why)
    return Decided(held.steps, held.sentence, (case.name,))


def hold_all(why: str) -> Decided:
    """Keeps everything from being purged."""
    return _held(HOLD_ALL, "全部数据", why)


def _held(subject: str, words: str, why: str) -> Decided:
    draft = DecisionDraft(kind=HOLD, subject=subject, why=why)
    return Decided((draft,), f"{words}不得清理,到撤回这个决定为止")


def receive_paper(
    desk: Desk,
    unit: str,
    forms: Sequence[str],
    period: str | None,
    day: date,
    why: str = "收到纸质件",
) -> Decided:
    """Records that a unit's signed and sealed paper form arrived on a day."""
    unit_name = find_unit_name(desk.office, unit)
    found = {
        one.subject: one
        for form in forms
        for one in [find_one_obligation(desk.office, unit_name, form, period, desk.today)]
    }
    drafts = tuple(
        DecisionDraft(kind=PAPER, subject=subject, why=why, detail=day.isoformat()) for subject in found
    )
    titles = "、".join(one.forms for one in found.values())
    return Decided(drafts, f"{unit_name}{titles}的纸质件{day.month}月{day.day}日收到")


def explain(desk: Desk, problem: str, why: str) -> Decided:
    """Accepts one problem, since the written value is true.

    Raises:
        ConfigError: there is no such problem, or there are several.
    """
    matching = [one for one in desk.judgements.problems if problem_id(one).startswith(problem)]
    if not matching or len({problem_id(one) for one in matching}) > 1:
        raise ConfigError(f"没有编号为“{problem}”的问题:请用 kongchuo problems 查编号")
    confirmed = matching[0]
    draft = DecisionDraft(
        kind=EXPLAIN, subject=problem_id(confirmed), why=why, detail=f"{confirmed.unit}|{confirmed.form}"
    )
    return Decided((draft,), f"{confirmed.unit}{confirmed.form}的这处问题不再计数")


def accept(desk: Desk, files: Iterable[str], why: str) -> Decided:
    """Accepts files: they count from now on, and the sender's address is learned if the mail passed its checks.

    Raises:
        ConfigError: there is no such file, or it has no unit yet.
    """
    senders = desk.office.senders()
    chosen = [_find_placed_file(desk, prefix) for prefix in dict.fromkeys(files)]
    drafts, sentences = [], []
    for file in chosen:
        teaches = what_acceptance_teaches(file, senders)
        drafts.append(DecisionDraft(kind=ACCEPT, subject=file.file_id, why=why, detail=teaches))
        units = "、".join(dict.fromkeys(link.unit for link in file.links))
        later = (
            f"以后{file.sender}替{units}报的都计入"
            if teaches is not None
            else "只计入这一份:来信没有通过认证,地址不作准"
        )
        sentences.append(f"已确认{file.file_id}确由{units}报送,{later}")
    return Decided(tuple(drafts), "\n".join(sentences))


def _find_placed_file(desk: Desk, prefix: str) -> StoredFile:
    file = _file_of(desk, prefix)
    if not file.links:
        raise ConfigError(f"文件“{prefix}”还没有归到单位:请用 kongchuo assign {prefix} --unit 单位名 归入")
    return file


def _file_of(desk: Desk, prefix: str) -> StoredFile:
    files = [one for one in desk.files if one.file_id.startswith(clean_text(prefix).strip())]
    if len(files) != 1:
        raise ConfigError(f"没有编号为“{prefix}”的文件:请用 kongchuo files 查文件编号")
    return files[0]


def assign(desk: Desk, file_id: str, unit: str, form: str | None, why: str) -> Decided:
    """Assigns a file to a unit and a form; an earlier assignment is withdrawn.

    Raises:
        ConfigError: there is no such file, unit or form.
    """
    unit_name = find_unit_name(desk.office, unit)
    form_key = find_form(desk.office, form).key if form else None
    file = _file_of(desk, file_id)
    detail = " ".join(filter(None, (unit_name, form_key)))
    earlier = [
        withdraw(one, "后来另有决定")
        for one in desk.in_force
        if (one.kind, one.subject) == (ASSIGN, file.file_id) and one.detail != detail
    ]
    steps: tuple[Step, ...] = (
        *earlier,
        AssignmentDraft(file_id=file.file_id, unit=unit_name, form=form_key),
        DecisionDraft(kind=ASSIGN, subject=file.file_id, why=why, detail=detail),
    )
    name = " › ".join(file.path) or "没有附件的邮件"
    return Decided(steps, f"{name} 已归入{unit_name}{form_key or ''}")


def note_file(desk: Desk, file_id: str, row: int | None, why: str) -> Decided:
    """Adds a remark to a file, or to one of its rows.

    Raises:
        ConfigError: there is no such file.
    """
    file = _file_of(desk, file_id)
    draft = DecisionDraft(
        kind=FILE_NOTE, subject=file.file_id, why=why, detail=None if row is None else str(row)
    )
    name = " › ".join(file.path) or "没有附件的邮件"
    return Decided((draft,), f"{name}{f'第{row}行' if row else ''}:已记下")


def decide_on_case(desk: Desk, kind: str, case_id: str, why: str, detail: str | None, done: str) -> Decided:
    """Makes a decision on one case; ``done`` is the sentence's words for it.

    Raises:
        ConfigError: there is no such case, or there are several.
    """
    case = desk.find_case(case_id)
    child = SeenChild(case.id_number, case.name)
    draft = DecisionDraft(kind=kind, subject=case.case_id, why=why, detail=detail, children=(child,))
    return Decided((draft,), f"{case.name}({case.case_id}):{done}", (case.name,))


def close_case(desk: Desk, case_id: str, state: str, why: str) -> Decided:
    """Closes a case, or settles a suspected dropout.

    Raises:
        ConfigError: there is no such case or state.
    """
    meant = read_case_state(clean_text(state).strip(), CLOSED_STATES)
    if meant is None:
        words = "、".join(CASE_STATE_WORDS[one] for one in CLOSED_STATES)
        raise ConfigError(f"--state 没有“{state}”:可选 {words}")
    return decide_on_case(desk, CLOSE, case_id, why, meant.value, f"已结案({CASE_STATE_WORDS[meant]})")


def decide_on_pair(desk: Desk, kind: str, pair: tuple[str, str], why: str, done: str) -> Decided:
    """Decides that two ids, or an id and one of its submissions, are or are not one student.

    Raises:
        ConfigError: there is no such id, or there are several.
    """
    children = desk.judgements.across_notices
    ids: frozenset[str] = decidable_ids(children.students, children.enrolment, children.absence)
    ids |= {case.case_id for case in children.suspected}
    submissions = (
        {row.submission_id for row in children.snapshot.case_rows} if kind == SPLIT else frozenset[str]()
    )
    first_id, second_id = _find_id(ids, pair[0]), _find_id(ids | submissions, pair[1])
    draft = DecisionDraft(kind=kind, subject=first_id, why=why, detail=second_id)
    return Decided((draft,), f"{first_id}:{done}")


def _find_id(ids: Collection[str], prefix: str) -> str:
    matching_ids = [candidate for candidate in ids if candidate.startswith(prefix)]
    if len(matching_ids) != 1:
        raise ConfigError(
            f"没有编号为“{prefix}”的个案或学生:请用 kongchuo cases --all、kongchuo crosscheck 查编号"
        )
    return matching_ids[0]


def waive(desk: Desk, finding_id: str, why: str) -> Decided:
    """Waives a finding that both sides have explained.

    Raises:
        ConfigError: there is no such finding.
    """
    findings = desk.judgements.across_notices.findings
    finding = next((one for one in findings if one.finding_id == finding_id), None)
    if finding is None:
        raise ConfigError(f"没有编号为“{finding_id}”的比对结果:请用 kongchuo crosscheck 查编号")
    child = SeenChild(finding.id_number, finding.name)
    draft = DecisionDraft(kind=WAIVE, subject=finding_id, why=why, children=(child,))
    return Decided((draft,), "已记下,不再提示")


def settle(key: QuestionKey, why: str) -> Decided:
    """Closes a question without any other change."""
    draft = DecisionDraft(kind=SETTLE, subject=settle_subject(key), why=why)
    return Decided((draft,), "没有改动,以后不再问")


def send_again(desk: Desk, key: str) -> Decided:
    """Makes an outgoing mail due again.

    Raises:
        ConfigError: there is no such mail.
    """
    return _mail_step(desk, key, again=True, done="已排上,下一次发信时发出")


def let_mail_be(desk: Desk, key: str) -> Decided:
    """Cancels an outgoing mail.

    Raises:
        ConfigError: there is no such mail.
    """
    return _mail_step(desk, key, again=False, done="已取消,不会再发")


def _mail_step(desk: Desk, key: str, *, again: bool, done: str) -> Decided:
    if desk.office.store.outbox.find(key) is None:
        raise ConfigError(f"发件箱里没有“{key}”:请用 kongchuo outbox 查键")
    return Decided((MailStepDraft(key=key, again=again),), done)


def withdraw(decision: StoredDecision, why: str) -> DecisionDraft:
    """Withdraws a decision."""
    return DecisionDraft(kind=WITHDRAW, subject=str(decision.id), why=why)
