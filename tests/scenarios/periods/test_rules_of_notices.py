"""Each rule that notices of other provinces hold, in a notice that says little else: mails in, the program's answers out."""

from pathlib import Path

import pytest

from tests.builders.files.clerk_files import xlsx
from tests.builders.offices.periods_office import PeriodsOffice
from tests.builders.values.form_tables import id_number

NOTICE = """
extends = "2023-autumn.toml"
id = "2023-autumn-lx"
title = "2023年秋季学期控辍保学月报"
office = "临溪县教育局基教股"
county_words = ["临溪县", "临溪", "县内", "本县"]
"""
ROSTER = """name,kind,stage,township,aliases,emails,parent
临溪镇,township,,,,lxz@example.org,
临溪中学,school,初中,临溪镇,,lxzx@example.org,
临溪小学,school,小学,临溪镇,,lxxx@example.org,
白果村,village,,临溪镇,,bgc@example.org,
临溪县残疾人联合会,department,,,县残联,cl@example.org,
"""


def a_form(key: str, title: str, sender: str, *lines: str) -> str:
    """A form as a stranger writes one."""
    more = "\n".join(lines)
    return f"""
[[forms]]
key = "{key}"
title = "{title}"
title_patterns = ["{title}"]
{sender}
fields = ["seq", "name", "id_number", "remark"]
columns = ["name"]
{more}
"""


def office_with(folder: Path, *tables: str, roster: str = ROSTER) -> PeriodsOffice:
    return PeriodsOffice(folder, NOTICE + "".join(tables), roster)


def a_list(title: str, *names: str) -> bytes:
    """A workbook with these children."""
    rows = [[n, name, id_number(serial=100 + n), ""] for n, name in enumerate(names, 1)]
    return xlsx([*([[title]] if title else []), ["序号", "姓名", "身份证号", "备注"], *rows])


def owing(office: PeriodsOffice, form: str, as_of: str) -> dict[str, str]:
    """By unit that owes a form its state."""
    return {
        unit["unit"]: one["state"]
        for unit in office.ask("status", as_of=as_of)["units"]
        for one in unit["forms"]
        if one["form"] == form and one["owed"]
    }


def dues(office: PeriodsOffice, form: str, unit: str, as_of: str) -> list[tuple[str, str, bool]]:
    """By period of a unit's form when it was due, its state, and whether it came late."""
    return [
        (one["due"][:16], one["state"], one["late"])
        for each in office.ask("status", as_of=as_of)["units"]
        if each["unit"] == unit
        for one in each["forms"]
        if one["form"] == form
    ]


def recorded(office: PeriodsOffice) -> list[tuple[str, list[str]]]:
    """By file as what it is recorded."""
    return [
        (file["disposition"], [f"{one['unit']}{one['form']}" for one in file["submissions"]])
        for file in office.ask("files", as_of="2023-12-31")
    ]


def gaps(office: PeriodsOffice, as_of: str) -> dict[tuple[str, str], tuple[int, float | None]]:
    """By unit and form days late and points."""
    return {
        (gap["unit"], gap["form"]): (gap["days_late"], gap["deduction"])
        for gap in office.ask("gaps", as_of=as_of)
        if gap["gap"] in ("missing", "late")
    }


LEDGER = "疑似辍学学生台账"


def test_monthly_due(tmp_path: Path) -> None:
    office = office_with(tmp_path, a_form("附件1", LEDGER, 'sender = "school"', 'due = "每月25日"'))
    office.send("2023-09-20T10:00", "临溪中学", "台账", {"台账.xlsx": a_list(LEDGER, "甲一")})
    office.send("2023-10-26T10:00", "临溪中学", "10月台账", {"台账.xlsx": a_list(LEDGER, "甲一")})
    office.poll()

    assert dues(office, "附件1", "临溪中学", "2023-11-02") == [
        ("2023-09-25T23:59", "received", False),
        ("2023-10-25T23:59", "received", True),
        ("2023-11-25T23:59", "pending", False),
    ]
    assert owing(office, "附件1", "2023-09-26") == {"临溪中学": "received", "临溪小学": "missing"}


