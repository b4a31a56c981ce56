"""Turns an answer into changes, by the functions that the command line also calls.

A second answer to a question withdraws the earlier one, and names the person who gave it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from config.answers.answer_words import CommandKey, Meaning, QuestionKind, answer_table
from config.errors import ConfigError
from config.passwords import keep_file_password
from kongchuo.decisions import decide
from kongchuo.decisions.answer_units import accept_explanation, extend_as_asked
from kongchuo.decisions.correct_value import correct_value
from kongchuo.decisions.decide import MERGE, SPLIT, WAIVE, Decided, Desk
from ledger.officer_decisions import CLOSE
from ledger.questions.answer_readings import Answer, AnswerContext, Command, Reading
from ledger.questions.open_questions import case_key, sender_key
from ledger.results import CaseState
from ledger.state_words import CASE_STATE_WORDS
from ledger.submissions.unconfirmed_mail import find_unconfirmed_mail
from store.answers.overruled_values import CORRECT
from store.decisions import AssignmentDraft, DecisionDraft, RereadDraft, Step
from store.stored_values import StoredAssignment, StoredDecision, StoredQuestion

_STATES = {
    Meaning.RETURNED: CaseState.RETURNED,
    Meaning.MOVED: CaseState.MOVED,
    Meaning.EXCUSED: CaseState.EXCUSED,
    Meaning.AGED_OUT: CaseState.AGED_OUT,
}


@dataclass(frozen=True, slots=True)
class EarlierAnswer:
    """The earlier answer to a question, as far as it is in force."""

    decisions: tuple[StoredDecision, ...]
    files: Mapping[str, StoredAssignment]

    @property
    def who(self) -> tuple[str, ...]:
        """The people who gave the answer."""
        deciders = [*(one.who for one in self.decisions), *(one.who for one in self.files.values())]
        return tuple(dict.fromkeys(deciders))

    @property
    def came_by(self) -> frozenset[str]:
        """The mails that contained the answer."""
        decisions: list[StoredDecision | StoredAssignment] = [*self.decisions, *self.files.values()]
        return frozenset(one.came_by for one in decisions if one.came_by)

    def __bool__(self) -> bool:
        return bool(self.decisions or self.files)

    def says(self, steps: tuple[Step, ...]) -> bool:
        """Returns whether these steps would only repeat the answer."""
        before = {(one.kind, one.subject, one.detail) for one in self.decisions}
        before |= {("assign", file, f"{one.unit}|{one.form or ''}") for file, one in self.files.items()}
        now = {
            ("assign", step.file_id, f"{step.unit}|{step.form or ''}")
            if isinstance(step, AssignmentDraft)
            else (step.kind, step.subject, step.detail)
            for step in steps
            if isinstance(step, AssignmentDraft | DecisionDraft)
        }
        return bool(now) and now == before

    def take_back(self, why: str) -> tuple[Step, ...]:
        """Returns the steps that withdraw the answer."""
        return (
            *(decide.withdraw(one, why) for one in self.decisions),
            *(AssignmentDraft(file_id=file, unit=None) for file in self.files),
        )


@dataclass(frozen=True, slots=True)
class Applied:
    """The changes of an answer: ``question`` is its number, ``overridden`` the people whose earlier answer it replaces."""

    decided: Decided
    question: int | None = None
    overridden: tuple[str, ...] = ()


def context_of(desk: Desk, questions: Mapping[int, StoredQuestion]) -> AnswerContext:
    """Returns what the words of an answer are interpreted with."""
    office = desk.office
    return AnswerContext(
        kinds={number: QuestionKind(one.key.kind) for number, one in questions.items()},
        names=office.unit_names,
        unit_names=tuple(unit.name for unit in office.roster.units),
        notice=office.notice,
        today=desk.today,
    )


def earlier_answer(desk: Desk, number: int) -> EarlierAnswer:
    """Returns the earlier answer to a question."""
    return EarlierAnswer(
        tuple(one for one in desk.in_force if one.question == number),
        {
            file: one
            for file, one in desk.office.store.decisions.assignments().items()
            if one.question == number
        },
    )


def apply_reading(
    desk: Desk, reading: Reading, questions: Mapping[int, StoredQuestion], told_at: datetime | None
) -> Applied:
    """Returns the changes of an answer or a command; only a password is stored at once, in the keyring.

    A keyring takes part in no transaction, so the password is stored before the person is informed; storing it
    twice after a crash changes nothing.

    Args:
        told_at: when the answered mail was made; None where the person sees the present state.

    Raises:
        ConfigError: it cannot be done; the message says why, and how to write it.
    """
    if isinstance(reading, Command):
        return _apply_command(desk, reading, questions)
    if not isinstance(reading, Answer):
        raise ConfigError(reading.problem)
    stored = questions[reading.number]
    earlier = earlier_answer(desk, reading.number)
    if any(one.kind == CORRECT for one in earlier.decisions):
        raise ConfigError(f"问{reading.number}的内容已经改过:要恢复原样请写“撤回 {reading.number}”")
    decided = _decide(desk, reading, stored, told_at, asked_again=bool(earlier))
    if earlier.says(decided.steps):
        return Applied(Decided((), "以前已经这样办过,没有重复", decided.names), reading.number)
    steps = (
        *(step for step in earlier.take_back("后来另有答复") if not _replaces(decided.steps, step)),
        *decided.steps,
    )
    return Applied(Decided(steps, decided.sentence, decided.names), reading.number, earlier.who)


def _replaces(steps: tuple[Step, ...], taken_back: Step) -> bool:
    """Returns whether one of the steps replaces the earlier one by itself: a new assignment of its file, or an equal kind of decision."""
    if isinstance(taken_back, AssignmentDraft):
        return any(isinstance(step, AssignmentDraft) and step.file_id == taken_back.file_id for step in steps)
    return isinstance(taken_back, DecisionDraft) and any(
        isinstance(step, DecisionDraft) and (step.kind, step.subject) == (taken_back.kind, taken_back.subject)
        for step in steps
    )


def _decide(
    desk: Desk, answer: Answer, stored: StoredQuestion, told_at: datetime | None, *, asked_again: bool
) -> Decided:
    subject, why = stored.key.subject, answer.why or _label(answer)
    match answer.meaning:
        case Meaning.SETTLE:
            return decide.settle(stored.key, why)
        case Meaning.AS_GUESSED:
            unit, form = _guess(stored, answer.number, told_at)
            return decide.assign(desk, subject, unit, form, why)
        case Meaning.ASSIGN:
            return decide.assign(desk, subject, answer.unit or "", answer.form, why)
        case Meaning.ACCEPT:
            return _accept(desk, stored, answer.number, why)
        case Meaning.MERGE | Meaning.SPLIT:
            kind = MERGE if answer.meaning is Meaning.MERGE else SPLIT
            return _decide_on_pair(desk, kind, subject, why, asked_again=asked_again)
        case Meaning.WAIVE:
            if asked_again:
                return Decided((DecisionDraft(kind=WAIVE, subject=subject, why=why),), "已记下,不再提示")
            return _while_asked(answer.number, lambda: decide.waive(desk, subject, why))
        case Meaning.EXPLAIN if answer.kind is QuestionKind.EXPLAINED:
            return accept_explanation(desk, stored.key, why)
        case Meaning.EXTEND:
            return extend_as_asked(desk, stored.key, why)
        case Meaning.EXPLAIN:
            return _while_asked(answer.number, lambda: decide.explain(desk, subject, why))
        case Meaning.SEND_AGAIN:
            return decide.send_again(desk, subject)
        case Meaning.ARRIVED:
            return decide.let_mail_be(desk, subject)
        case Meaning.RETURNED | Meaning.MOVED | Meaning.EXCUSED | Meaning.AGED_OUT:
            return _close(desk, answer, stored, why, asked_again=asked_again)


def _label(answer: Answer) -> str:
    words = answer_table().of_kind(answer.kind)
    label = next((one.label for one in words.answers if one.meaning is answer.meaning), "")
    return f"答复问{answer.number}:{label}"


def _guess(stored: StoredQuestion, number: int, told_at: datetime | None) -> tuple[str, str | None]:
    if stored.guess is None:
        raise ConfigError(f"程序对问{number}没有判断:请写“{number} 单位 附件”")
    unit, _, form = stored.guess.partition("|")
    if told_at is not None and told_at < stored.guessed_at:
        raise ConfigError(
            f"程序对问{number}的判断后来变成了{unit}{form}:同意的请再答一次,或写“{number} 单位 附件”"
        )
    return unit, form or None


def _accept(desk: Desk, stored: StoredQuestion, number: int, why: str) -> Decided:
    mails = find_unconfirmed_mail(desk.judgements.across_notices.snapshot)
    mail = next((one for one in mails if sender_key(one) == stored.key), None)
    if mail is None:
        raise ConfigError(
            f"问{number}已不需要答复:这个发件人没有等着核实的邮件,或后来又有新的来件,请看新的简报"
        )
    decided = decide.accept(desk, mail.to_accept, why)
    teaches = any(isinstance(step, DecisionDraft) and step.detail for step in decided.steps)
    later = f"以后{mail.address}替{mail.unit}报的都计入" if teaches else "只计入已收到的这些:来信没有通过认证"
    return Decided(decided.steps, f"已确认这{len(mail.file_ids)}份文件确由{mail.unit}报送,{later}")


def _decide_on_pair(desk: Desk, kind: str, subject: str, why: str, *, asked_again: bool) -> Decided:
    first, _, second = subject.partition("|")
    done = "已合并为同一名学生" if kind == MERGE else "已分开,以后也不再合并"
    if asked_again:
        return Decided((DecisionDraft(kind=kind, subject=first, why=why, detail=second),), done)
    decided = decide.decide_on_pair(desk, kind, (first, second), why, done)
    return Decided(decided.steps, done)


def _close(desk: Desk, answer: Answer, stored: StoredQuestion, why: str, *, asked_again: bool) -> Decided:
    state = _STATES[answer.meaning]
    case_id = stored.key.subject.partition("|")[0]
    done = f"已记为{CASE_STATE_WORDS[state]}"
    if asked_again:
        return Decided((DecisionDraft(kind=CLOSE, subject=case_id, why=why, detail=state),), done)
    children = desk.judgements.across_notices
    waiting = children.suspected if answer.kind is QuestionKind.SUSPECTED else children.cases
    case = next((one for one in waiting if one.case_id == case_id), None)
    if case is None or case.state not in (CaseState.OPEN, CaseState.SUSPECTED):
        raise ConfigError(f"问{answer.number}已不需要答复:这名学生现在不在待核实之列")
    if answer.kind is QuestionKind.CASE and case_key(case) != stored.key:
        raise ConfigError(f"问{answer.number}以后又来了新的材料:请按新的简报答复")
    decided = decide.close_case(desk, case_id, state, why)
    return Decided(decided.steps, f"{case.name}{done}", decided.names)


def _while_asked(number: int, decide_on_it: Callable[[], Decided]) -> Decided:
    try:
        return decide_on_it()
    except ConfigError as error:
        raise ConfigError(f"问{number}已不需要答复:单位已改正,或已不再提示") from error


def _apply_command(desk: Desk, command: Command, questions: Mapping[int, StoredQuestion]) -> Applied:
    unit, form = command.unit or "", command.form
    match command.key:
        case CommandKey.EXTEND if command.until is not None:
            return Applied(decide.extend(desk, unit, form, None, command.until, command.why))
        case CommandKey.EXEMPT:
            return Applied(decide.exempt(desk, unit, form, None, command.why))
        case CommandKey.PAPER:
            return Applied(decide.receive_paper(desk, unit, [form or ""], None, desk.today))
        case CommandKey.CORRECT:
            if command.number is not None and command.number not in questions:
                raise ConfigError(f"没有问{command.number}:编号写在简报每个问题的前面")
            stored = questions[command.number] if command.number is not None else None
            corrected = correct_value(desk, command, stored)
            return Applied(corrected.decided, corrected.question, corrected.overridden)
        case CommandKey.PASSWORD:
            keep_file_password(unit, command.value)
            sentence = f"{unit}的文件密码已存入这台电脑的钥匙串,以后它的加密文件先用它试;现有的这就重读"
            return Applied(Decided((RereadDraft(unit=unit),), sentence))
        case CommandKey.WITHDRAW if command.number is not None:
            earlier = earlier_answer(desk, command.number)
            if not earlier:
                raise ConfigError(f"问{command.number}没有答复可以撤回")
            decided = Decided(earlier.take_back("撤回"), f"问{command.number}的答复已撤回,恢复原样")
            return Applied(decided, command.number, earlier.who)
    raise ConfigError(
        f"“{command.line}”是回邮件时用的:在这里请用 kongchuo 的 digest、status、gaps、cases、ledgers、remind、rerun"
    )
