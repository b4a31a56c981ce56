"""Drafts the entry for a mail's own text: ignored, a zero report, or a question for a person."""

import re
from collections.abc import Sequence
from dataclasses import replace

from config.mail.file_ids import words_id
from config.notice import Notice
from config.records.row_block import RowBlock
from config.text.masking import mask_quoted
from ingest.attribution import Attribution, attribute
from ingest.context import IngestContext
from ingest.mail_words import (
    OwnWords,
    VersionStatement,
    compile_mail_patterns,
    own_lines,
    read_own_words,
    says_nothing_changed,
    words_around,
    words_by_place,
)
from ingest.unit_signals import signal_of_assignment
from ingest.unread_files import draft_empty_file, draft_received_unread, file_draft, signals_as_json
from ingest.words.told_children import CHILD_NOT_LISTED, ToldChildren, why_ask_about_told
from ingest.words.told_work_files import find_work_file_sentences, without_sentences
from ingest.words.unit_words import hear_unit
from parsers.fields.person_names import mask_names_in_sentence
from parsers.forms.classify import find_form_by_words
from parsers.forms.zero_report import (
    instructs_to_report,
    is_nil_line,
    names_zero_report,
    speaks_of_nothing,
)
from parsers.mail.mail_contents import Attachment, LoadedAttachment, Mail
from parsers.records import FileKind, ParsedFile
from store.drafts import FileDraft, SubmissionDraft

_TOLD_WORK_FILES = "报称已建{work_file}:已记入返校观察"
_VERSION_REASONS = {
    VersionStatement.REPLACES: "邮件说以这次为准或更正,却没有附件:请查看正文,两份都未改动,请对方补发表格",
    VersionStatement.KEEPS_EARLIER: "邮件说以前一份为准:已登记的没有改动,请核对前后两份,以哪份为准由人定",
    VersionStatement.WITHDRAWS: "邮件要求撤回或作废已报的材料:已登记的没有改动,请核对后决定",
}
_WITHDRAWN_BESIDE_REASON = "邮件要求撤回或作废,没有写明是哪一份:附件已照常登记,请核对前后两份"
_DOUBTED_BESIDE_REASON = (
    "邮件提到以哪份为准,但没有说定:附件已照常登记,先前的也保留,请核对前后两份,以哪份为准由人定"
)
_SETTLED_REASON = "邮件正文提出的问题,已由人工核对"
_SENTENCE_END = r"[\n。;!]"
_QUOTATION_MARKS = str.maketrans("“”", "‘’")
_MAX_QUOTED = 60
_PASSWORD_REASON = "邮件里只有密码,没有附件:这个发件人前后7天的邮件里没有能用它打开的加密文件,请人工核对,或请对方去掉密码后重发"
_LINK_REASON = "只来了下载链接:请人工下载(注意有效期),或请对方改用普通附件重发"
_LINK_BESIDE_REASON = (
    "邮件里还有下载链接,链接里的文件没有收到:请人工下载(注意有效期),或请对方改用普通附件重发"
)