def test_list_of_dues(tmp_path: Path) -> None:
    lines = a_form("附件1", LEDGER, 'sender = "school"', "due = [2023-09-25, 2023-10-25]")
    office = office_with(tmp_path, lines)
    office.send("2023-09-20T10:00", "临溪中学", "台账", {"台账.xlsx": a_list(LEDGER, "甲一")})
    office.poll()

    assert dues(office, "附件1", "临溪中学", "2023-10-26") == [
        ("2023-09-25T23:59", "received", False),
        ("2023-10-25T23:59", "missing", False),
    ]


def test_weekly_cadence(tmp_path: Path) -> None:
    office = office_with(tmp_path, a_form("附件1", LEDGER, 'sender = "school"', 'every = "week"'))
    office.send("2023-09-08T10:00", "临溪中学", "台账", {"台账.xlsx": a_list(LEDGER, "甲一")})
    office.poll()

    assert dues(office, "附件1", "临溪中学", "2023-09-20") == [
        ("2023-09-03T23:59", "missing", False),
        ("2023-09-10T23:59", "received", False),
        ("2023-09-17T23:59", "missing", False),
        ("2023-09-24T23:59", "pending", False),
    ]


def test_villages_send(tmp_path: Path) -> None:
    office = office_with(tmp_path, a_form("附件4", "村排查表", 'sender = "village"', "due = 2023-09-25"))
    assert owing(office, "附件4", "2023-09-26") == {"白果村": "missing"}
    office.send("2023-09-20T10:00", "白果村", "排查", {"排查.xlsx": a_list("村排查表", "甲一")})
    office.poll()

    assert owing(office, "附件4", "2023-09-26") == {"白果村": "received"}
    assert recorded(office) == [("recorded", ["白果村附件4"])]


def test_departments_send(tmp_path: Path) -> None:
    office = office_with(tmp_path, a_form("附件5", "残联名单", 'sender = "department"', "due = 2023-09-25"))
    assert owing(office, "附件5", "2023-09-26") == {"临溪县残疾人联合会": "missing"}
    office.send("2023-09-20T10:00", "临溪县残疾人联合会", "名单", {"名单.xlsx": a_list("残联名单", "甲一")})
    office.poll()

    assert owing(office, "附件5", "2023-09-26") == {"临溪县残疾人联合会": "received"}
    assert recorded(office) == [("recorded", ["临溪县残疾人联合会附件5"])]


def test_two_kinds_send(tmp_path: Path) -> None:
    office = office_with(
        tmp_path, a_form("附件5", "残联名单", 'senders = ["school", "township"]', "due = 2023-09-25")
    )

    assert owing(office, "附件5", "2023-09-26") == dict.fromkeys(
        ("临溪镇", "临溪中学", "临溪小学"), "missing"
    )


def test_one_kind_in_place_of_the_base_s_two(tmp_path: Path) -> None:
    two = office_with(tmp_path, '\n[[forms]]\nkey = "附件1"\nsenders = ["school"]\n')

    assert owing(two, "附件1", "2023-09-26") == {"临溪中学": "missing", "临溪小学": "missing"}


@pytest.mark.parametrize("key", ["表2", "附件12"])
@pytest.mark.parametrize(
    ("file", "title", "subject"),
    [
        ("{key}.xlsx", "", "报表"),
        ("{key}\uff1a临溪中学.xlsx", "统计表", "报表"),
        ("表.xlsx", "{key} 辍学情况统计表", "报表"),
        ("表.xlsx", "{key}", "报表"),
        ("表.xlsx", "", "临溪中学{key}"),
    ],
)
def test_labels_in_names_titles_and_subjects(
    tmp_path: Path, key: str, file: str, title: str, subject: str
) -> None:
    office = office_with(tmp_path, a_form(key, "辍学情况统计表", 'sender = "school"', "due = 2023-09-25"))
    data = a_list(title.format(key=key), "甲一")
    office.send("2023-09-20T10:00", "临溪中学", subject.format(key=key), {file.format(key=key): data})
    office.poll()

    assert owing(office, key, "2023-09-26")["临溪中学"] == "received"
    assert recorded(office) == [("recorded", [f"临溪中学{key}"])]


