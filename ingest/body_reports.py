"""Mails that carry no file: words to be ignored, a report in words, or a link where a file should be."""

import hashlib
import re

from config.notice import Notice
from config.text_folding import fold_text
from ingest.attribution import Attribution, attribute
from ingest.context import Knowledge
from ingest.unread_files import empty_file, received_unread, weighed
from parsers.forms.classify import find_form_by_words, find_form_labels
from parsers.mail.mime import Attachment, Mail
from parsers.records import FileKind, ParsedFile, Signal
from store.drafts import FileDraft, SubmissionDraft, file_id

_LINKED = "超大附件|中转站|ftnExs_download|/ftn/download|docs.qq.com|kdocs.cn"
_SPEAKS = f"附件|零报告|无变化|失学|辍学|摸排|台账|{_LINKED}"


def without_file(message_id: str, mail: Mail, known: Knowledge) -> FileDraft:
    """A mail that carries nothing: ignored, unless its words may be a report."""
    decided = known.assignments.get(file_id(message_id, 0))
    assigned = known.roster.get(decided[0]) if decided else None
    if decided is not None and decided[1] is not None and assigned is not None:
        words = f"{mail.head.subject}\n{mail.body}".encode()
        reading = ParsedFile(
            kind=FileKind.TEXT,
            outcome="quarantined",
            reason_code="linked-attachment",
            reason="邮件里没有可读的附件",
        )
        signals = (Signal(source="assigned", value=assigned.name, weight=100.0),)
        attachment = Attachment(path=(), data=words, inline=False)
        return received_unread(0, attachment, reading, assigned, decided[1], signals)
    text = f"{mail.head.subject}\n{mail.body}"
    speaks = re.search(_SPEAKS, text)
    if mail.head.automatic or not speaks:
        return empty_file("ignored", None, "邮件没有附件,正文也没有提到报送内容", None)
    found = attribute(
        None,
        None,
        path=(),
        head=mail.head,
        body=mail.body,
        names=known.names,
        roster=known.roster,
        notice=known.notice,
        learned=dict(known.learned),
    )
    form = _nil_form(text, known.notice)
    if form is not None and found.unit is not None and known.notice.form(form).sender == found.unit.kind:
        return _told_nil(mail, found, form, known)
    unit = found.unit.name if found.unit else None
    if re.search(_LINKED, text):
        return empty_file(
            "quarantined",
            "linked-attachment",
            "只来了下载链接:请人工下载(注意有效期),或请对方改用普通附件重发",
            unit,
        )
    return empty_file(
        "quarantined", "no-table", "邮件只有正文、没有附件:请查看正文,零报告也需报表,请对方补发表格", unit
    )


def _nil_form(text: str, notice: Notice) -> str | None:
    """The form that a mail's words report nothing for: it names one, and says so without if or must."""
    lines = [line for line in re.split(r"[\n。;;!!]", text) if line.strip()]
    said = [
        line
        for line in lines
        if "零报告" in line
        or any(re.fullmatch(f"(?:{word})", fold_text(line)) for word in notice.nil_words if len(word) > 12)
    ]
    if not said or any(re.search("如|若|请|须|需|模板", line) for line in said) or "无变化" in text:
        return None
    named = {key for line in lines for key in find_form_labels(line)} or {
        key for line in lines if (key := find_form_by_words(line, notice))
    }
    named = {key for key in named if notice.form(key).nil_allowed}
    return named.pop() if len(named) == 1 else None


def _told_nil(mail: Mail, found: Attribution, form: str, known: Knowledge) -> FileDraft:
    """A zero report in the mail's own words."""
    assert found.unit is not None
    words = f"{mail.head.subject}\n{mail.body}".encode()
    nil = SubmissionDraft(unit=found.unit.name, form=form, nil=True, blocking=(), records=(), problems=())
    return FileDraft(
        position=0,
        path=(),
        size=len(words),
        sha256=hashlib.sha256(words).hexdigest(),
        kind="text",
        outcome="forms",
        weighed=weighed(found.signals),
        submissions=(nil,),
    )
