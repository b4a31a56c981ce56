"""松坪县: 学区 that report for their schools every day and every quarter, in words that no other notice uses."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from config.units.roster import Unit
from kongchuo.demo.made_up_students import MadeUpStudent
from tests.builders.counties.story import (
    ZONE,
    ExpectedCase,
    OtherCounty,
    Report,
    Row,
    StoryTeller,
    a_unit,
    split_headings,
)

AS_OF = datetime(2024, 9, 13, 20, tzinfo=ZONE)
NOTICE = Path(__file__).with_name("songping.toml")
_OPENED = datetime(2024, 9, 9, tzinfo=ZONE)
_DAYS = ("09-09", "09-10", "09-11", "09-12", "09-13")
_REGISTER = split_headings(
    "序号 学生姓名 性别 身份证号 监护人 联系电话 学校 年级 流失类别 流失时间 原因 备注"
)
_ROLL = split_headings("序号 姓名 性别 身份证号 学籍号 监护人 联系电话 就读学校 年级 班级 在校情况 备注")
_STATES = {
    "疑似流失": ("open", "疑似流失"),
    "三天未到校": ("open", "疑似流失"),
    "已流失": ("open", "流失"),
    "已劝回": ("returned", "劝回"),
    "居家学习": ("excused", "居家学习"),
    "因病请长假": ("open", "长期病假"),
    "随迁转出": ("open", "随迁转出"),
}
"""By a clerk's word, the state and status of the case."""


def make_songping(seed: int) -> OtherCounty:
    return _Songping(seed).tell()


class _Songping:
    def __init__(self, seed: int) -> None:
        self.districts = (a_unit("松坪东学区", "district"), a_unit("松坪西学区", "district"))
        self.schools = {
            "松坪东学区": ("白石小学", "白石中学"),
            "松坪西学区": ("河湾小学",),
        }
        schools = [
            a_unit(name, "school", None, "初中" if "中学" in name else "小学", parent=district)
            for district, names in self.schools.items()
            for name in names
        ]
        self.story = StoryTeller(seed, "松坪县", (*self.districts, *schools))
        self.random, self.truth = self.story.random, self.story.truth

    def tell(self) -> OtherCounty:
        for place, district in enumerate(self.districts):
            self._days(district, place)
            self._quarter(district, place)
        return self.story.county_story(str(NOTICE), "松坪县教育局", AS_OF)

    def _days(self, district: Unit, place: int) -> None:
        """Sends a daily report with one more child each day; the second 学区 forgets a day and is late on another."""
        written = list(_STATES)
        self.random.shuffle(written)
        children = [(self.story.child("松坪镇"), word) for word in written]
        for number, day in enumerate(_DAYS):
            key = (district.name, "附件12", f"2024-{day}")
            if (place, number) == (1, 1):
                self.truth.reports[key] = Report("missing")
                continue
            late = (place, number) == (1, 3)
            told = children[: 2 * number]
            self._day(district, day, told, late=late)
            for child, word in told:
                state, status = _STATES[word]
                self.truth.cases[child.id_number] = ExpectedCase(state, status, district.name)
            ill = [child for child, word in told if word == "因病请长假"]
            last = number == len(_DAYS) - 1
            self.truth.reports[key] = Report(
                "incomplete" if ill and last else "received", late=late, nil=not told
            )

    def _day(
        self, district: Unit, day: str, told: Sequence[tuple[MadeUpStudent, str]], *, late: bool
    ) -> None:
        rows: list[Row] = [
            {
                "学生姓名": child.name, "性别": child.sex, "身份证号": child.id_number, "监护人": child.guardian, "联系电话": child.phone,
                "学校": self.random.choice(self.schools[district.name]), "年级": child.grade, "流失类别": word, "流失时间": "2024年9月9日",
                "原因": "厌学",
            }
            for child, word in told
        ]  # fmt: skip
        month, date = int(day[:2]), int(day[3:])
        words = f"{month}月{date}日"
        said = "title" if late else self.random.choice(("title", "name", "subject", "nowhere"))
        title = f"松坪县中小学生流失情况日报表{f'({words})' if said == 'title' else ''}"
        below = () if rows else (self.random.choice(("无", "零报告", "今日无流失学生。")),)
        data, ending = self.story.workbook(title, district.name, _REGISTER, rows, below=below)
        when = self.story.day(f"{day}T{'17:40' if late else '16:20'}") + timedelta(
            minutes=self.random.randint(0, 15)
        )
        name = f"日报{words if said == 'name' else ''}.{ending}"
        self.story.send(district, when, f"{words if said == 'subject' else ''}日报", {name: data})

    def _quarter(self, district: Unit, place: int) -> None:
        key = (district.name, "表2", "2024-Q3")
        if place == 1:
            self.truth.reports[key] = Report("pending")
            return
        pupils = [self.story.child("松坪镇") for _ in range(8)]
        rows: list[Row] = [
            {
                "姓名": child.name, "性别": child.sex, "身份证号": child.id_number, "学籍号": f"G{child.id_number}", "监护人": child.guardian,
                "联系电话": child.phone, "就读学校": self.random.choice(self.schools[district.name]), "年级": child.grade, "班级": child.class_name,
                "在校情况": "缺席" if child is pupils[-1] else "正常",
            }
            for child in pupils
        ]  # fmt: skip
        self.truth.suspected[pupils[-1].id_number] = "表2"
        data, ending = self.story.workbook(
            "松坪县学区适龄学生就学情况季报表(第三季度)", district.name, _ROLL, rows, label="表2"
        )
        self.story.send(
            district, self.story.day("09-12"), f"{district.name}第三季度表2", {f"季报.{ending}": data}
        )
        self.truth.reports[key] = Report("received")