@pytest.mark.parametrize("key", ["表2", "附件12"])
def test_labels_in_bodies(tmp_path: Path, key: str) -> None:
    """A zero report in words is heard, and of the form that it names alone."""
    form = a_form(key, "辍学情况统计表", 'sender = "school"', "due = 2023-09-25", "nil_allowed = true")
    office = office_with(tmp_path, "\n[readings]\nwords_report_zero = true\n", form)
    office.send("2023-09-20T10:00", "临溪中学", "零报告", {}, f"我校{key}零报告。")
    office.poll()

    assert recorded(office) == [("recorded", [f"临溪中学{key}"])]
    assert owing(office, key, "2023-09-26") == {"临溪中学": "received", "临溪小学": "missing"}


def test_a_form_is_removed(tmp_path: Path) -> None:
    office = office_with(tmp_path, '\n[[forms]]\nkey = "附件7"\nremoved = true\n')
    table = xlsx(
        [
            ["附件7"],
            ["三保四包责任体系细化表"],
            ["层级", "姓名", "责任范围", "电话"],
            ["校长", "王某", "全校", "13900000001"],
        ]
    )
    office.send("2023-09-20T10:00", "临溪中学", "附件7", {"附件7三保四包.xlsx": table})
    office.poll()

    assert owing(office, "附件7", "2023-09-26") == {}
    assert [links for _, links in recorded(office)] == [[]]


def test_points_per_day(tmp_path: Path) -> None:
    office = office_with(tmp_path, "\n[deduction]\nper_day = 0.05\nschool = 0.5\n")

    told = gaps(office, "2023-09-28")

    assert told["临溪中学", "附件2"] == (3, 0.65)
    assert told["临溪镇", "附件1"] == (3, 0.25)


def test_points_of_a_form(tmp_path: Path) -> None:
    office = office_with(tmp_path, '\n[[forms]]\nkey = "附件1"\ndeduction = 0.5\n')

    told = gaps(office, "2023-09-28")

    assert (told["临溪镇", "附件1"], told["临溪镇", "附件3"]) == ((3, 0.5), (3, 0.1))


def test_points_of_schools(tmp_path: Path) -> None:
    office = office_with(tmp_path, "\n[deduction]\nschool = 0.5\n")

    told = gaps(office, "2023-09-28")

    assert (told["临溪中学", "附件2"], told["临溪镇", "附件1"]) == ((3, 0.5), (3, 0.1))


@pytest.mark.parametrize(("at", "late"), [("11:59", False), ("12:00", False), ("12:01", True)])
def test_due_at_noon(tmp_path: Path, at: str, late: bool) -> None:
    office = office_with(tmp_path, '\n[[forms]]\nkey = "附件2"\ndue = 2023-09-25T12:00:00\n')
    roll = "临溪县县内各级各类学校学生就读情况摸排表"
    office.send(f"2023-09-25T{at}", "临溪中学", "附件2", {"附件2.xlsx": a_list(roll, "甲一")})
    office.poll()

    told = {
        gap["unit"]: gap["detail"] for gap in office.ask("gaps", as_of="2023-09-26") if gap["form"] == "附件2"
    }

    assert [(due, came_late) for due, _, came_late in dues(office, "附件2", "临溪中学", "2023-09-26")] == [
        ("2023-09-25T12:00", late)
    ]
    assert told["临溪小学"].startswith("应于9月25日12:00前报送")
    assert ("临溪中学" in told) is late
    assert not late or told["临溪中学"] == "应于9月25日12:00前报送\uff0c9月25日12:01才收到\uff0c当天迟报"


OWN_STATUSES = """
[persuasion]
statuses = ["疑似辍学", "辍学"]
[vocabularies.status]
values = { "疑似辍学" = ["疑似"], "劝学中" = [], "已劝返" = [], "已销号" = [] }
"""


def out_of_school(title: str, *rows: tuple[str, str]) -> bytes:
    return xlsx(
        [
            [title],
            ["序号", "姓名", "身份证号", "类别", "原因", "原就读学校"],
            *(
                [n, name, id_number(serial=100 + n), status, "厌学", "临溪中学"]
                for n, (name, status) in enumerate(rows, 1)
            ),
        ]
    )


