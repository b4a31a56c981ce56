"""Builds the open questions for people: their subject, what depends on the answer, and the program's guess.

A question is computed from judgements. Its key contains all that an answer needs and stays the same while it
is open.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from config.answers.answer_words import QuestionKind
from config.problem_codes import Level, problem_code, remedy_of
from config.text.quoted_values import IN_QUESTION, shorten_quoted
from ledger.assessment import Assessment
from ledger.crosscheck.making_findings import without_repeated_gaps
from ledger.officer_decisions import problem_id
from ledger.questions.returned_addresses import ReturnedAddress
from ledger.results import Case, Finding
from ledger.senders import Standing
from ledger.submissions.unconfirmed_mail import UnconfirmedMail
from store.short_ids import short_id
from store.stored_values import OutboxMail, QuestionKey, StoredDecision, StoredFile, StoredProblem

_ROW = re.compile("第([0-9]{1,5})行")
_MOST_MEANT = 5
_LOCKED = "encrypted"
_LONGEST_REASON = 60
SETTLE = "settle"
"""The kind of decision that a question is not asked again; the subject is the question's key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """The answer that the program would give, with its evidence; shown even if uncertain."""

    unit: str
    form: str | None
    evidence: str

    @property
    def value(self) -> str:
        """The guess as text, stored beside the question's number."""
        return f"{self.unit}|{self.form or ''}"

    @property
    def words(self) -> str:
        """The unit and form in words."""
        return f"{self.unit}{self.form or ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question to a person; texts are not masked, and ``names`` are the children named in them."""

    key: QuestionKey
    about: str
    """The subject in a few words."""
    sentence: str
    """The question itself."""
    stakes: str
    """What depends on the answer."""
    unit: str = ""
    guess: Guess | None = None
    names: tuple[str, ...] = ()
    problems: tuple[StoredProblem, ...] = ()
    """Those whose values the sentence quotes."""
    reply: str = ""
    """The best reply where it is no answer of the question's kind: 密码 西沱镇 这里写密码."""

    @property
    def kind(self) -> QuestionKind:
        """The kind of the question, which decides the possible answers."""
        return QuestionKind(self.key.kind)


@dataclass(frozen=True, slots=True)
class NumberedQuestion:
    """A question with the number that people answer to."""

    number: int
    question: Question


def number_all(
    questions: Sequence[Question], numbers: Mapping[QuestionKey, int]
) -> tuple[NumberedQuestion, ...]:
    """Returns the questions that have a number, in their order."""
    return tuple(NumberedQuestion(numbers[one.key], one) for one in questions if one.key in numbers)


def settle_subject(key: QuestionKey) -> str:
    """Returns the subject of a decision not to ask a question again."""
    return f"{key.kind}|{key.subject}"


def find_questions(
    assessment: Assessment,
    files: Iterable[StoredFile],
    unsent: Iterable[OutboxMail],
    decisions: Iterable[StoredDecision],
    returned: Iterable[ReturnedAddress] = (),
) -> tuple[Question, ...]:
    """Returns every open question, in the order in which they are asked.

    Args:
        files: the quarantined files.
        unsent: mails in the outbox that wait for a person.
        decisions: those in force.
        returned: addresses on the roster that mail does not reach.
    """
    settled = {decision.subject for decision in decisions if decision.kind == SETTLE}
    suspected = {case.case_id for case in assessment.suspected}
    asked = (
        *map(_ask_about_sender, assessment.unconfirmed),
        *(
            _ask_about_file(file, assessment.problems)
            for file in sorted(files, key=lambda one: (one.received_at, one.file_id))
        ),
        *_ask_about_pairs(assessment.findings),
        *map(_ask_about_suspected, assessment.suspected),
        *(_ask_about_case(case) for case in assessment.open_cases if _is_doubtful(case)),
        *(
            _ask_about_finding(one)
            for one in without_repeated_gaps(assessment.findings, assessment.gaps)
            if not one.pair and one.child not in suspected  # a suspected dropout is asked about once
        ),
        *_ask_about_values(assessment.problems),
        *map(_ask_about_mail, unsent),
        *map(_ask_about_address, returned),
    )
    by_key = {one.key: one for one in reversed(asked) if settle_subject(one.key) not in settled}
    return tuple(reversed(by_key.values()))


