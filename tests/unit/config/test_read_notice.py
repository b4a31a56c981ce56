"""Notices as offices write them."""

from pathlib import Path

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