def draft_words_without_material(
    message_id: str, mail: Mail, told: Sequence[ToldChildren], context: IngestContext, position: int
) -> FileDraft:
    """Returns the entry for a mail without material: ignored, unless its text may be a report."""
    assignment = context.assignments.get(words_id(message_id))
    assigned = context.roster.get(assignment.unit) if assignment else None
    if assignment is not None and assignment.form is not None and assigned is not None:
        reading = ParsedFile(
            kind=FileKind.TEXT,
            outcome="quarantined",
            reason_code="linked-attachment",
            reason="邮件里没有可读的附件",
        )
        signals = (signal_of_assignment(assigned),)
        return draft_received_unread(
            position, _words_as_attachment(mail), reading, assigned, assignment.form, signals
        )
    notice = context.notice
    patterns = compile_mail_patterns(notice.wording.mail)
    own_words = OwnWords("\n".join(place.own.text for place in words_by_place(mail, notice)), patterns)
    statement = VersionStatement.WITHDRAWS if own_words.withdraw else own_words.version_statement
    if mail.head.automatic and statement is not VersionStatement.WITHDRAWS:
        return draft_empty_file("ignored", None, "自动发出的邮件,没有附件", None, position)
    attribution = attribute(None, None, (), mail, context)
    unit = attribution.unit.name if attribution.unit else None
    if unit is not None and statement is None and not own_words.may_link_to_file and own_words.tell_password:
        return draft_empty_file("quarantined", "encrypted", _PASSWORD_REASON, unit, position)
    all_words = OwnWords(f"{own_words.text}\n{'' if mail.answers_kongchuo else mail.whole_body}", patterns)
    if (
        statement is None
        and not told
        and attribution.unit is not None
        and not all_words.may_link_to_file
        and _nothing_changed(own_words.text, notice)
    ):
        return _draft_no_change(mail, attribution, position, notice.wording.unchanged_report)
    outermost = read_own_words(mail.head.subject, mail.body, notice)
    work_files = _work_files_alone(outermost.text, told, notice)
    if work_files and statement is None and attribution.unit is not None and not all_words.may_link_to_file:
        return _draft_work_files(mail, attribution, work_files, position, notice.work_file)
    heard = hear_unit(mail, notice) if statement is None and not told and unit is not None else None
    if heard is not None and not all_words.may_link_to_file:
        return draft_empty_file("quarantined", *heard, unit, position)
    if not (all_words.speak_of_material or all_words.may_link_to_file or statement):
        return draft_empty_file("ignored", None, "邮件没有附件,正文也没有提到报送内容", None, position)
    form = _nil_form(outermost.text, notice) if statement is None and not told else None
    if (
        form is not None
        and attribution.unit is not None
        and attribution.unit.kind in notice.form(form).senders
    ):
        return _draft_nil_report(mail, attribution, form, position)
    if all_words.may_link_to_file:
        return draft_empty_file("quarantined", "linked-attachment", _LINK_REASON, unit, position)
    if statement is not None:
        return draft_empty_file("quarantined", "version-unclear", _VERSION_REASONS[statement], unit, position)
    return draft_empty_file("quarantined", "no-table", _why_words_wait(mail, told, notice), unit, position)


def _why_words_wait(mail: Mail, told: Sequence[ToldChildren], notice: Notice) -> str:
    """Returns the question about a mail without files, quoting what its text says of a child."""
    names_child = compile_mail_patterns(notice.wording.mail).names_child
    sentences = [
        sentence
        for line in own_lines(mail.body)
        for sentence in re.split(_SENTENCE_END, line)
        if any(
            names_child(clause) and not speaks_of_nothing(clause, notice) for clause in sentence.split(",")
        )
    ]
    if not sentences and told:
        return f"邮件没有附件,{told[0].where}里说“{told[0].quoted}”:请核实有没有漏报的学生,并请对方补发表格"
    if not sentences:
        return "邮件只有正文、没有附件:请查看正文,零报告也需报表,请对方补发表格"
    quoted = mask_names_in_sentence(mask_quoted(sentences[0])).strip().translate(_QUOTATION_MARKS)
    shown = quoted if len(quoted) <= _MAX_QUOTED else f"{quoted[:_MAX_QUOTED]}…"
    return f"邮件没有附件,正文说“{shown}”:请核实有没有漏报的学生,并请对方补发表格"


def draft_words_beside_material(
    message_id: str,
    mail: Mail,
    attachments: Sequence[Attachment],
    files: Sequence[FileDraft],
    told: Sequence[ToldChildren],
    context: IngestContext,
) -> FileDraft | None:
    """Returns the question that the text of a mail with material raises, or None."""
    if mail.head.automatic:
        return None
    question = _ask_about_words(mail, attachments, files, context.notice)
    if any(file.submissions or file.outcome == "quarantined" for file in files):
        why_told = why_ask_about_told(told, files)
        if why_told is not None:
            question = (
                (CHILD_NOT_LISTED, why_told)
                if question is None
                else (question[0], f"{question[1]}\uff1b{why_told}")
            )
    if question is None:
        return _draft_work_files_beside(mail, context, len(files)) or _draft_nil_beside(
            mail, files, told, context
        )
    if words_id(message_id) in context.assignments:
        return draft_empty_file("ignored", None, _SETTLED_REASON, None, len(files))
    attribution = attribute(None, None, (), mail, context)
    unit = attribution.unit.name if attribution.unit else None
    return draft_empty_file("quarantined", *question, unit, len(files))


