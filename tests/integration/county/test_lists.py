"""roll, ledgers and platform on a county whose truth is known."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from kongchuo.cli import app
from kongchuo.demo.county import AS_OF, County, make_county
from tests.builders.offices.installed_office import InstalledOffice, write_mails, write_office

DAY = ("--as-of", AS_OF.isoformat())


@pytest.fixture(scope="module")
def county() -> County:
    return make_county(5, schools=26, mails=150, rows=2_500)


@pytest.fixture(scope="module")
def office(county: County, tmp_path_factory: pytest.TempPathFactory) -> InstalledOffice:
    folder = tmp_path_factory.mktemp("lists")
    office = write_office(folder, county, f'maildir = "{write_mails(folder / "mail", county.mails)}"')
    office.ask("poll")
    return office


def told(office: InstalledOffice, *arguments: str) -> None:
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
    of_age_ledger = headed(tmp_path / "适龄儿童台账.xlsx")
    listed = Counter((row["报送单位"], row["姓名"]) for row in of_age_ledger)
    assert not of_age - listed
    unclean = sum(row.form in ("附件1", "附件2") and not row.clean for row in county.truth.records)
    out_of_school = [row for row in of_age_ledger if row["来源"].startswith(("附件3", "附件4"))]
    assert (listed - of_age).total() <= unclean + len(out_of_school)
    states = Counter(county.truth.cases.values())
    assert len(out_of_school) <= states["open"] + states["excused"]
    total = next(row for row in headed(tmp_path / "季度核查表.xlsx") if "合计" in row.values())
    assert total["在册人数"] == sum(row.form in ("附件1", "附件2") for row in county.truth.records)
    assert total["适龄"] == len(of_age_ledger)
    assert sum(total[word] for word in ("失学", "辍学", "休学", "延缓入学")) == len(county.truth.cases)
    assert (total["未返校"], total["已返校"]) == (states["open"], states["returned"])


def test_numbers_are_masked_unless_somebody_asks_for_them(office, tmp_path):
    told(office, "ledgers", "--out", str(tmp_path / "masked"), *DAY)
    told(office, "ledgers", "--out", str(tmp_path / "whole"), "--reveal", "--why", "核对", *DAY)

    masked, whole = (rows_of(tmp_path / name / "辍学学生台账.xlsx")[0][2] for name in ("masked", "whole"))
    assert "********" in str(masked)
    assert len(str(whole)) == 18
    assert str(whole).isalnum()


def test_each_difference_with_the_platform_is_found_and_no_other(county, office, tmp_path, capsys):
    enrolled = Counter(row.unit for row in county.truth.records if row.form in ("附件1", "附件2"))
    off = {"西沱镇": 3, "黄水镇": -2, "三星中学": 1}
    table = tmp_path / "数字.csv"
    lines = [f"{unit},{count + off.get(unit, 0)}" for unit, count in enrolled.items()]
    table.write_text("\n".join(["单位,在读", *lines]) + "\n", "gb18030")
    told(office, "platform", "load", str(table), "--month", "2023-09", *DAY)
    capsys.readouterr()

    told(office, "platform", "diff", "--month", "2023-09", "--json", *DAY)

    found = json.loads(capsys.readouterr().out)
    assert len(found["units"]) == len(enrolled)
    assert {one["unit"]: -one["difference"] for one in found["units"] if one["difference"]} == off


def test_each_child_on_whom_the_platform_differs_is_found_and_no_other(county, office, tmp_path, capsys):
    out = {
        str(row.values["id_number"]): str(row.values["name"])
        for row in county.truth.records
        if row.form in ("附件3", "附件4") and row.values["status"] in ("失学", "辍学")
        if county.truth.cases.get(str(row.values["id_number"])) == "open"
    }
    unknown_to_platform, slipped, *same = sorted(out)
    returned = next(
        (number, row.values["name"])
        for row in county.truth.records
        if county.truth.cases.get(number := str(row.values["id_number"])) == "returned"
    )
    wrong = slipped[:-1] + ("1" if slipped[-1] != "1" else "2")
    children = [*((number, out[number]) for number in same), (wrong, out[slipped]), returned]
    children.append(("509999201203041231", "某某"))
    table = openpyxl.Workbook()
    sheet = table.worksheets[0]
    for row in (
        ["全国平台失学辍学学生"],
        ["姓名", "身份证号"],
        *([name, number] for number, name in children),
    ):
        sheet.append(row)
    table.save(tmp_path / "平台.xlsx")
    told(office, "platform", "load", str(tmp_path / "平台.xlsx"), "--month", "2023-10", *DAY)
    capsys.readouterr()

    told(office, "platform", "diff", "--month", "2023-10", "--json", *DAY)

    found = json.loads(capsys.readouterr().out)["children"]
    assert sorted((one["name"], one["only_in"]) for one in found) == sorted(
        [
            (out[unknown_to_platform], "ours"),
            (out[slipped], "both"),
            (returned[1], "platform"),
            ("某某", "platform"),
        ]
    )
    notes = {one["name"]: one["note"] for one in found}
    assert notes["某某"] == "这里没有记录"
    assert notes[returned[1]].startswith("这里已结案\uff1a已返校")
