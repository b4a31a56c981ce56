"""Chinese gets full-width marks, and nothing else changes.

Full-width marks are written as escapes: an editor on the way turns them into their ASCII twins.
"""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.text.punctuation import set_punctuation

MARKS = {ord(mark): ord(mark) + 0xFEE0 for mark in ",:;?!()"}
"""The seven marks and their full-width twins."""


def fully(text: str) -> str:
    """The text with every mark full-width."""
    return text.translate(MARKS)


def ascii_marks(text: str) -> str:
    return text.translate({full: half for half, full in MARKS.items()})


def test_the_marks_are_those_of_the_standard():
    assert set_punctuation("甲,乙:丙;丁(戊)吗?好!") == (
        "甲\uff0c乙\uff1a丙\uff1b丁\uff08戊\uff09吗\uff1f好\uff01"
    )


@pytest.mark.parametrize(
    "text",
    [
        "西沱中学附件4:已收到,12人,有3处需更正",
        "按时12(100%),迟报1,未报0",
        "应报12(87.4%) · 待报3",
        "第5,8,9行:身份证号不是18位",
        "逾期未报。2个单位:甲镇未报附件1;乙校未报附件2。",
        "(一)逾期未报。(二)填报质量。",
        "附件2(含零报告1个),更正2项",
        "请改用 WPS 或 Excel,另存为 .xlsx,再发",
        "密码(授权码)不能写在配置文件里,请删去",
        "只能写一行(两层方括号):请改",
        "(没有附件的邮件)",
        "姓名、身份证号(含末位X)一致;住址不同",
        "与其余报送只凭(姓名(音近)、出生日期)相连,请核实",
    ],
)
def test_every_mark_of_a_chinese_sentence_is_full_width(text: str):
    assert set_punctuation(text) == fully(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "No such file (2), please: try again!",
        "GB/T 15834, 2011; see (4.1)",
        "共1,234人",
        "学生1,234,567名",
        "截至9月26日8:00",
        "2023-09-26 08:05 收到",
        "比例是3:1",
        "填的是“甲(乙),丙:丁?”",
        "他写‘甲,乙’",
        "发件人a.b@example.org",
        "甲 https://example.org/a?b=(1),c:d",
        "西沱小学附件2(更正).xlsx",
        "西沱小学 附件4(1).xlsx",
        "西沱小学.zip › 附件2(更正)/名册(1).xls",
        "/数据/控辍(新)/附件",
        r"D:\数据\附件",
        "remind:2023-autumn:西沱镇:2023-09-26",
        "kongchuo assign m1 --unit '甲(乙),丙' --form 附件4",
        "kongchuo gaps --as-of 2023-09-26 --config ./kongchuo.toml",
        "[smtp] host、port、username",
        "用 sqlite:///kongchuo.db 写",
        "甲(没有右括号",
        "1)甲",
    ],
)
def test_what_is_no_sentence_stays(text: str):
    assert set_punctuation(text) == text


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("证明材料已收到(向丁休学证明.png),请核对", "证明材料已收到\uff08向丁休学证明.png\uff09\uff0c请核对"),
        ("没有读出来(附件4(1).xlsx):请重发", "没有读出来\uff08附件4(1).xlsx\uff09\uff1a请重发"),
        ("收件人 a@b.cn 被拒收(550 no, such (user):x):请核对", "收件人 a@b.cn 被拒收\uff08550 no, such (user):x\uff09\uff1a请核对"),
        ("“姓名”是公式错误(#REF!):请改", "“姓名”是公式错误\uff08#REF!\uff09\uff1a请改"),
        ("请改 [smtp] host、port,稍后再试", "请改 [smtp] host、port\uff0c稍后再试"),
        ("邮件超过20MB([smtp] megabytes):没有发送", "邮件超过20MB\uff08[smtp] megabytes\uff09\uff1a没有发送"),
        ("连不上 smtp.example.org:465(timed out):请检查", "连不上 smtp.example.org:465\uff08timed out\uff09\uff1a请检查"),
        ("看 https://example.org/a,b:好", "看 https://example.org/a,b\uff1a好"),
        ("可用:sqlite:///a.db", "可用\uff1asqlite:///a.db"),
        ("已撤回 remind:2023-autumn:西沱镇:2023-09-26,不再发", "已撤回 remind:2023-autumn:西沱镇:2023-09-26\uff0c不再发"),
        ("共1,234人,8:00到9:30,3:1", "共1,234人\uff0c8:00到9:30\uff0c3:1"),
        ("谭**(西沱中学):请问", "谭**\uff08西沱中学\uff09\uff1a请问"),
        ("&#34;甲&#34;(乙)", "&#34;甲&#34;\uff08乙\uff09"),
        ("甲\uff08乙),丙", "甲\uff08乙)\uff0c丙"),
    ],
)  # fmt: skip
def test_both_stand_in_one_sentence(text: str, wanted: str):
    assert set_punctuation(text) == wanted


_PIECES = st.sampled_from(
    [
        *"甲镇,:;?!()“”‘’。、·\n 1234.%/\\'-_@&#[]{}*",
        "附件4", "12", "1,234", "8:00", "请", "host", ".xlsx", "https://", "a@b.cn", "kongchuo", "--as-of", "\uff0c", "\uff08", "\uff09", "remind:a:",
    ]
)  # fmt: skip
_TEXTS = st.one_of(st.lists(_PIECES, max_size=30).map("".join), st.text(max_size=60))


@given(_TEXTS)
def test_setting_again_changes_nothing(text: str):
    once = set_punctuation(text)

    assert set_punctuation(once) == once


@given(_TEXTS)
def test_marks_become_their_twins_and_all_else_stays(text: str):
    after = set_punctuation(text)

    assert len(after) == len(text)
    assert all(
        new == old or (old in ",:;?!()" and new == fully(old)) for old, new in zip(text, after, strict=True)
    )
    assert ascii_marks(after) == ascii_marks(text)


@given(_TEXTS)
def test_numbers_words_and_addresses_are_found_again(text: str):
    after = set_punctuation(text)

    for pattern in (
        r"[0-9]{1,2}:[0-9]{2}",
        r"(?<![0-9,])[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])",
        r"[A-Za-z0-9@._-]+",
        r"--[a-z-]+",
    ):
        assert re.findall(pattern, after) == re.findall(pattern, text)


@given(_TEXTS)
def test_what_is_quoted_stays(text: str):
    quoted = "“" + text.replace("”", "").replace("\n", "")[:200] + "”"

    assert quoted in set_punctuation(f"填的是{quoted},请改:好")


@given(st.text(alphabet=st.characters(max_codepoint=0x7F), max_size=80))
def test_english_stays(text: str):
    assert set_punctuation(text) == text


@given(
    st.lists(st.sampled_from([*"甲乙丙", ",", ":", ";", "12", "附件3", "(丁)"]), min_size=1, max_size=20).map(
        "".join
    )
)
def test_between_chinese_no_ascii_mark_is_left(text: str):
    left = re.search(r"[\u4e00-\u9fff][,:;()]|[,;()][\u4e00-\u9fff]", set_punctuation(text))

    assert left is None