def _ask_about_words(
    mail: Mail, attachments: Sequence[Attachment], files: Sequence[FileDraft], notice: Notice
) -> tuple[str, str] | None:
    """Returns code and reason of a question about missing files or competing versions, or None."""
    places = [
        place.own
        for place in words_by_place(mail, notice)
        if not _brings_only_what_is_ignored(place.containers, attachments, files)
    ]
    if any(words.links_to_file for words in places):
        return "linked-attachment", _LINK_BESIDE_REASON
    if any(words.version_statement is VersionStatement.WITHDRAWS for words in places):
        return "version-unclear", _WITHDRAWN_BESIDE_REASON
    if any(words.doubt_replacement for words in places):
        return "version-unclear", _DOUBTED_BESIDE_REASON
    return None


def _brings_only_what_is_ignored(
    containers: tuple[str, ...], attachments: Sequence[Attachment], files: Sequence[FileDraft]
) -> bool:
    """Returns whether a mail inside this one has only ignored files, such as the notice with its templates."""
    inside = [
        file.outcome
        for attachment, file in zip(attachments, files, strict=True)
        if attachment.containers[: len(containers)] == containers
    ]
    return bool(containers and inside) and all(outcome == "ignored" for outcome in inside)


def mark_replacements(
    mail: Mail, attachments: Sequence[Attachment], files: Sequence[FileDraft], notice: Notice
) -> list[FileDraft]:
    """Returns the files, with each submission marked that the text around it says replaces earlier ones."""
    return [
        replace(
            file,
            submissions=tuple(
                replace(
                    submission,
                    replaces=words_around(mail, attachment.containers, notice).replaces_earlier(
                        submission.form, notice.labels
                    ),
                )
                for submission in file.submissions
            ),
        )
        for attachment, file in zip(attachments, files, strict=True)
    ]


def why_earlier_version_counts(mail: Mail, attachment: Attachment, notice: Notice) -> str | None:
    """Returns the reason for not recording a file's tables where the text around it says that an earlier version counts, or None."""
    words = words_around(mail, attachment.containers, notice)
    if words.version_statement is not VersionStatement.KEEPS_EARLIER:
        return None
    return "邮件说以前一份为准,这份没有登记:请核对前后两份,确实要用这份的请归入"


def _nil_form(text: str, notice: Notice) -> str | None:
    """Returns the form for which a mail's text is a zero report: the only form named, without conditions or instructions; or None."""
    lines = [line for line in re.split(_SENTENCE_END, text) if line.strip()]
    if (
        not any(names_zero_report(line, notice) or is_nil_line(line, notice) for line in lines)
        or any(instructs_to_report(line, notice) for line in lines)
        or notice.wording.unchanged_report in text
    ):
        return None
    clauses = [
        clause
        for line in lines
        if names_zero_report(line, notice) or not speaks_of_nothing(line, notice)
        for clause in line.split(",")
        if not speaks_of_nothing(clause, notice)
    ]
    if any(
        map(compile_mail_patterns(notice.wording.mail).names_child, clauses)
    ):  # text that mentions a child is no zero report
        return None
    named = {key for line in lines for key in notice.labels.find(line)} or {
        key for line in lines if (key := find_form_by_words(line, notice))
    }
    named = {key for key in named if notice.form(key).nil_allowed}
    return named.pop() if len(named) == 1 else None


def _nothing_changed(text: str, notice: Notice) -> bool:
    """Returns whether a mail's text says that nothing has changed; zero reports in other clauses do not matter."""
    clauses = re.split(r"[\n。;!,]", text)
    others = [clause for clause in clauses if not speaks_of_nothing(clause, notice)]
    return says_nothing_changed("\n".join(others), notice)


