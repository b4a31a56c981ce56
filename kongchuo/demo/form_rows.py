"""Makes up rows of the forms, each with the values that must be read from it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from config.units.roster import Unit
from kongchuo.demo.made_up_names import ELSEWHERE, REASONS, SCHOOL_WORDS
from kongchuo.demo.made_up_students import GRADES, MadeUpStudent
from kongchuo.demo.made_up_units import COMPULSORY

RowWithValues = tuple[list[object], dict[str, object]]  # cells without 序号, and the values they give

DROPOUT_STATUSES = ("失学", "辍学")  # persuaded to come back
EXCUSED_STATUSES = ("休学", "延缓入学")  # by a paper
_PRIMARY, _MIDDLE = GRADES[:6], GRADES[6:]
_GRADES_OF_STAGE = {
    "小学": _PRIMARY,
    "初中": _MIDDLE,
    "九年一贯制": GRADES,
    "完全中学": _MIDDLE,
    "特殊教育学校": GRADES,
    "幼儿园": ("大班", "中班"),
    "高中": ("高一", "高二"),
    "职业学校": ("中职一年级", "中职二年级"),
}
_STAGE_WORD = {
    "小学": "小学",
    "初中": "初中",
    "幼儿园": "学前",
    "完全中学": "初中",
    "高中": "高中",
    "职业学校": "中职",
    "特殊教育学校": "特教",
}
_EXCUSES = {"休学": "因病", "延缓入学": "残疾"}
_DATE_FORMATS = (
    "{0.year}.{0.month}.{0.day}",
    "{0:%Y-%m-%d}",
    "{0.year}年{0.month}月{0.day}日",
    "{0.year}/{0.month}/{0.day}",
    "{0:%Y%m%d}",
)


def grades_of(unit: Unit) -> tuple[str, ...]:
    """Returns the grades that a unit's roll may have; a township's children may be in any."""
    return _GRADES_OF_STAGE.get(unit.stage or "", GRADES)


def grades_out(unit: Unit, status: str) -> tuple[str, ...]:
    """Returns the grades for children on a unit's 附件3 or 附件4; a late starter is in the first."""
    if status == "延缓入学":
        return GRADES[:1]
    return grades_of(unit) if unit.stage in COMPULSORY else GRADES


def row_outside_county(random: Random, student: MadeUpStudent, unit: Unit) -> RowWithValues:
    """Returns a row of a township's 附件1 with its expected values: a child at school outside the county."""
    region = random.choice(ELSEWHERE)
    primary = student.grade in _PRIMARY
    school = f"{region[1]}{random.choice(SCHOOL_WORDS)}{'小学' if primary else '中学'}"
    stage = "小学" if primary else "初中"
    values = {
        **_person_values(student), "household_category": student.category, "school": school, "school_region": "".join(region),
        "stage": stage, "grade": student.grade, "class_name": student.class_name, "study_status": "在校",
    }  # fmt: skip
    return [
        student.name, student.sex, student.ethnicity, student.id_number, unit.name, student.village, student.group, student.category,
        student.guardian, student.relation, student.phone, school, "".join(region), stage, student.grade, student.class_name, "在校", None,
    ], values  # fmt: skip


def row_inside_county(random: Random, student: MadeUpStudent, unit: Unit) -> RowWithValues:
    """Returns a row of a school's 附件2 with its expected values."""
    stage = _STAGE_WORD.get(unit.stage or "") or ("小学" if student.grade in _PRIMARY else "初中")
    boarding, left_behind = random.random() < 0.3, random.random() < 0.2
    number = f"G{student.id_number}"
    values = {
        **_person_values(student), "household_category": student.category, "student_number": number, "school": unit.name, "stage": stage,
        "grade": student.grade, "class_name": student.class_name, "boarding": boarding, "left_behind": left_behind, "study_status": "在校",
    }  # fmt: skip
    return [
        student.name, student.sex, student.ethnicity, student.id_number, number, student.township, student.village, student.group,
        student.category, student.guardian, student.relation, student.phone, unit.name, stage, student.grade, student.class_name,
        "是" if boarding else "否", "是" if left_behind else "否", "在校", None,
    ], values  # fmt: skip


def row_out_of_school(
    random: Random, student: MadeUpStudent, unit: Unit, status: str, *, back: bool
) -> RowWithValues:
    """Returns a row of 附件3 or 附件4 with its expected values; ``back`` is whether the last visit brought the child back."""
    since = datetime(2023, 9, random.randint(1, 5))
    reason = _EXCUSES.get(status) or random.choice(REASONS)
    school = (
        unit.name
        if unit.kind == "school"
        else f"{random.choice(ELSEWHERE)[1]}{random.choice(SCHOOL_WORDS)}中学"
    )
    values: dict[str, object] = {
        **_person_values(student), "status": status, "previous_school": school, "grade": student.grade, "since": f"{since:%Y-%m-%d}",
        "reason": reason,
    }  # fmt: skip
    visit_texts: list[object] = [None] * 3
    outcome = proof = None
    if status in DROPOUT_STATUSES:
        outcome = values["outcome"] = "已返校" if back else "未返校"
        visit_count = random.randint(1, 3)
        for number in range(visit_count):
            day = since + timedelta(days=5 * (number + 1))
            result = outcome if number == visit_count - 1 else "未返校"
            visit_texts[number] = f"{day.year}.{day.month}.{day.day}家访,{result}"
    else:
        proof = values["proof"] = f"{status}证明"
    return [
        student.name, student.sex, student.ethnicity, student.id_number, student.township, student.village, student.group,
        student.guardian, student.relation, student.phone, status, school, student.grade, _written_date(random, since), reason, *visit_texts, outcome,
        proof, None,
    ], values  # fmt: skip


def with_mistake(
    kind: int, row: Sequence[object], values: dict[str, object], student: MadeUpStudent
) -> RowWithValues:
    """Returns the row with one mistake: in the check character, the name, the number's type, or the phone.

    Values that can no longer be read are removed. Of the kinds 0 to 3 the last is no error, so the row counts.
    """
    cells, remaining = list(row), dict(values)
    number = student.id_number
    if kind == 0:
        cells[3] = remaining["id_number"] = number[:17] + ("1" if number[17] != "1" else "2")
        del remaining["birth_date"]
    elif kind == 1:
        cells[0] = None
        del remaining["name"]
    elif kind == 2:  # as Excel keeps it: fifteen digits
        cells[3] = float(number[:15] + "000")
        del remaining["id_number"], remaining["birth_date"]
    else:
        cells[cells.index(student.phone)] = student.phone[:8]
        del remaining["guardian_phone"]
    return cells, remaining


def _person_values(student: MadeUpStudent) -> dict[str, object]:
    return {
        "name": student.name, "sex": student.sex, "ethnicity": student.ethnicity, "id_number": student.id_number,
        "birth_date": student.birth_date, "household_township": student.township, "household_village": student.village,
        "household_group": student.group, "guardian": student.guardian, "guardian_relation": student.relation,
        "guardian_phone": student.phone,
    }  # fmt: skip


def _written_date(random: Random, day: datetime) -> object:
    """Returns the date as some clerk would write it, or as a date cell."""
    spelling = random.randrange(len(_DATE_FORMATS) + 1)
    return day if spelling == len(_DATE_FORMATS) else _DATE_FORMATS[spelling].format(day)
