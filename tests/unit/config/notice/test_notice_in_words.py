"""What a notice means, in Chinese."""

from pathlib import Path

import pytest

from config.notice.notice_doubts import doubts_about
from config.notice.notice_in_words import describe_due, explain_notice
from config.notice.sections.unit_rules import SweepRules
from config.read_notice import load_base, load_notice
from tests.builders.values.form_tables import NOTICE


def other(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "notice.toml"
    file.write_text(f'extends = "2023-autumn.toml"\nid = "other"\n{text}', "utf-8")
    return file


def test_the_autumn_notice_is_clear():
    text = "\n".join(line for section in explain_notice(NOTICE) for line in section.lines)

    assert doubts_about(NOTICE) == ()
    assert "附件4《" in text
    assert "2023年9月25日前报,没有学生也要报" in text
    assert "乡镇(街道),附件3里有失学、辍学学生时报" in text
    assert "失学、辍学——失学辍学,立个案、要劝返" in text
    assert "乡镇(街道)扣0.1分" in text


@pytest.mark.parametrize(
    ("due", "words"),
    [
        ('"每月25日"', "每月25日前"),
        ('"每周五17:00"', "每周五17:00前"),
        ('"每季度末月底"', "每季度末月底前"),
        ('"每日"', "每日"),
        ("[2023-09-25, 2023-10-25]", "2023年9月25日、2023年10月25日前"),
        ("2023-09-25T12:00:00", "2023年9月25日12:00前"),
        ("[2023-09-25T12:00:00, 2023-10-25]", "2023年9月25日12:00、2023年10月25日前"),
    ],
)
def test_dues(tmp_path: Path, due: str, words: str):
    notice = load_notice(other(tmp_path, f'[[forms]]\nkey = "附件1"\ndue = {due}\n'))

    assert describe_due(notice.form("附件1")) == words


def test_what_is_taken_over_and_what_is_doubtful(tmp_path: Path):
    path = other(
        tmp_path,
        """
[[forms]]
key = "附件7"
removed = true
[[forms]]
key = "表2"
title = "统计表"
title_patterns = ["统计表"]
sender = "vilage"
fields = ["seq"]
[vocabularies.status]
values = { "劝学中" = [], "已销号" = [] }
""",
    )
    notice, base = load_notice(path), load_base(path)
    taken = explain_notice(notice, base)[-1].lines
    doubts = "\n".join(doubts_about(notice))

    assert "原来的附件不要了:附件7" in taken
    assert "附件新写的:表2" in taken
    assert "表2没有写 role" in doubts
    assert "表2要报,却没有写 due" in doubts
    assert "vilage" in doubts
    assert "类别“已销号”没有写含义" in doubts


def test_what_numbers_are_checked_against():
    notice = load_notice(Path("2024-shiqiao.toml"))
    (line,) = [
        line for section in explain_notice(notice) for line in section.lines if line.startswith("表3:")
    ]

    assert "本月新增辍学人数核对本期新的" in line
    assert line.endswith("免学人数核对免学")


def test_what_a_status_usually_means_is_said_where_the_notice_does_not(tmp_path: Path):
    notice = load_notice(
        other(tmp_path, '[vocabularies.status]\nvalues = { "劝学中" = [], "已劝返" = [] }\n')
    )
    (line,) = [
        line for section in explain_notice(notice) for line in section.lines if line.startswith("类别:")
    ]

    assert doubts_about(notice) == ()
    assert "失学、辍学、劝学中(按通常含义)——失学辍学" in line
    assert "已劝返(按通常含义)——已返校" in line


@pytest.mark.parametrize(
    ("lines", "doubt"),
    [
        ('key = "附件7"\ndue = 2023-09-25', "附件7写了 due,又写着不要求报"),
        ('key = "附件6"\ntrigger = { form = "附件2" }', "附件6的 trigger 指向附件2,它不是台账"),
    ],
)
def test_what_contradicts_itself_is_doubtful(tmp_path: Path, lines: str, doubt: str):
    (said,) = doubts_about(load_notice(other(tmp_path, f"[[forms]]\n{lines}\n")))

    assert said.startswith(doubt)


@pytest.mark.parametrize(
    ("lines", "doubts"),
    [
        ('office = "清溪县教育局"', ["county_words"]),
        ('office = "清溪县教育局"\ncounty_words = ["清溪县"]', []),
        ("opened = 2024-09-01", ["period_words"]),
        ('opened = 2024-09-01\nperiod_words = ["2024年秋"]', []),
        ('office = "清溪县教育局"\nopened = 2024-09-01', ["county_words", "period_words"]),
    ],
)
def test_the_names_of_another_county_or_semester_are_doubtful(tmp_path: Path, lines: str, doubts: list[str]):
    path = other(tmp_path, '[forms]\nbase = "removed"\n')
    path.write_text(path.read_text("utf-8").replace("[forms]", f"{lines}\n[forms]"), "utf-8")

    said = [doubt.split(" ")[0] for doubt in doubts_about(load_notice(path), load_base(path))]

    assert [words for words in said if words.endswith("_words")] == doubts


def taken_over(path: Path) -> tuple[str, ...]:
    return explain_notice(load_notice(path), load_base(path))[-1].lines


NEW_FORM = """
title = "学生名册"
title_patterns = ["学生名册"]
role = "roll"
sender = "school"
due = 2024-09-15
fields = ["name", "id_number"]
"""


@pytest.mark.parametrize(
    "text",
    [
        f'[forms]\nbase = "removed"\n[forms."附件1"]\n{NEW_FORM}',
        f'[forms]\n"附件2" = "removed"\n[forms."附件1"]\nbase = "removed"\n{NEW_FORM}',
        f'[forms]\n"附件2" = "removed"\n[forms."附件1"]\n{NEW_FORM}',
    ],
)
def test_a_form_that_was_taken_back_is_not_said_to_be_changed(tmp_path: Path, text: str):
    lines = taken_over(other(tmp_path, text))

    assert not any(line.startswith("附件改过的") for line in lines)
    assert "附件新写的:附件1" in lines
    (gone,) = [line for line in lines if line.startswith("原来的附件不要了:")]
    assert gone.startswith("原来的附件不要了:附件1、附件2")


def test_a_form_with_other_words_is_changed(tmp_path: Path):
    lines = taken_over(other(tmp_path, '[forms."附件1"]\ndue = 2024-09-15\n'))

    assert "附件改过的:附件1" in lines
    assert not any("不要了" in line for line in lines)


def test_values_that_were_taken_back_are_named(tmp_path: Path):
    lines = taken_over(other(tmp_path, '[vocabularies.status.values]\n"失学" = "removed"\n"流失" = []\n'))

    assert "词表 status:新加流失;沿用辍学、休学、延缓入学;不要了失学" in lines


def test_stages_are_those_of_schools_alone(tmp_path: Path):
    notice = load_notice(
        other(tmp_path, '[forms."附件4"]\nsenders = ["school", "district"]\nstages = ["初中"]\n')
    )
    text = "\n".join(line for section in explain_notice(notice) for line in section.lines)

    assert "学校(初中)、学区(中心校)2023年9月25日前报" in text


def test_another_county_takes_over_no_monthly_round(tmp_path: Path):
    county = 'office = "清溪县教育局"\ncounty_words = ["清溪县"]\n'
    says_so = "[sweep]\nremind_on = 20\n"

    assert load_notice(other(tmp_path, county)).sweep.remind_on is None
    assert load_notice(other(tmp_path, county + says_so)).sweep == SweepRules(name="排查", remind_on=20)


def test_a_notice_may_take_back_the_monthly_round(tmp_path: Path):
    notice = load_notice(other(tmp_path, '[sweep]\nbase = "removed"\n'))
    text = "\n".join(line for section in explain_notice(notice) for line in section.lines)

    assert notice.sweep.remind_on is None
    assert "大走访" not in text


def test_a_register_whose_rows_all_mean_one_status_is_clear(tmp_path: Path):
    form = """
[forms."表7"]
title = "缺勤登记表"
title_patterns = ["缺勤登记"]
role = "register"
sender = "school"
due = "每周五"
fields = ["name", "absent_days"]
implied = { status = "辍学" }
"""

    assert doubts_about(load_notice(other(tmp_path, form))) == ()


@pytest.mark.parametrize(
    ("more", "whom"),
    [
        ("", "疑似辍学、辍学"),
        ("[fields.perhaps]\nheading = '疑似'\nkind = 'int'\ncounts = 'suspected'\n", "辍学"),
    ],
)
def test_who_is_out_is_counted_with_who_perhaps_is(tmp_path: Path, more: str, whom: str):
    text = f"""
[vocabularies.status]
base = "removed"
values = {{ "辍学" = [], "疑似辍学" = [] }}
meanings = {{ "辍学" = "out", "疑似辍学" = "suspected" }}
[fields.now]
heading = "辍学人数"
kind = "int"
counts = "out"
{more}
[forms]
base = "removed"
[forms."月报"]
title = "月报表"
title_patterns = ["月报"]
role = "counts"
sender = "school"
due = "每月25日"
fields = ["now"{', "perhaps"' if more else ""}]
"""
    notice = load_notice(other(tmp_path, text))

    lines = [line for section in explain_notice(notice) for line in section.lines]

    assert any(f"辍学人数核对{whom}" in line.split(";") for line in lines)