def _draft_no_change(mail: Mail, attribution: Attribution, position: int, called: str) -> FileDraft:
    """Returns the entry for a unit's statement that nothing has changed (次月无变化不再报送), which replaces nothing (A20)."""
    assert attribution.unit is not None
    return replace(
        file_draft(position, _words_as_attachment(mail), FileKind.TEXT),
        outcome="evidence",
        reason="报称无变化:沿用上次报送的数据",
        signals=signals_as_json(attribution.signals),
        proof_for=(attribution.unit.name, None, called),
    )


def _work_files_alone(text: str, told: Sequence[ToldChildren], notice: Notice) -> tuple[str, ...]:
    """Returns the sentences that work files (一生一案) exist, if the text says nothing else about children."""
    sentences = find_work_file_sentences(text, notice)
    remaining = without_sentences(text, sentences)
    for word in notice.work_file_words:
        remaining = remaining.replace(word, "")
    is_all = not OwnWords(remaining, compile_mail_patterns(notice.wording.mail)).speak_of_material and all(
        any(one.sentence.text in sentence or sentence in one.sentence.text for sentence in sentences)
        for one in told
    )
    return sentences if is_all else ()


def _draft_work_files_beside(mail: Mail, context: IngestContext, position: int) -> FileDraft | None:
    """Returns the entry for statements on work files in the text of a mail with files, or None."""
    own_words = read_own_words(mail.head.subject, mail.body, context.notice)
    sentences = find_work_file_sentences(own_words.text, context.notice)
    attribution = attribute(None, None, (), mail, context)
    if not sentences or attribution.unit is None:
        return None
    return _draft_work_files(mail, attribution, sentences, position, context.notice.work_file)


def _draft_nil_beside(
    mail: Mail, files: Sequence[FileDraft], told: Sequence[ToldChildren], context: IngestContext
) -> FileDraft | None:
    """Returns the entry for a zero report in the text of a mail with other forms, or None if a file may contain it.

    Forms that are owed only because of a child (附件5, 附件6) need no zero report.
    """
    own_words = read_own_words(mail.head.subject, mail.body, context.notice)
    waits = any(file.outcome == "quarantined" for file in files)
    form = None if waits or told or own_words.version_statement else _nil_form(own_words.text, context.notice)
    came = {submission.form for file in files for submission in file.submissions}
    if form is None or context.notice.form(form).trigger or form in came | {file.form_hint for file in files}:
        return None
    attribution = attribute(None, None, (), mail, context)
    if attribution.unit is None or attribution.unit.kind not in context.notice.form(form).senders:
        return None
    return _draft_nil_report(mail, attribution, form, len(files))


def _draft_work_files(
    mail: Mail, attribution: Attribution, sentences: Sequence[str], position: int, work_file: str
) -> FileDraft:
    """Returns the entry for a unit's statement that work files exist; it proves nothing else."""
    assert attribution.unit is not None
    return replace(
        file_draft(position, _words_as_attachment(mail), FileKind.TEXT),
        outcome="evidence",
        reason=_TOLD_WORK_FILES.format(work_file=work_file),
        signals=signals_as_json(attribution.signals),
        proof_for=(attribution.unit.name, None, "\n".join(sentences)),
    )


def _draft_nil_report(mail: Mail, attribution: Attribution, form: str, position: int) -> FileDraft:
    """Returns the entry for a zero report in the mail's text."""
    assert attribution.unit is not None
    nil = SubmissionDraft.of_rows(RowBlock(), unit=attribution.unit.name, form=form, nil=True)
    return replace(
        file_draft(position, _words_as_attachment(mail), FileKind.TEXT),
        outcome="forms",
        signals=signals_as_json(attribution.signals),
        submissions=(nil,),
    )


def _words_as_attachment(mail: Mail) -> Attachment:
    data = f"{mail.head.clean_subject}\n{mail.whole_body}".encode()
    return LoadedAttachment(path=(), data=data, inline=False).describe()
