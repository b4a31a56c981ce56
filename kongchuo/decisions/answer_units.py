"""Answers explanations and requests of units (a row is right, more time), by an officer's decision or by the office's trust."""

from datetime import datetime

from config.errors import ConfigError
from kongchuo.decisions import decide
from kongchuo.decisions.asking import ask
from kongchuo.decisions.decide import Decided, Desk
from kongchuo.office import Office
from ledger.officer_decisions import problem_id
from ledger.questions.open_questions import file_key, find_explained_problems
from ledger.questions.read_commands import find_days
from ledger.senders import PROVEN
from store.decisions import WhoDecided
from store.stored_values import Disposition, QuestionKey, StoredFile

EXPLAINS = "unit-explains"


def accept_explanation(desk: Desk, key: QuestionKey, why: str) -> Decided:
    """Accepts the explanation in a unit's mail for its problems, which are then not asked about again.

    Raises:
        ConfigError: the mail no longer exists.
    """
    file = _find_mail(desk, key)
    problems = find_explained_problems(file, desk.judgements.problems)
    drafts = [
        step
        for one in dict.fromkeys(map(problem_id, problems))
        for step in decide.explain(desk, one, why).steps
    ]
    done = f"{file.unit_hint}这{len(drafts)}处问题不再计数" if drafts else "现行报表的这一行没有问题,已记下"
    return Decided((*drafts, *decide.settle(key, why).steps), done)


def extend_as_asked(desk: Desk, key: QuestionKey, why: str) -> Decided:
    """Grants a unit the extension that its mail requests.

    Raises:
        ConfigError: the mail names no day, several days, or a past day.
    """
    file = _find_mail(desk, key)
    unit, said = file.unit_hint or "", file.reason or ""
    arrived_on = file.received_at.astimezone(desk.office.zone).date()
    days = {one.day for one in find_days(said, arrived_on) if one.day is not None}
    if len(days) != 1:
        raise ConfigError(f"来信没有写清到哪一天:请写“宽限 {unit} 到几月几日 理由”")
    (until,) = days
    if until < desk.today:
        raise ConfigError(f"来信说的{until.month}月{until.day}日已经过去:请写“宽限 {unit} 到几月几日 理由”")
    forms = set(desk.office.notice.labels.find(said))
    form = next(iter(forms)) if len(forms) == 1 else None
    decided = decide.extend(desk, unit, form, None, until, why)
    return Decided((*decided.steps, *decide.settle(key, why).steps), decided.sentence)


def _find_mail(desk: Desk, key: QuestionKey) -> StoredFile:
    file = next((one for one in desk.files if one.file_id == key.subject), None)
    if file is None:
        raise ConfigError("这封来信现在读成了别的,不需要答复")
    return file


def accept_trusted_explanations(office: Office, now: datetime) -> int:
    """Accepts units' explanations of plausible rows, where the office trusts them; returns the number of mails.

    Clear errors, and mails of a sender who is not proven, stay questions.
    """
    if not office.settings.units.trust_explanations:
        return 0
    waiting = [
        one for one in office.store.files.arrived(now, Disposition.QUARANTINED) if one.reason_code == EXPLAINS
    ]
    if not waiting:
        return 0
    senders = office.senders()
    numbers = {one.question.key: one.number for one in ask(office, now)}
    desk, count = Desk(office, now), 0
    for file in waiting:
        key = file_key(file)
        problems = find_explained_problems(file, desk.judgements.problems)
        is_proven = senders.standing_of_file(file) in PROVEN
        if key not in numbers or not is_proven or not problems:
            continue
        if any(one.severity != "warning" for one in problems):
            continue
        decided = accept_explanation(desk, key, file.reason or "")
        who = f"{file.unit_hint} <{file.sent_by.author}>"
        by = WhoDecided(who=who, when=now, question=numbers[key], came_by=file.message_id)
        office.store.decisions.take_steps([(step, by) for step in decided.steps])
        count += 1
    return count
