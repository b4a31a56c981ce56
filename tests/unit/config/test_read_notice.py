"""Notices as offices write them."""

from datetime import date, datetime
from pathlib import Path

import pytest

from config.errors import ConfigError
from config.notice import Notice
from config.read_notice import load_notice
from tests.builders.values.form_tables import NOTICE

FULL_WIDTH = """
extends = "2023-autumn.toml"
county_words = ["石柱县\uff08全县\uff09"]

[[forms]]
key = "附件\uff14"
title_patterns = ["台账\uff08县内\uff09[\uff0c\uff1a]"]

[vocabularies.status]
values = { "失学" = ["失学\uff08从未入学\uff09"] }
"""


def test_full_width_marks_of_a_notice_mean_the_same_as_half_width_ones(tmp_path: Path):
    file = tmp_path / "notice.toml"
    file.write_text(FULL_WIDTH, "utf-8")

    notice = load_notice(file)

    assert notice.county_words == ("石柱县(全县)",)
    assert notice.form("附件4").title_patterns == (r"台账\(县内\)[,:]",)
    assert notice.vocabularies["status"].values["失学"] == ("失学(从未入学)",)
    assert [form.key for form in notice.forms] == [form.key for form in NOTICE.forms]


def extended(tmp_path: Path, text: str) -> Notice:
    file = tmp_path / "notice.toml"
    file.write_text(f'extends = "2023-autumn.toml"\nid = "other"\n{text}', "utf-8")
    return load_notice(file)


def test_what_the_base_says_can_be_taken_back(tmp_path: Path):
    notice = extended(
        tmp_path,
        """
[vocabularies.status.values]
"延缓入学" = "removed"
[vocabularies.status.meanings]
"延缓入学" = "removed"
[vocabularies.left_over]
values = { "有" = [] }
[forms."附件7"]
removed = true
[forms."附件3"]
proof_statuses = ["休学"]
[forms."附件4"]
proof_statuses = ["休学"]
""",
    )

    assert "附件7" not in notice.by_key
    assert "延缓入学" not in notice.vocabularies["status"].values
    assert notice.form("附件4").title == NOTICE.form("附件4").title


def test_all_that_the_base_says_in_a_table_can_be_taken_back(tmp_path: Path):
    notice = extended(
        tmp_path,
        """
[vocabularies.status]
base = "removed"
values = { "失学" = ["没上学"], "劝学中" = [] }
meanings = { "失学" = "suspected", "劝学中" = "out" }
[deduction]
base = "removed"
school = 0.5
[forms]
base = "removed"
[forms."附件1"]
title = "疑似辍学学生台账"
title_patterns = ["疑似辍学"]
role = "register"
sender = "school"
fields = ["name", "status"]
""",
    )

    assert notice.vocabularies["status"].values == {"失学": ("没上学",), "劝学中": ()}
    assert notice.deduction == {"school": 0.5}
    assert [(form.key, form.region, form.foreign) for form in notice.forms] == [("附件1", None, ())]


def test_a_value_that_is_taken_back_has_no_meaning_left(tmp_path: Path):
    notice = extended(
        tmp_path,
        """
[vocabularies.status.values]
"失学" = "removed"
[vocabularies.own]
base = "removed"
values = { "有" = [] }
[forms."附件7"]
base = "removed"
title = "失踪儿童名单"
title_patterns = ["失踪"]
role = "other"
sender = "school"
fields = ["name"]
""",
    )

    assert "失学" not in notice.vocabularies["status"].meanings
    assert (notice.form("附件7").owed, notice.form("附件7").name_words) == (True, ())


def test_a_values_own_name_goes_before_another_values_synonym(tmp_path: Path):
    notice = extended(
        tmp_path,
        """
[vocabularies.status]
values = { "疑似辍学" = ["疑似"], "劝学中" = [] }
meanings = { "疑似辍学" = "suspected", "劝学中" = "out" }
""",
    )
    status = notice.vocabularies["status"]

    assert "疑似辍学" not in status.values["辍学"]
    assert status.meaning("疑似辍学") == "suspected"
    assert notice.persuasion.statuses == ("失学", "辍学", "疑似辍学", "劝学中")
    trigger = notice.form("附件6").trigger
    assert trigger is not None
    assert trigger.statuses == notice.persuasion.statuses


def test_one_spelling_of_two_values_is_refused_in_chinese(tmp_path: Path):
    with pytest.raises(ConfigError, match="“在外”既是“务工”又是“随迁”的写法"):
        extended(tmp_path, '[vocabularies.status]\nvalues = { "务工" = ["在外"], "随迁" = ["在外"] }\n')


@pytest.mark.parametrize(
    ("due", "count", "last"),
    [
        ('"每月25日"', 4, datetime(2023, 12, 25, 23, 59, 59)),
        ("[2023-09-25, 2023-10-25T12:00:00]", 2, datetime(2023, 10, 25, 12)),
        ("2023-09-25T12:00:00", 0, None),
    ],
)
def test_dues_as_a_notice_says_them(tmp_path: Path, due: str, count: int, last: datetime | None):
    form = extended(tmp_path, f'[[forms]]\nkey = "附件1"\ndue = {due}\n').form("附件1")
    periods = form.periods(date(2023, 9, 1), date(2023, 12, 31))

    assert len(periods) == count
    assert (periods[-1].due if periods else None) == last
    assert form.repeats == bool(count)


