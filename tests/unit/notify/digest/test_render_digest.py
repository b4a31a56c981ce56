"""The page and its plain twin."""

import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from config.read_notice import load_notice
from ledger.results import FormState
from notify.digest.render_digest import render_digest_html, render_digest_text
from tests.builders.values.form_tables import NOTICE
from tests.builders.values.sample_digests import (
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
        "未报\uff1a52家单位\uff0c56项",
        "今天要打电话的单位 52家",
        "需要您判断 3件",
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
        assert "今天要打电话的单位 1家" in said
        for absent in (
            "迟报\uff1a",
            "未报\uff1a1家",
            "未返校个案\uff1a",
            "需要您判断",
            "已来件待核\uff1a",
            "没有需要处理的事",
        ):
            assert absent not in said


def test_a_clean_day_says_so_in_one_line() -> None:
    digest = digest_of(a_status(a_unit("西沱镇", a_form("附件1", FormState.RECEIVED))))

    for said in (render_digest_html(digest), render_digest_text(digest)):
        assert "今天没有需要处理的事" in said
        assert "可直接贴到QQ群" not in said


def test_what_a_unit_wrote_is_text_on_the_page() -> None:
    digest = digest_of(
        a_status(), files=(a_file(subject="<script>alert(1)</script>", path=("<img src=x>.xls",)),)
    )

    page = render_digest_html(digest)

    assert "<script" not in page
    assert "<img" not in page


def test_the_page_carries_its_style_in_its_elements_and_loads_nothing() -> None:
    page = render_digest_html(a_busy_county())

    assert "<style>@media" in page.replace("\n", "")
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


def test_the_newest_entry_of_the_audit_trail_stands_in_the_foot() -> None:
    digest = replace(digest_of(a_status()), audit_head="128:3f9a2c71d0b4")

    assert all(
        "操作记录末号128:3f9a2c71d0b4" in said
        for said in (render_digest_html(digest), render_digest_text(digest))
    )