def sender_key(mail: UnconfirmedMail) -> QuestionKey:
    """Returns the key of the question about a sender.

    While an address is merely unknown, all its mail for a unit is one question.
    """
    teaches = mail.standing is not Standing.FAILED and mail.address
    rest = "" if teaches else f"|{short_id(*mail.file_ids)}"
    return QuestionKey(QuestionKind.SENDER, f"{mail.address}|{mail.unit}{rest}")


_KINDS_OF_WORDS = {"unit-explains": QuestionKind.EXPLAINED, "unit-asks-extension": QuestionKind.EXTENSION}


def file_key(file: StoredFile) -> QuestionKey:
    """Returns the key of the question about a quarantined file, or about a unit's explanation or request."""
    return QuestionKey(_KINDS_OF_WORDS.get(file.reason_code or "", QuestionKind.FILE), file.file_id)


def find_explained_problems(file: StoredFile, problems: Iterable[StoredProblem]) -> tuple[StoredProblem, ...]:
    """Returns the problems in the rows that a unit's mail calls right, in the form named in it, else in any form."""
    reason = (file.reason or "").replace(" ", "")
    rows = {int(number) for number in _ROW.findall(reason)}
    of_unit = [one for one in problems if one.unit == file.unit_hint]
    named = {one.form for one in of_unit if one.form in reason}
    return tuple(one for one in of_unit if one.row in rows and (not named or one.form in named))


def suspected_key(case_id: str) -> QuestionKey:
    """Returns the key of the question about a suspected dropout."""
    return QuestionKey(QuestionKind.SUSPECTED, case_id)


def case_key(case: Case) -> QuestionKey:
    """Returns the key of the question about the evidence of a case; other evidence makes another question."""
    evidence = short_id(*case.doubts, case.settling_remark or "", str(case.episode))
    return QuestionKey(QuestionKind.CASE, f"{case.case_id}|{evidence}")


def finding_key(finding_id: str, pair: Collection[str]) -> QuestionKey:
    """Returns the key of the question about a finding, or about whether a pair of ids is one child."""
    if pair:
        return QuestionKey(QuestionKind.SAME, "|".join(sorted(pair)))
    return QuestionKey(QuestionKind.FINDING, finding_id)


def _ask_about_file(file: StoredFile, problems: Iterable[StoredProblem]) -> Question:
    match file_key(file).kind:
        case QuestionKind.EXPLAINED:
            return _ask_about_explanation(file, problems)
        case QuestionKind.EXTENSION:
            return Question(
                key=file_key(file),
                about=file.unit_hint or "",
                sentence=f"{file.reason}:同意吗?",
                stakes="同意的按来信所写的日子宽限;日子要改的,请写“宽限 单位 到几月几日 理由”",
                unit=file.unit_hint or "",
            )
    if file.reason_code == _LOCKED:
        return _ask_for_password(file)
    remedy = remedy_of(file.reason_code)
    guess = None
    if file.unit_hint:
        seen = " › ".join((file.subject, *file.path))
        guess = Guess(unit=file.unit_hint, form=file.form_hint, evidence=f"来件:{seen}")
    return Question(
        key=file_key(file),
        about=" › ".join(file.path) or "没有附件的邮件",
        sentence=f"{file.reason or '需人工判断'};是哪个单位的哪张附件?",
        stakes=f"归入以前不登记{f';{remedy}' if remedy else ''}",
        unit=file.unit_hint or "",
        guess=guess,
    )


def _ask_for_password(file: StoredFile) -> Question:
    """Returns the question for a locked file's password; assigning the file to a unit would not help, as it cannot be read."""
    reply = f"密码 {file.unit_hint or '单位名称'} 这里写密码"
    return Question(
        key=file_key(file),
        about=" › ".join(file.path),
        sentence=f"{(file.reason or '文件加了密码').partition(':')[0]}:知道密码的请回复“{reply}”,"
        f"不知道的请{file.unit_hint or '来件单位'}去掉密码后重发",
        stakes="打开以前不登记;密码对的,下次收信时自动打开",
        unit=file.unit_hint or "",
        reply=reply,
    )


