import subprocess
import sys

import pytest

from parsers.mail.html_text import holds_form, html_to_text

PAGE = """<html><head><style>td {color: red} <b>x</b></style><title>题</title></head><body><!-- <p>不</p> -->
<p title="a > b">您好&nbsp;&amp;&#20320;<table><tr><td>姓 名<th>身份证号</td></table><script>if (a<b) x()</script>
<a href='http://a/?x=1&amp;y=2'>链接</a><![if !x]>后<br>1 < 2 <3人></body>"""


def test_a_page_is_lines_and_cells_without_what_is_hidden():
    text, links = html_to_text(PAGE)

    assert text.split("\n") == ["您好 &你", "姓 名\t身份证号", "链接后", "1 < 2 <3人>"]
    assert links == ("http://a/?x=1&y=2",)


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("前<!-- 没有完", "前 没有完"),
        ("<style>没有完", "没有完"),
        ('前<a href="没有完>后<p>末', "前后\n末"),
        ("前<b 没有完", "前<b 没有完"),
        ("&#" + "9" * 5000 + ";", "&#" + "9" * 5000 + ";"),
    ],
)
def test_what_is_never_closed_hides_nothing_behind_it(page, text):
    assert html_to_text(page)[0] == text


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (PAGE, True),
        ("<TABLE>姓名 身份证", True),
        ("姓名<table>身份证", False),
        ("<table>姓名</table>身份证", False),
        ("<table>身份证 姓名</table>", False),
        ("<table>学生名字 公民身份号码", True),
        ("<table>姓名 证件号码", True),
        ("<table>姓名 劝返时间", True),
        ("<table>姓名 500240201203041234", True),
        ("<table>姓名 电话 地址", False),
    ],
)
def test_a_form_is_known_by_the_headings_of_one_table(page, expected):
    assert holds_form(page) is expected


PIECES = (
    "<table甲甲姓  名甲甲身份", "<table>", "<!--", "<![", "<script", "<script>", "<style>x", "</", "<a ", '<a href="',
    "<a href='", "<a>'\"", "<?", "&#", "&#1", "< ", "\t ", " ", "<td \"", "<title>", "<a href", "&amp",
)  # fmt: skip


def test_no_page_takes_longer_than_its_length():
    """Each of 300 KB; the processor time that the child may have is a hundred times what it needs."""
    program = (
        "import resource; resource.setrlimit(resource.RLIMIT_CPU, (60, 60))\n"
        "from parsers.mail.html_text import holds_form, html_to_text\n"
        f"for piece in {PIECES!r}: html_to_text(piece * (300_000 // len(piece))), holds_form(piece * 100_000)\n"
    )
    assert subprocess.run([sys.executable, "-P", "-c", program], check=False).returncode == 0
