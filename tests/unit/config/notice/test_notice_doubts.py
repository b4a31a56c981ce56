"""Slips of a hurried writer that can be read, and are asked about or refused."""

import re
from pathlib import Path

import pytest

from config.errors import ConfigError
from config.notice.notice_doubts import doubts_about
from config.notice.notice_faults import find_line
from config.read_notice import load_base, load_notice

NOTICE = """
extends = "2023-autumn.toml"
id = "2024-qingxi"
title = "2024年秋季学期控辍保学"
office = "清溪县教育局"
period_words = ["2024年秋"]
county_words = ["清溪县", "清溪"]
opened = 2024-09-01
closed = 2025-01-17

[ages]
born_from = 2008-09-01
born_to = 2018-08-31

[forms]
base = "removed"

[forms."附件1"]
title = "学生名册"
title_patterns = ['学生名册']
role = "roll"
sender = "school"
due = 2024-09-15
fields = ["seq", "name", "id_number", "school", "remark"]
required = ["name"]
columns = ["name"]

[forms."残联名单"]
title = "残疾儿童名单"
title_patterns = ['残疾儿童名单']
role = "compare"
sender = "department"
due = [2024-09-20, 2024-12-20]
fields = ["seq", "name", "id_number", "disability"]
columns = ["name"]

[forms."月报"]
title = "控辍保学月报表"
title_patterns = ['月报表']
role = "counts"
sender = "school"
due = "每月25日"
fields = ["school", "now"]
columns = ["now"]

[fields.now]
heading = "辍学人数"
kind = "int"
counts = "out"

[vocabularies.status]
base = "removed"
values = { "辍学" = [], "劝学中" = [] }
meanings = { "辍学" = "out", "劝学中" = "out" }
"""


def doubts(folder: Path, text: str) -> str:
    file = folder / "qingxi.toml"
    file.write_text(text, "utf-8")
    return "\n".join(doubts_about(load_notice(file), load_base(file)))


@pytest.mark.parametrize(
    ("written", "slip"),
    [
        ("due = [2024-09-20, 2024-12-20]", "due = [2023-09-20, 2024-12-20]"),
        ("due = 2024-09-15", "due = 2025-09-15"),
        ('meanings = { "辍学" = "out", "劝学中" = "out" }', 'meanings = { "辍学" = "out", "劝学中" = "returned" }'),
        ('id = "2024-qingxi"', 'id = "2023-autumn"'),
        ('fields = ["seq", "name", "id_number", "disability"]', 'fields = ["seq", "name", "disability"]'),
        ("title_patterns = ['月报表']", "title_patterns = ['学生名册']"),
        ('role = "roll"', 'proof_until = 2023-12-31\nproof_every = true\nrole = "roll"'),
    ],
)  # fmt: skip
def test_a_doubt_names_its_line(tmp_path: Path, written: str, slip: str):
    text = NOTICE.replace(written, slip)
    file = tmp_path / "qingxi.toml"
    file.write_text(text, "utf-8")

    (said,) = doubts_about(load_notice(file), load_base(file), text)

    found = re.match("第([0-9]+)行", said)
    assert found is not None
    line = int(found[1])
    assert text.splitlines()[line - 1] == slip.splitlines()[0]


def test_what_another_form_says_is_not_this_ones_line():
    text = '[forms."附件1"]\ntitle = "x"\n\n[forms."附件2"]\ndue = 2024-09-15\n'

    assert find_line(text, "附件1", "due") == 1
    assert find_line(text, "附件2", "due") == 5


def test_a_notice_without_slips_is_clear(tmp_path: Path):
    assert doubts(tmp_path, NOTICE) == ""


