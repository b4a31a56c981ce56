"""Drafts messages without attachments: ignored, a zero report in words, or quarantined."""

import re
from dataclasses import replace

from config.notice import Notice
from ingest.attribution import Attribution, attribute
from ingest.context import IngestContext
from ingest.unit_signals import signal_of_assignment
from ingest.unread_files import draft_empty_file, draft_received_unread, file_draft, signals_as_json
from parsers.forms.classify import find_form_by_words, find_form_labels
from parsers.forms.nil import is_conditional, is_nil_sentence
from parsers.mail.mime import Attachment, Mail
from parsers.records import FileKind, ParsedFile
from store.drafts import FileDraft, SubmissionDraft, file_id

_LINK_WORDS = "超大附件|中转站|ftnExs_download|/ftn/download|docs.qq.com|kdocs.cn"
_REPORT_WORDS = f"附件|零报告|无变化|失学|辍学|摸排|台账|{_LINK_WORDS}"


def draft_without_file(message_id: str, mail: Mail, context: IngestContext) -> FileDraft:
    """Drafts a mail without files: ignored, unless its words may be a report."""
    assignment = context.assignments.get(file_id(message_id, 0))
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
            0, _words_as_attachment(mail), reading, assigned, assignment.form, signals
        )
    text = f"{mail.head.clean_subject}\n{mail.body}"
    names_report = re.search(_REPORT_WORDS, text)
    if mail.head.automatic or not names_report:
        return draft_empty_file("ignored", None, "邮件没有附件,正文也没有提到报送内容", None)
    attribution = attribute(None, None, (), mail, context)
    form = _nil_form(text, context.notice)
    if (
        form is not None
        and attribution.unit is not None
        and context.notice.form(form).sender == attribution.unit.kind
    ):
        return _draft_nil_report(mail, attribution, form, context)
    unit = attribution.unit.name if attribution.unit else None
    if re.search(_LINK_WORDS, text):
        return draft_empty_file(
            "quarantined",
            "linked-attachment",
            "只来了下载链接:请人工下载(注意有效期),或请对方改用普通附件重发",
            unit,
        )
    return draft_empty_file(
        "quarantined", "no-table", "邮件只有正文、没有附件:请查看正文,零报告也需报表,请对方补发表格", unit
    )


def _nil_form(text: str, notice: Notice) -> str | None:
    """The form that a mail's words report nothing for: it names one, and says so without if or must."""
    lines = [line for line in re.split(r"[\n。;!]", text) if line.strip()]
    nil_lines = [line for line in lines if "零报告" in line or is_nil_sentence(line, notice.nil_words)]
    if not nil_lines or any(is_conditional(line) for line in nil_lines) or "无变化" in text:
        return None
    named = {key for line in lines for key in find_form_labels(line)} or {
        key for line in lines if (key := find_form_by_words(line, notice))
    }
    named = {key for key in named if notice.form(key).nil_allowed}
    return named.pop() if len(named) == 1 else None


def _draft_nil_report(mail: Mail, attribution: Attribution, form: str, context: IngestContext) -> FileDraft:
    """A zero report in the mail's own words."""
    assert attribution.unit is not None
    nil = SubmissionDraft(
        unit=attribution.unit.name, form=form, nil=True, blocking=(), records=(), problems=()
    )
    return replace(
        file_draft(0, _words_as_attachment(mail), FileKind.TEXT),
        outcome="forms",
        signals=signals_as_json(attribution.signals),
        submissions=(nil,),
    )


def _words_as_attachment(mail: Mail) -> Attachment:
    return Attachment(path=(), data=f"{mail.head.clean_subject}\n{mail.body}".encode(), inline=False)