def test_a_due_that_says_nothing_is_told_how_to_write_it(tmp_path: Path):
    with pytest.raises(ConfigError, match="每月25日"):
        extended(tmp_path, '[[forms]]\nkey = "附件1"\ndue = "每逢初一"\n')


def test_kinds_of_units_are_added(tmp_path: Path):
    notice = extended(
        tmp_path, '[units]\nkinds = ["督导组"]\n[[forms]]\nkey = "附件1"\nsenders = ["督导组", "village"]\n'
    )

    assert notice.units.kinds["督导组"] == "督导组"
    assert notice.units.kinds["school"] == "学校"
    assert notice.form("附件1").senders == ("督导组", "village")


def test_points_by_form_kind_and_day(tmp_path: Path):
    notice = extended(
        tmp_path, '[deduction]\nschool = 0.5\nper_day = 0.05\n[[forms]]\nkey = "附件2"\ndeduction = 1\n'
    )

    assert notice.deduct(notice.form("附件4"), "school", 0) == 0.5
    assert notice.deduct(notice.form("附件2"), "school", 0) == 1
    assert notice.deduction["per_day"] == 0.05


def test_stages_are_of_schools_and_units_are_names(tmp_path: Path):
    notice = extended(
        tmp_path,
        """
[forms."附件8"]
title = "排查表"
title_patterns = ["排查"]
role = "register"
senders = ["school", "village"]
stages = ["小学"]
fields = ["name", "status"]
[forms."附件9"]
title = "名单"
title_patterns = ["名单"]
role = "compare"
sender = "department"
units = ["县残联"]
fields = ["name"]
""",
    )
    both, one = notice.form("附件8"), notice.form("附件9")

    assert both.is_owed_by("甲村", "village", None)
    assert both.is_owed_by("甲小学", "school", "小学")
    assert not both.is_owed_by("甲中学", "school", "初中")
    assert [one.is_owed_by(name, "department", None) for name in ("县残联", "县公安局")] == [True, False]


def test_what_every_row_of_a_form_says_is_one_of_the_values(tmp_path: Path):
    with pytest.raises(ConfigError, match=r"送教上门啊.*只能是 在校就读、随班就读、送教上门"):
        extended(
            tmp_path,
            """
[forms."附件8"]
title = "送教上门情况表"
title_patterns = ["送教上门"]
role = "roll"
sender = "school"
implied = { attendance_mode = "送教上门啊" }
fields = ["name"]
""",
        )


def test_another_office_does_not_take_over_what_the_bases_calls_its_own(tmp_path: Path):
    same, other = extended(tmp_path, ""), extended(tmp_path, 'office = "清溪县教育局基础教育科"\n')
    named = extended(tmp_path, 'office = "清溪县教育局"\nauthority = "县教育局"\n')

    assert (same.authority, same.group_channel) == ("县教委", "QQ群")
    assert (other.authority, other.group_channel, other.addressees) == ("主管部门", "工作群", "各报送单位")
    assert (named.authority, named.group_channel) == ("县教育局", "工作群")


@pytest.mark.parametrize(
    ("file", "years"),
    [
        ("2023-autumn", (6, 16)),
        ("2024-spring", (6, 16)),
        ("2024-yunling", (6, 15)),
        ("2024-shiqiao", (6, 16)),
    ],
)
def test_the_years_of_who_is_of_age(file: str, years: tuple[int, int]):
    notice = load_notice(Path(f"{file}.toml"))

    assert notice.ages.years_on(notice.opened) == years


def test_a_notice_words_one_thing_otherwise_and_keeps_the_rest(tmp_path: Path):
    notice = extended(tmp_path, '[wording]\nzero_report = ["平安报告"]\n[wording.visits]\nnames = ["帮返"]\n')

    assert notice.wording.zero_report == ("平安报告", *NOTICE.wording.zero_report)
    assert notice.wording.visits.names == ("帮返", *NOTICE.wording.visits.names)
    assert notice.wording.visits.date == NOTICE.wording.visits.date
    assert notice.wording.letters == NOTICE.wording.letters


def test_a_column_gets_more_headings_and_keeps_those_of_the_base(tmp_path: Path):
    notice = extended(
        tmp_path,
        """
[fields.status]
heading = "辍学情形"
[fields.visits]
also = ["劝学情况"]
[fields.reason]
base = "removed"
heading = "辍学缘由"
[fields.own]
heading = "自设列"
""",
    )
    status, before = notice.fields["status"], NOTICE.fields["status"]

    assert status.heading == "辍学情形"
    assert status.synonyms == (*before.synonyms, before.heading)
    assert notice.fields["visits"].synonyms == (*NOTICE.fields["visits"].synonyms, "劝学情况")
    assert (notice.fields["reason"].synonyms, notice.fields["own"].synonyms) == ((), ())