@pytest.mark.parametrize(
    ("written", "slip", "said"),
    [
        ("2024-09-20, 2024", "2023-09-20, 2024", "残联名单的 due 里有2023-09-20,早于 opened"),
        ("2024-12-20]", "2025-12-20]", "残联名单的 due 里有2025-12-20,晚于 closed"),
        ("due = 2024-09-15", "due = 2025-09-15", "附件1应于2025-09-15前报,晚于 closed"),
        ('"劝学中" = "out"', '"劝学中" = "returned"', "类别“劝学中”通常是"),
        ("opened = 2024-09-01\n", "", "opened 沿用了"),
        ('period_words = ["2024年秋"]\n', "", "period_words 没有写"),
        ('county_words = ["清溪县", "清溪"]\n', "", "county_words 没有写"),
        ('office = "清溪县教育局"\n', "", "office 沿用了"),
        ("2008-09-01\nborn_to = 2018-08-31", "2006-09-01\nborn_to = 2017-08-31", "ages 沿用了"),
        ("born_from = 2008", "born_from = 1908", "ages 写的是6至115岁"),
        ('id = "2024-qingxi"', 'id = "2023-autumn"', "id 与"),
        ('["seq", "name", "id_number", "disability"]', '["seq", "name", "disability"]', "没有 id_number"),
        ('kind = "int"\ncounts = "out"', 'kind = "int"', "月报没有一列写 counts"),
        ("'月报表'", "'学生名册'", "附件1和月报的 title_patterns 里都有“学生名册”"),
        ("title_patterns = ['月报表']", "title_patterns = []", "月报没有 title_patterns"),
        ('role = "roll"', 'role = "roll"\nproof_until = 2023-12-31', "proof_until(2023-12-31)早于 opened"),
        ('sender = "department"', 'sender = "department"\nstages = ["小学"]', "残联名单写了 stages"),
        ('heading = "辍学人数"', 'heading = "就读学校"', "的表头都是“就读学校”"),
        ('heading = "辍学人数"', 'heading = "辍学人数"\nalso = ["就读学校"]', "now 也叫“就读学校”,那是 school 的表头"),
        ('role = "roll"', 'role = "roll"\nproof_until = 2024-12-31', "附件1写了 proof_until,却没有写 proof_every"),
        ('["2024年秋"]', '["2022年秋"]', "period_words 写的是2022年秋,opened 却是2024-09-01"),
    ],
)  # fmt: skip
def test_a_slip_is_asked_about(tmp_path: Path, written: str, slip: str, said: str):
    assert written in NOTICE
    assert said in doubts(tmp_path, NOTICE.replace(written, slip))


@pytest.mark.parametrize(
    ("written", "slip", "said"),
    [
        ("2008-09-01\nborn_to = 2018-08-31", "2018-08-31\nborn_to = 2008-09-01", "第12行.*请对调"),
        ('kind = "int"\ncounts', "counts", 'now.*请写 kind = "int"'),
        ('required = ["name"]', 'required = ["name", "guardian"]', "附件1 的 required 里的 guardian 不在它的 fields"),
        ("[vocabularies.status]", "[persuasion]\nabsent_days = 0\n[vocabularies.status]", "数字太小,至少是1"),
        ('office = "清溪县教育局"', 'office = ""', "office 是空的"),
        ("due = 2024-09-15", 'due = 2024-09-15\nevery = "month"', "due 和 every 同时写了"),
        ("2024-09-20, 2024", "2024-12-20, 2024", "due 里的 2024-12-20 写了两次"),
        ("due = 2024-09-15", 'due = "每周五25:00"', "看不懂"),
        ("due = 2024-09-15", 'due = "每月32日"', "看不懂"),
        ("due = 2024-09-15", 'rhythm = { every = "week", on = 9 }', "不是星期几"),
        ("due = 2024-09-15", 'rhythm = { every = "day", on = 3 }', "请删去 on"),
        ("due = 2024-09-15", 'rhythm = { every = "month", at = "25:00" }', "应为时间"),
        ("due = 2024-09-15", "due = 2024-09-31", "没有这一天"),
        ("due = 2024-09-15", "due = 2024-09-15T25:00:00", "没有这一天"),
        ("due = 2024-09-15", "due = 2024-09-15\ndue = 2024-09-16", "“due”前面已经写过"),
        ("[ages]", "[ages]\n[ages]", "前面已经写过"),
        ("opened = 2024-09-01", "opened = 2024-09-01\nholidays = [[2024-10-07, 2024-10-01]]", "前后颠倒"),
        ("2023-autumn.toml", "2023-autum.toml", "第2行:extends 的“2023-autum.toml”找不到.*是不是 2023-autumn.toml"),
    ],
)  # fmt: skip
def test_a_slip_is_refused(tmp_path: Path, written: str, slip: str, said: str):
    assert written in NOTICE
    with pytest.raises(ConfigError, match=said):
        doubts(tmp_path, NOTICE.replace(written, slip))
