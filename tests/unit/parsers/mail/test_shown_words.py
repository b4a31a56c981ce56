"""What a person sees of a page is its words: nothing hidden, nothing quoted."""

import pytest

from parsers.mail.shown_words import shown_words


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


@pytest.mark.parametrize(
    "quoted",
    [
        "<blockquote>12 同意</blockquote>", '<div class="gmail_quote">12 同意</div>', "<div id='isReplyContent'>12 同意</div>",
        "<includetail><div>12 同意</div></includetail>", '<div id="divRplyFwdMsg">12 同意</div>', "<div class='qmbox'>12 同意</div>",
    ],
)  # fmt: skip
def test_at_a_quotation_the_page_ends(quoted: str) -> None:
    if quoted.startswith("<includetail"):
        quoted = quoted.replace("<includetail>", "<div class='includetail'>", 1).replace(
            "</includetail>", "</div>"
        )
    assert shown_words(f"<p>收到</p>{quoted}<p>13 同意</p>") == ("收到", False)


def test_plain_pages_are_read_line_by_line() -> None:
    page = "<html><head><style>p{color:#333}</style></head><body><p>12 同意</p><div>14&nbsp;不是<b>同一人</b><br>谢谢</div></body></html>"
    assert shown_words(page) == ("12 同意\n14 不是同一人\n谢谢", False)


def test_empty_hidden_elements_are_no_matter() -> None:
    assert shown_words(
        "<p>12 同意</p><div style='display:none'> </div><img style='display:none' src='x'>"
    ) == ("12 同意", False)