def test_however_more_headings_are_written_those_of_the_base_stay(tmp_path: Path):
    notice = extended(
        tmp_path,
        """
[fields.name]
synonyms = ["娃儿姓名"]
[fields.whereabouts]
also = "流向"
[fields.own]
heading = "自设列"
also = ["自设"]
[fields.reason]
synonyms = "removed"
""",
    )

    assert notice.fields["name"].synonyms == (*NOTICE.fields["name"].synonyms, "娃儿姓名")
    assert notice.fields["whereabouts"].synonyms == (*NOTICE.fields["whereabouts"].synonyms, "流向")
    assert (notice.fields["own"].synonyms, notice.fields["reason"].synonyms) == (("自设",), ())


TWO_SENDERS = (
    '[forms]\n"附件7" = "removed"\n[forms."表2"]\ntitle = "表"\ntitle_patterns = ["表"]\nrole = "other"\n'
    'sender = "%s"\nsenders = ["school", "district"]\nfields = ["seq"]\n'
)


def test_one_kind_that_sends_may_be_said_beside_all_that_do(tmp_path: Path):
    assert extended(tmp_path, TWO_SENDERS % "school").form("表2").senders == ("school", "district")


def test_one_kind_that_sends_and_others_that_do_not_include_it_are_refused(tmp_path: Path):
    with pytest.raises(ConfigError, match="sender“township”不在 senders 里"):
        extended(tmp_path, TWO_SENDERS % "township")


def test_a_form_with_title_patterns_and_columns_of_its_own_takes_nothing_of_the_base_s(tmp_path: Path):
    form = extended(
        tmp_path,
        """
[[forms]]
key = "附件5"
title = "残联名单"
title_patterns = ["残联名单"]
sender = "department"
due = 2023-09-25
fields = ["name"]
""",
    ).form("附件5")

    assert (form.role, form.trigger, form.due) == ("other", None, date(2023, 9, 25))


@pytest.mark.parametrize(
    ("lines", "senders", "due", "repeats"),
    [
        ('senders = ["school", "village"]', ("school", "village"), date(2023, 9, 25), False),
        ('sender = "village"', ("village",), date(2023, 9, 25), False),
        ('every = "week"', ("township",), None, True),
        ('rhythm = { every = "week" }', ("township",), None, True),
    ],
)
def test_one_spelling_takes_back_the_other_one_of_the_base(
    tmp_path: Path, lines: str, senders: tuple[str, ...], due: date | None, repeats: bool
):
    form = extended(tmp_path, f'[[forms]]\nkey = "附件1"\n{lines}\n').form("附件1")

    assert (form.senders, form.due, form.repeats) == (senders, due, repeats)


def test_a_sender_takes_back_the_senders_of_the_base(tmp_path: Path):
    (tmp_path / "base.toml").write_text(
        'extends = "2023-autumn.toml"\n[[forms]]\nkey = "附件1"\nsenders = ["school", "village"]\n', "utf-8"
    )
    file = tmp_path / "notice.toml"
    file.write_text('extends = "base.toml"\n[[forms]]\nkey = "附件1"\nsender = "township"\n', "utf-8")

    assert load_notice(file).form("附件1").senders == ("township",)


def test_days_without_school_are_days_and_spans(tmp_path: Path):
    text = "holidays = [2023-11-13, [2023-10-09, 2023-10-13]]\n"
    forms = '[forms."附件4"]\ndue = "{}"\n'
    daily = extended(tmp_path, text + forms.format("每个工作日"))
    weekly = extended(tmp_path, text + forms.format("每周五"))
    days = {period.key for period in daily.all_periods["附件4"]}
    weeks = {period.key for period in weekly.all_periods["附件4"]}

    assert len(daily.holidays) == 6
    assert {"2023-10-08", "2023-10-16"} <= days
    assert days.isdisjoint({"2023-10-09", "2023-10-13", "2023-11-13"})
    assert "2023-W41" not in weeks
    assert "2023-W46" in weeks
    assert [daily.is_school_day(date(2023, 10, day)) for day in (8, 9, 13, 14, 16)] == [
        True,
        False,
        False,
        False,
        True,
    ]


@pytest.mark.parametrize("said", ["[20231001]", "[[2023-10-09, 2023-10-01]]", "[[2023-10-09]]"])
def test_a_holiday_that_is_no_day_is_refused_with_its_line(tmp_path: Path, said: str):
    with pytest.raises(ConfigError, match=r"第3行:holidays 里"):
        extended(tmp_path, f"holidays = {said}\n")


def test_a_notice_as_earlier_versions_wrote_it_is_refused_with_what_to_do(tmp_path: Path):
    notice = tmp_path / "2023-autumn.toml"
    notice.write_text('id = "2023-autumn"\n[[forms]]\nkey = "附件3"\nage_checked = true\n', "utf-8")

    with pytest.raises(ConfigError) as refused:
        load_notice(notice)

    assert 'file = "2023-autumn.toml"' in str(refused.value)
    assert 'extends = "2023-autumn.toml"' in str(refused.value)
