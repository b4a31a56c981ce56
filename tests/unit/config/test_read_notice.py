"""Notices as offices write them."""

from datetime import date, datetime
from pathlib import Path

import pytest

from config.errors import ConfigError
from config.notice import Notice
from config.read_notice import load_notice
from tests.builders.form_tables import NOTICE

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

    assert notice.points(notice.form("附件4"), "school") == 0.5
    assert notice.points(notice.form("附件2"), "school") == 1
    assert notice.deduction["per_day"] == 0.05