def _ask_about_explanation(file: StoredFile, problems: Iterable[StoredProblem]) -> Question:
    meant = [one for one in find_explained_problems(file, problems) if one.explained is None]
    where = ";".join(f"{one.form}第{one.row}行{one.message}" for one in meant[:_MOST_MEANT])
    more = f"等{len(meant)}处" if len(meant) > _MOST_MEANT else ""
    about = "、".join(dict.fromkeys(f"{one.form}第{one.row}行" for one in meant[:_MOST_MEANT]))
    return Question(
        key=file_key(file),
        about=f"{file.unit_hint or ''}{about}",
        sentence=f"{file.reason}。{f'现在的问题是:{where}{more}' if meant else '现行报表的这一行没有问题'}:情况属实吗?",
        stakes="属实的不再计数" if meant else "答复后不再问",
        unit=file.unit_hint or "",
        problems=tuple(meant[:_MOST_MEANT]),
    )


def _ask_about_sender(mail: UnconfirmedMail) -> Question:
    return Question(
        key=sender_key(mail),
        about=mail.address or "没有写明发件人",
        sentence=f"{len(mail.file_ids)}份文件以{mail.unit}名义报来,来源未核实:确由该单位报送吗?",
        stakes="核实以前不结案、不算已报,也不算未报",
        unit=mail.unit,
    )


def _ask_about_pairs(findings: Iterable[Finding]) -> Iterator[Question]:
    for finding in findings:
        if finding.pair:
            yield Question(
                key=finding_key(finding.finding_id, finding.pair),
                about=finding.name,
                sentence=finding.message.partition("。")[0] + ":是同一人吗?",
                stakes="是同一人的,两处的情况合起来看;一名学生是否未返校可能因此而变",
                unit="、".join(finding.units),
                names=finding.names,
            )


def _ask_about_suspected(case: Case) -> Question:
    return Question(
        key=suspected_key(case.case_id),
        about=case.name,
        sentence=f"最后见于{case.details.get('last_seen', '以前的报表')},这次谁都没报:去向核实了吗?",
        stakes="核实以前一直列为疑似",
        unit=case.responsible_unit,
        names=(case.name,),
    )


def _is_doubtful(case: Case) -> bool:
    return bool(case.doubts or case.settling_remark is not None or case.on_leave)


def _ask_about_case(case: Case) -> Question:
    if case.doubts:
        why = ";".join(case.doubts)
    elif case.settling_remark is not None:
        why = f"备注写“{case.settling_remark[:30]}”"
    else:
        why = f"{case.status}没有有效的证明材料"
    return Question(
        key=case_key(case),
        about=case.name,
        sentence=f"{why}:可以结案吗?",
        stakes="答复以前一直列为未结案",
        unit=case.responsible_unit,
        names=(case.name,),
    )


def _ask_about_finding(finding: Finding) -> Question:
    return Question(
        key=finding_key(finding.finding_id, ()),
        about=finding.name,
        sentence=f"{problem_code(finding.code).title}:{finding.message}",
        stakes="属实的不再提示",
        unit="、".join(finding.units),
        names=finding.names,
    )


def _ask_about_values(problems: Iterable[StoredProblem]) -> Iterator[Question]:
    """Yields a question for each unusual value that may be true (warnings of rows); errors are for the unit to correct."""
    for problem in problems:
        code = problem_code(problem.code)
        if code.level is Level.ROW and code.severity == "warning":
            where = f"第{problem.row}行" if problem.row else ""
            yield Question(
                key=QuestionKey(QuestionKind.VALUE, problem_id(problem)),
                about=f"{problem.unit}{problem.form}{where}",
                sentence=f"填的是“{shorten_quoted(problem.value or '', IN_QUESTION)}”,{problem.message}:情况属实吗?",
                stakes="属实的不再计数",
                unit=problem.unit,
                problems=(problem,),
            )


def _ask_about_mail(mail: OutboxMail) -> Question:
    return Question(
        key=QuestionKey(QuestionKind.MAIL, mail.key),
        about=f"给{'、'.join(mail.recipients)}的邮件",
        sentence=f"{mail.error or '不知是否发出'}:要再发一次吗?",
        stakes="答复以前不会再发",
    )


def _ask_about_address(returned: ReturnedAddress) -> Question:
    units = "、".join(returned.units)
    return Question(
        key=QuestionKey(QuestionKind.ADDRESS, returned.address),
        about=f"{units}的邮箱 {returned.address}",
        sentence=f"信没有送到({returned.reason[:_LONGEST_REASON]}):请向单位问明现在的邮箱,更正名册",
        stakes="更正以前,这个单位收不到回执和催报;更正后自动不再问",
        unit=units,
    )
