"""Which due date a digest counts to where a notice has several."""

from datetime import datetime
from pathlib import Path

import pytest

from kongchuo.office import open_office
from kongchuo.usecases.office_mail import compose_digest_mail
from tests.builders.offices.office_folder import an_office

NOTICE = """extends = "2023-autumn.toml"
id = "two-dates"

[[forms]]
key = "附件2"
due = 2023-10-20
"""


@pytest.mark.parametrize(
    ("day", "phase", "asked_for"),
    [
        ("2023-09-18", "距截止9月25日还有7天", ""),
        ("2023-09-23", "距截止9月25日还有2天", "附件1、3"),
        ("2023-09-26", "截止9月25日后第1天", "附件1、3"),
        ("2023-10-17", "距截止10月20日还有3天", "附件1、3"),
        ("2023-10-21", "截止10月20日后第1天", "附件2、4"),
    ],
)
def test_a_digest_counts_to_the_date_that_is_near_or_else_to_the_one_that_passed(
    day: str, phase: str, asked_for: str, tmp_path: Path
) -> None:
    config = an_office(tmp_path)
    (tmp_path / "two-dates.toml").write_text(NOTICE, "utf-8")
    config.write_text(config.read_text("utf-8").replace('"2023-autumn.toml"', '"two-dates.toml"'), "utf-8")

    with open_office(config) as office:
        page = compose_digest_mail(office, datetime.fromisoformat(f"{day}T09:00:00+08:00")).text

    assert phase in page
    of_the_group = page.partition("以下单位尚未报送")[2].partition("\n\n")[0]
    assert "附件2" not in of_the_group or day > "2023-10-20"
    assert asked_for in of_the_group
    assert bool(of_the_group) is bool(asked_for)
