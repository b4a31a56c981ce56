"""Renders the digest as HTML and as plain text, with the same numbers."""

from functools import partial
from urllib.parse import quote

from config.answers.reply_codes import PLACEHOLDER, write_code
from config.text.punctuation import set_punctuation
from notify.digest.digest import Digest
from notify.digest.lines.question_lines import PossibleAnswer, QuestionLine
from notify.digest.mail_lists import build_mail_lists, build_question_lists
from notify.shown_dates import format_day
from notify.templates import render_html, render_text


def _tapped_link(address: str, question: QuestionLine, answer: PossibleAnswer) -> str:
    """Returns the ``mailto:`` link that opens a mail with this answer.

    Its meaning is the subject's, in ASCII and on one line: mail programs garble Chinese in links and drop line breaks.
    """
    subject = f"{question.number}{answer.letter} {write_code(PLACEHOLDER)}"
    body = set_punctuation(f"({question.label}:{answer.label}。请直接发送,不用改;这一行只是给您看的。)")
    return f"mailto:{quote(address, safe='@')}?subject={quote(subject)}&body={quote(body)}"


def render_digest_html(digest: Digest, chart: str | None = None) -> str:
    """Returns the HTML page with inlined styles; it loads no external resource.

    Args:
        chart: the address of the picture of progress: ``cid:…`` in a mail, ``data:…`` in a file; None for none.
    """
    return render_html("notify.digest", "digest", _digest_context(digest) | {"chart": chart})


def render_digest_text(digest: Digest) -> str:
    """Returns the digest as plain text, for clients without HTML."""
    return render_text("notify.digest", "digest", _digest_context(digest))


def _digest_context(digest: Digest) -> dict[str, object]:
    return {
        "digest": digest,
        "tap": partial(_tapped_link, digest.answer_address),
        "questions_hint": _questions_hint(digest),
        "counts": digest.numbers,
        "question_lists": build_question_lists(digest),
        "lists": build_mail_lists(digest),
        "chart_description": _chart_description(digest),
        "message_lines": digest.group_message.split("\n"),
    }


def _questions_hint(digest: Digest) -> str:
    """Returns how to answer the questions; empty where there are none."""
    if not digest.questions:
        return ""
    whole = f"全部{len(digest.questions)}件见附表“待您决定”"
    if digest.answer_address:
        return f"{whole}:点按钮、照灰框里的写法回复本邮件,或把附表填好发回,都可以。"
    return f"{whole};请管理员在装有本程序的电脑上按问号后的编号答复。"


def _chart_description(digest: Digest) -> str:
    """Returns the chart's alternative text."""
    if not digest.course.reported:
        return ""
    start, last = digest.course.reported[0], digest.course.reported[-1]
    due = f"，截止{digest.due_words}" if digest.due else ""
    return set_punctuation(
        f"报送进度：{format_day(start[0])}起陆续报送，到{format_day(last[0])}已报{last[1]}项，应报{digest.numbers.expected}项{due}"
    )
