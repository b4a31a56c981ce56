"""A department's list that is owed on two days: the later one takes no child away, and is the one that is handed back."""

from pathlib import Path

from tests.builders.files.clerk_files import xlsx
from tests.builders.offices.periods_office import NOTICE, PeriodsOffice
from tests.builders.values.form_tables import id_number

LIST = """
[forms."残疾儿童名单"]
title = "持证残疾儿童名单"
title_patterns = ['残疾儿童.{0,4}名单']
role = "compare"
sender = "department"
due = [2026-09-20, 2026-12-20]
fields = ["seq", "name", "id_number", "household_township", "disability"]
columns = ["name", "id_number"]
fingerprint = ["disability"]
"""
ROSTER = """name,kind,stage,township,aliases,emails
西沱镇,township,,,,xtz@example.org
县残联,department,,,,cl@example.org
"""


def a_list(*children: tuple[str, int]) -> bytes:
    rows = [
        [n, name, id_number(serial=serial), "西沱镇", "智力二级"]
        for n, (name, serial) in enumerate(children, 1)
    ]
    return xlsx([["持证残疾儿童名单"], ["序号", "姓名", "身份证号", "户籍乡镇", "残疾类别"], *rows])


def test_a_child_on_the_first_list_alone_is_still_looked_for(tmp_path: Path) -> None:
    office = PeriodsOffice(tmp_path, NOTICE + LIST, ROSTER)
    first, both, too, new = ("甲一", 101), ("乙二", 102), ("丁四", 104), ("丙三", 103)
    office.send("2026-09-18T10:00", "县残联", "名单", {"名单.xlsx": a_list(first, both, too)})
    office.send("2026-12-18T10:00", "县残联", "名单", {"名单.xlsx": a_list(both, too, new)})
    office.poll()

    suspects = office.ask("cases", "--suspected", as_of="2026-12-31")
    listed = office.ask("clear", "残疾儿童名单", as_of="2026-12-31")["children"]

    assert sorted(one["name"] for one in suspects) == ["丁四", "丙三", "乙二", "甲一"]
    assert [(one["name"], one["place"]) for one in listed] == [
        ("乙二", "open"), ("丁四", "open"), ("丙三", "open"),
    ]  # fmt: skip
