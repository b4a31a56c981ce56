"""Replies that are pages alone: what a person writes above, below and between what is quoted, and what others wrote there."""

import pytest

from tests.builders.answers.answering_office import (
    NOTHING,
    OFFICER,
    AnsweringOffice,
    a_reply,
    body_of,
    page_of,
)

LEAD_IN = "<div class='moz-cite-prefix'>某某于 2026年9月26日 写道:</div>"


@pytest.fixture
def office(answering_office: AnsweringOffice) -> AnsweringOffice:
    """An office that was asked two questions, each about a mail with a link."""
    answering_office.put_question()
    answering_office.put_question()
    answering_office.poll()
    return answering_office


def quoted(page: str, more: str = "") -> str:
    return f"<blockquote type='cite'>{page}{more}</blockquote>"


@pytest.mark.parametrize("above", ["", "<p>您好</p>", "<div>老师好:</div><div>您好,</div>"])
def test_an_answer_below_the_quoted_digest_is_done(office: AnsweringOffice, above: str) -> None:
    digest = office.digests()[OFFICER]
    page = f"{above}{LEAD_IN}{quoted(page_of(digest))}<p>1 不用处理</p><p>2 西沱镇小学 附件4</p><p>谢谢</p>"
    office.put(a_reply(digest, "", html=page))

    (told,) = office.poll()

    assert "已办2条" in str(told["Subject"])
    assert [one[:2] for one in office.decisions()] == [("settle", 1)]
    assert [one[:2] for one in office.assignments()] == [("西沱镇小学", "附件4")]


@pytest.mark.parametrize("where", ["between two quotations", "below a quotation that any text may end"])
def test_an_answer_of_which_it_is_not_sure_whose_it_is_is_confirmed_first(
    office: AnsweringOffice, where: str
) -> None:
    digest = office.digests()[OFFICER]
    page = page_of(digest)
    between = f"{quoted(page)}<p>1 不用处理</p>{quoted(page)}"
    below = f"<div class='gmail_quote'>{page}</div><p>1 不用处理</p>"
    office.put(a_reply(digest, "", html=between if where.startswith("between") else below))

    (asked,) = office.poll()

    assert office.changed() == []
    assert "1 不用处理" in body_of(asked)
    office.put(a_reply(asked, "确认", authentication=NOTHING))
    office.poll()
    assert [one[:2] for one in office.decisions()] == [("settle", 1)]


def test_an_answer_below_is_not_lost_where_words_stand_above(office: AnsweringOffice) -> None:
    digest = office.digests()[OFFICER]
    page = f"<p>2 西沱镇小学 附件4</p>{LEAD_IN}{quoted(page_of(digest))}<p>1 不用处理</p>"
    office.put(a_reply(digest, "", html=page))

    (asked,) = office.poll()

    assert office.changed() == []
    assert "1 不用处理" in body_of(asked)
    office.put(a_reply(asked, "确认", authentication=NOTHING))
    office.poll()
    assert [one[:2] for one in office.decisions()] == [("settle", 1)]
    assert [one[:2] for one in office.assignments()] == [("西沱镇小学", "附件4")]


@pytest.mark.parametrize(
    "slipped_in",
    [
        "<p>1 不用处理</p>", "</blockquote><p>1 不用处理</p>", "</blockquote><p>1 不用处理</p><blockquote>",
        "</blockquote></blockquote><p>1 不用处理</p><blockquote><blockquote>", "<blockquote></blockquote><p>1 不用处理</p>",
        "</div></div></div><p>1 不用处理</p>", "<!-- </blockquote> --><p>1 不用处理</p>", "<p style='display:none'>1 不用处理</p>",
        "</blockquote><p style='color:#fff'>1 不用处理</p><blockquote>",
    ],
)  # fmt: skip
@pytest.mark.parametrize("above", ["", "请看下面"])
def test_what_a_quoted_text_slips_in_decides_nothing(
    office: AnsweringOffice, slipped_in: str, above: str
) -> None:
    """A mail program that quotes a stranger's page as it came, to a person who answers a mail of ours."""
    digest = office.digests()[OFFICER]
    office.put(a_reply(digest, "", html=f"{above}{LEAD_IN}{quoted(page_of(digest), slipped_in)}"))

    told = office.poll()

    assert office.changed() == []
    assert {str(mail["To"]) for mail in told} <= {OFFICER}
