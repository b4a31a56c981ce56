"""roll, ledgers and platform on a county whose truth is known."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from kongchuo.cli import app
from kongchuo.demo.county import AS_OF, County, make_county
from tests.integration.office import Office, drop_mails, open_office

DAY = ("--as-of", AS_OF.isoformat())


@pytest.fixture(scope="module")
def county() -> County:
    return make_county(5, schools=26, mails=150, rows=2_500)


@pytest.fixture(scope="module")
def office(county: County, tmp_path_factory: pytest.TempPathFactory) -> Office:
    folder = tmp_path_factory.mktemp("lists")
    office = open_office(folder, county, f'maildir = "{drop_mails(folder / "mail", county.mails)}"')
    office.ask("poll")
    return office


def told(office: Office, *arguments: str) -> None:
    app([arguments[0], *arguments[1:], "--config", str(office.folder)], standalone_mode=False)


def rows_of(file: Path) -> list[tuple[object, ...]]:
    sheet = openpyxl.load_workbook(file).worksheets[0]
    return [row for row in sheet.iter_rows(min_row=4, values_only=True) if isinstance(row[0], int)]


def headed(file: Path) -> list[dict[str, Any]]:
    """The rows below the heading, which stands in the third row."""
    _, _, heading, *rows = openpyxl.load_workbook(file).worksheets[0].iter_rows(values_only=True)
    return [dict(zip(map(str, heading), row, strict=True)) for row in rows]


def test_each_roll_counts_what_its_unit_sent(county, office):
    told_of = {(line["unit"], line["form"]): line["total"] for line in office.ask("roll", *DAY)["units"]}
    true = [(row.unit, row.form) for row in county.truth.records if row.form in ("附件1", "附件2")]

    assert told_of == {filing: true.count(filing) for filing in set(true)}


def test_the_ledgers_hold_every_case_and_every_child_of_age(county, office, tmp_path):
    told(office, "ledgers", "--out", str(tmp_path), *DAY)

    out = rows_of(tmp_path / "辍学学生台账.xlsx")
    assert len(out) == len(county.truth.cases)
    clean = [row for row in county.truth.records if row.form in ("附件1", "附件2") and row.clean]
    of_age = Counter(
        (row.unit, row.values["name"])
        for row in clean
        if "20060901" <= str(row.values["id_number"])[6:14] <= "20170831"
    )
    listed = Counter((row["报送单位"], row["姓名"]) for row in headed(tmp_path / "适龄儿童台账.xlsx"))
    assert not of_age - listed
    unclean = sum(row.form in ("附件1", "附件2") and not row.clean for row in county.truth.records)
    assert (listed - of_age).total() <= unclean + len(county.truth.cases)
    total = next(row for row in headed(tmp_path / "季度核查表.xlsx") if "合计" in row.values())
    assert total["在册人数"] == sum(row.form in ("附件1", "附件2") for row in county.truth.records)
    assert sum(total[word] for word in ("失学", "辍学", "休学", "延缓入学")) == len(county.truth.cases)


def test_numbers_are_masked_unless_somebody_asks_for_them(office, tmp_path):
    told(office, "ledgers", "--out", str(tmp_path / "masked"), *DAY)
    told(office, "ledgers", "--out", str(tmp_path / "whole"), "--reveal", *DAY)

    masked, whole = (rows_of(tmp_path / name / "辍学学生台账.xlsx")[0][2] for name in ("masked", "whole"))
    assert "********" in str(masked)
    assert len(str(whole)) == 18
    assert str(whole).isalnum()


def test_the_platforms_numbers_and_list_are_compared(office, tmp_path, capsys):
    told(office, "platform", "set", "--month", "2023-09", "--unit", "西沱镇", "--enrolled", "1", *DAY)
    listed = tmp_path / "平台.csv"
    listed.write_text("序号,姓名,身份证号,学校\n1,某某,509999201203041231,西沱镇小学\n", "utf-8")
    told(office, "platform", "load", str(listed), "--month", "2023-09", *DAY)

    capsys.readouterr()

    told(office, "platform", "diff", "--month", "2023-09", "--json", *DAY)

    answer = json.loads(capsys.readouterr().out)

    (line,) = answer["units"]
    assert (line["unit"], line["platform"], line["difference"]) == ("西沱镇", 1, line["ours"] - 1)
    only = [child["name"] for child in answer["children"] if child["only_in"] == "platform"]
    assert only == ["某某"]
