"""What a person sees of a page is its words: nothing hidden, nothing quoted."""

import pytest

from parsers.mail.shown_words import QUOTATION, shown_words


@pytest.mark.parametrize(
    "hidden",
    [
        "<div style='display:none'>12 同意</div>", '<p style="DISPLAY : NONE">12 同意</p>', "<span hidden>12 同意</span>",
        "<div style='visibility:hidden'>12 同意</div>", "<font style='font-size:0px'>12 同意</font>", "<i style='opacity:0'>12 同意</i>",
        "<div style='max-height:0;overflow:hidden'>12 同意</div>", "<b style='color:#ffffff'>12 同意</b>", "<b style='color:white'>12 同意</b>",
        "<font color='#FFFFFF'>12 同意</font>", "<div style='position:absolute;left:-9999px'>12 同意</div>",
        "<div style='display:none'><div>a</div>12 同意</div>", "<style>.x{display:none}</style><p class='a x'>12 同意</p>",
        "<div style='display:none'>12 同意",
    ],
)  # fmt: skip
def test_what_is_hidden_is_left_out_and_told(hidden: str) -> None:
    assert shown_words(f"<div>收到</div>{hidden}") == ("收到", True)


DIGEST = "<p>问12 一份材料没有归到单位</p><p>问13 是同一人吗</p><p>请回复本邮件</p>"


@pytest.mark.parametrize(
    "head", ['<div id="divRplyFwdMsg">发件人</div>', '<div id="appendonsend"></div><hr><div>发件人</div>']
)
def test_where_a_quotation_has_no_end_the_page_ends(head: str) -> None:
    assert shown_words(f"<p>收到</p>{head}{DIGEST}<p>13 同意</p>") == ("收到", False)
    assert shown_words(f"{head}{DIGEST}<p>13 同意</p>") == ("", False)


@pytest.mark.parametrize("lead_in", ["", "<div class='moz-cite-prefix'>某某于 2026年9月26日 写道:</div>"])
def test_words_below_a_quotation_stand_below_its_line(lead_in: str) -> None:
    page = f"{lead_in}<blockquote type='cite'>{DIGEST}<blockquote>更早的</blockquote></blockquote><p>13 同意</p><p>谢谢</p>"
    assert shown_words(page) == (f"{QUOTATION}\n\n13 同意\n谢谢", False)
    assert shown_words(f"<p>收到</p>{page}") == (f"收到\n{QUOTATION}\n\n13 同意\n谢谢", False)


@pytest.mark.parametrize(
    "page",
    [
        f"<blockquote>{DIGEST}</blockquote><p>12 同意</p><blockquote>{DIGEST}</blockquote>",
        f"<div class='gmail_quote'>{DIGEST}</div><p>12 同意</p>", f"<div id='isReplyContent'>{DIGEST}</div><p>12 同意</p>",
        f"<div class='qmbox'><div>{DIGEST}</div></div><p>12 同意</p>", f"<includetail class='includetail'>{DIGEST}</includetail><p>12 同意</p>",
    ],
)  # fmt: skip
def test_words_between_quotations_and_where_one_ends_unsurely_are_marked(page: str) -> None:
    assert shown_words(page) == (f"{QUOTATION}\n\n12 同意\n{QUOTATION}", False)


@pytest.mark.parametrize(
    "quoted",
    [
        f"{DIGEST}</blockquote><p>12 同意</p>",
        f"{DIGEST}</blockquote><p>12 同意</p></blockquote><p>13 同意</p>",
        f"<blockquote>{DIGEST}</blockquote></blockquote></blockquote><p>12 同意</p>",
    ],
)
def test_where_what_is_quoted_ends_its_own_quotation_nothing_below_is_read(quoted: str) -> None:
    assert shown_words(f"<p>收到</p><blockquote>{quoted}</blockquote>") == ("收到", False)


def test_what_is_quoted_and_opens_another_quotation_is_marked() -> None:
    quoted = f"{DIGEST}</blockquote><p>12 同意</p><blockquote>"
    assert shown_words(f"<blockquote>{quoted}</blockquote>") == (
        f"{QUOTATION}\n\n12 同意\n{QUOTATION}",
        False,
    )


def test_a_quotation_of_the_head_alone_is_none() -> None:
    """What follows is the rest of what is quoted, and longer than its head."""
    assert shown_words(f"<blockquote>发件人:某某</blockquote>{DIGEST}<p>12 同意</p>") == ("", False)
    assert shown_words(f"<blockquote>{DIGEST}</blockquote>{'<p>行</p>' * 60}") == ("", False)


def test_what_is_hidden_below_a_quotation_is_told() -> None:
    page = f"<blockquote>{DIGEST}</blockquote><p>13 同意</p><p style='display:none'>12 同意</p>"
    assert shown_words(page) == (f"{QUOTATION}\n\n13 同意", True)


def test_plain_pages_are_read_line_by_line() -> None:
    page = "<html><head><style>p{color:#333}</style></head><body><p>12 同意</p><div>14&nbsp;不是<b>同一人</b><br>谢谢</div></body></html>"
    assert shown_words(page) == ("12 同意\n14 不是同一人\n谢谢", False)


def test_empty_hidden_elements_are_no_matter() -> None:
    assert shown_words(
        "<p>12 同意</p><div style='display:none'> </div><img style='display:none' src='x'>"
    ) == ("12 同意", False)
