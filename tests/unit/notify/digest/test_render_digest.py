"""The page and its plain twin."""

import re
from html import unescape
from pathlib import Path

import pytest

from config.read_notice import load_notice
from ledger.results import FormState
from notify.digest.render_digest import excerpt, render_digest_html, render_digest_text
from tests.builders.form_tables import NOTICE
from tests.builders.sample_digests import (
    ID,
    NAME,
    a_busy_county,
    a_case,
    a_file,
    a_form,
    a_problem,
    a_status,
    a_unit,
    digest_of,
)


def text_of(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", html))


def test_page_and_text_say_the_same_numbers() -> None:
    digest = a_busy_county()

    page, text = text_of(render_digest_html(digest)), render_digest_text(digest)

    for said in (
        digest.sum_line,
        "未报：52家单位，56项",
        "未返校个案：4名，劝返逾期2名",
        "需要您判断的文件：3份",
    ):
        assert said in page
        assert said in text


def test_neither_shows_a_whole_name_an_identity_number_or_a_guardians_phone() -> None:
    digest = digest_of(
        a_status(a_unit("西沱镇", a_form("附件1", FormState.MISSING))),
        cases=(a_case(),),
        files=(a_file(subject=f"{ID}的材料", path=(f"{ID}.xlsx",)),),
        problems=(a_problem(),),
    )

    for said in (render_digest_html(digest), render_digest_text(digest)):
        assert "谭**" in said
        assert NAME not in said
        assert ID not in said
        assert "13900000000" not in said


def test_sections_without_content_vanish() -> None:
    digest = digest_of(a_status(a_unit("西沱镇", a_form("附件1", FormState.MISSING))))

    for said in (render_digest_html(digest), render_digest_text(digest)):
        assert "未报：1家单位，1项" in said
        for absent in (
            "迟报：",
            "未返校个案：",
            "需要您判断",
            "已来件待核：",
            "没有需要处理的事",
        ):
            assert absent not in said


def test_a_clean_day_says_so_in_one_line() -> None:
    digest = digest_of(a_status(a_unit("西沱镇", a_form("附件1", FormState.RECEIVED))))

    for said in (render_digest_html(digest), render_digest_text(digest)):
        assert "今天没有需要处理的事" in said
        assert "可直接贴到QQ群" not in said


def test_a_long_list_shows_forty_lines_and_says_how_many_are_left() -> None:
    units = [a_unit(f"样例{number:03}小学", a_form("附件2", FormState.MISSING)) for number in range(100)]

    digest = digest_of(a_status(*units))

    for said in (render_digest_html(digest), render_digest_text(digest)):
        listed = said.split("未报：100家单位")[1].split("其余60项")[0]
        assert listed.count("小学") == 40
        assert "其余60项见附表" in said


def test_a_rest_of_one_is_shown_instead_of_announced() -> None:
    assert excerpt(range(41)).remaining == 0
    assert excerpt(range(42)).remaining == 2


def test_what_a_unit_wrote_is_text_on_the_page() -> None:
    digest = digest_of(
        a_status(), files=(a_file(subject="<script>alert(1)</script>", path=("<img src=x>.xls",)),)
    )

    page = render_digest_html(digest)

    assert "<script" not in page
    assert "<img" not in page


def test_the_page_carries_its_style_in_its_elements_and_loads_nothing() -> None:
    page = render_digest_html(a_busy_county())

    assert "<style" not in page
    assert 'style="' in page
    assert "max-width: 680px" in page
    assert not re.search(r"https?://|<link|<img|url\(", page)


def test_rendering_twice_gives_the_same() -> None:
    assert render_digest_html(a_busy_county()) == render_digest_html(a_busy_county())
    assert render_digest_text(a_busy_county()) == render_digest_text(a_busy_county())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({}, ("由县教委核定", "可直接贴到QQ群")),
        (
            {"authority": "县教育局", "group_channel": "微信群"},
            ("由县教育局核定", "可直接贴到微信群"),
        ),
    ],
)
def test_who_decides_and_where_the_office_speaks_is_in_the_notices_words(
    words: dict[str, str], said: tuple[str, ...]
) -> None:
    school = a_unit("西沱中学", a_form("附件2", FormState.MISSING))
    digest = digest_of(a_status(school), notice=NOTICE.model_copy(update=words))

    for shown in (render_digest_html(digest), render_digest_text(digest)):
        assert all(word in shown for word in said)
    assert "学校没有分值" in render_digest_html(digest)


def test_no_kind_of_unit_is_said_to_cost_nothing_where_all_have_a_figure() -> None:
    notice = NOTICE.model_copy(update={"deduction": {"township": 0.1, "school": 0.1}})
    digest = digest_of(a_status(a_unit("西沱中学", a_form("附件2", FormState.MISSING))), notice=notice)

    assert "没有分值" not in render_digest_html(digest)


@pytest.mark.parametrize(
    ("file", "step"),
    [
        ("2023-autumn", "补报劝返登记表和劝返证明"),
        ("2024-shiqiao", "补报劝返情况登记表"),
        ("2024-yunling", "补报劝学工作记录表"),
    ],
)
def test_what_is_sent_in_after_the_visits_is_called_as_the_notice_does(file: str, step: str) -> None:
    status = a_status(a_unit("西沱中学", a_form("附件2", FormState.RECEIVED)))
    digest = digest_of(status, cases=(a_case(escalation="owed"),), notice=load_notice(Path(f"{file}.toml")))
    (case,) = digest.cases

    assert case.next_step.split("；")[0] == step