def test_statuses_of_one_s_own(tmp_path: Path) -> None:
    office = office_with(tmp_path, OWN_STATUSES)
    title = "临溪中学6-16周岁义务教育适龄学生县内失学、辍学、休学、延缓入学信息台账"
    words = ("疑似", "疑似辍学", "劝学中", "已劝返", "已销号", "辍学", "休学")
    rows = [(f"{'甲乙丙丁戊己庚'[n]}明", word) for n, word in enumerate(words)]
    office.send("2023-09-20T10:00", "临溪中学", "附件4", {"附件4.xlsx": out_of_school(title, *rows)})
    office.poll()

    told = {
        case["name"]: (case["status"], case["state"], case["next_visit_due"] is not None)
        for case in office.ask("cases", "--all", as_of="2023-09-26")
    }

    assert told == {
        "甲明": ("疑似辍学", "open", True),
        "乙明": ("疑似辍学", "open", True),
        "丙明": ("劝学中", "open", False),  # [persuasion] statuses leaves it out
        "丁明": ("已劝返", "returned", False),
        "戊明": ("已销号", "open", False),
        "己明": ("辍学", "open", True),
        "庚明": ("休学", "open", False),
    }


def test_a_status_that_may_mean_anything_is_asked_about(tmp_path: Path) -> None:
    text = office_with(tmp_path, OWN_STATUSES).run("notice", "check", str(tmp_path / "monthly.toml"))
    doubts = [line for line in text.splitlines() if line.startswith("✗")]

    assert len(doubts) == 2
    assert "类别“已销号”没有写含义" in doubts[0]
    assert "“劝学中”“失学”也是失学辍学" in doubts[1]  # of whom no visits are asked
    assert "疑似辍学\uff08按通常含义\uff09——疑似失学辍学" in text
    assert "劝学中\uff08按通常含义\uff09" in text
    assert "已劝返\uff08按通常含义\uff09——已返校" in text


ABSENCES = """
[persuasion]
absent_days = 3
[vocabularies.status]
values = { "疑似辍学" = [] }
[forms."表9"]
title = "每日缺勤学生名单"
title_patterns = ["缺勤学生名单"]
role = "register"
sender = "school"
due = "每日17:00"
nil_allowed = true
implied = { status = "疑似辍学" }
fields = ["seq", "name", "id_number", "absent_days"]
columns = ["name", "absent_days"]
"""


def test_days_of_absence(tmp_path: Path) -> None:
    """Of a register's days, and of a roll's 未到校; the 16th and 17th of September 2023 are a weekend."""
    office = office_with(tmp_path, ABSENCES)
    absent = xlsx(
        [
            ["每日缺勤学生名单"],
            ["序号", "姓名", "身份证号", "缺勤天数"],
            [1, "甲一", id_number(serial=101), "1天"],
        ]
    )
    roll = xlsx(
        [
            ["临溪县县内各级各类学校学生就读情况摸排表"],
            ["序号", "姓名", "身份证号", "就读学校", "就读情况"],
            [1, "乙二", id_number(serial=102), "临溪小学", "未到校"],
            [2, "丙三", id_number(serial=103), "临溪小学", "在校"],
        ]
    )
    office.send("2023-09-14T16:00", "临溪中学", "缺勤", {"缺勤.xlsx": absent})
    office.send("2023-09-14T16:30", "临溪小学", "附件2", {"附件2.xlsx": roll})
    office.poll()

    told = {
        day: (
            [(case["name"], case["status"]) for case in office.ask("cases", as_of=day)],
            [case["name"] for case in office.ask("cases", "--suspected", as_of=day)],
        )
        for day in ("2023-09-15", "2023-09-17", "2023-09-18")
    }

    assert told == {
        "2023-09-15": ([], []),
        "2023-09-17": ([], []),
        "2023-09-18": ([("甲一", "疑似辍学")], ["乙二"]),
    }


def test_a_kind_of_units_of_one_s_own(tmp_path: Path) -> None:
    roster = (
        ROSTER + "东片学区,学区,,,,dp@example.org,\n临溪二小,school,小学,临溪镇,,exx@example.org,东片学区\n"
    )
    form = a_form("附件8", "学区汇总表", 'sender = "学区"', "due = 2023-09-25")
    office = office_with(tmp_path, '\n[units]\nkinds = ["学区"]\n', form, roster=roster)
    office.send("2023-09-20T10:00", "东片学区", "汇总", {"汇总.xlsx": a_list("学区汇总表", "甲一")})
    office.poll()

    assert owing(office, "附件8", "2023-09-26") == {"东片学区": "received"}
    assert "临溪二小" not in owing(office, "附件2", "2023-09-26")
