"""石桥县: a weekly report due on Friday noon, 免学 and 已劝返, a form of 送教上门, and counts sent by each 学区."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from config.units.roster import Unit
from kongchuo.demo.made_up_students import GRADES, MadeUpStudent
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

AS_OF = datetime(2024, 10, 1, 20, tzinfo=ZONE)
WEEKS = ("2024-W36", "2024-W37", "2024-W38", "2024-W39")
_FRIDAYS = ("09-06", "09-13", "09-20", "09-27")
_THURSDAYS = ("09-05", "09-12", "09-19", "09-26")
_GRADES = {"小学": GRADES[:6], "初中": GRADES[6:], "九年一贯制": GRADES}
_ROLL = split_headings(
    "序号 姓名 性别 民族 身份证号 学籍号 户籍乡镇 村(社区) "
    "监护人 联系电话 就读学校 年级 班级 是否住校 留守儿童 在校情况 备注"
)
_WEEKLY = split_headings(
    "序号 学生姓名 性别 身份证号码 户籍地乡镇 行政村 监护人姓名 监护人电话 学校 "
    "年级 班级 学生情况 辍学时间 原因 劝返情况 返校时间 佐证材料 备注"
)
_COUNTS = split_headings(
    "序号 学校名称 在籍学生数 在校学生数 本月新增辍学人数 "
    "本月劝返人数 月末辍学人数 送教上门人数 免学人数 备注"
)
_HOME = split_headings(
    "序号 学生姓名 性别 身份证号 乡镇 村(社区) 残疾类别 监护人 联系电话 学校名称 年级 送教教师 送教次数 备注"
)


def make_shiqiao(seed: int) -> OtherCounty:
    return _Shiqiao(seed).tell()


class _Shiqiao:
    def __init__(self, seed: int) -> None:
        self.schools = (
            a_unit("双坝小学", "school", "双坝镇", "小学", area="双坝学区"),
            a_unit("双坝中学", "school", "双坝镇", "初中", area="双坝学区"),
            a_unit("玉石九年制学校", "school", "双坝镇", "九年一贯制", area="双坝学区"),
            a_unit("高山小学", "school", "高山乡", "小学", area="高山学区"),
            a_unit("高山中学", "school", "高山乡", "初中", area="高山学区"),
            a_unit("石桥县第二小学", "school", "高山乡", "小学", area="高山学区"),
        )
        self.districts = (
            a_unit("双坝学区", "district", "双坝镇", area="双坝学区"),
            a_unit("高山学区", "district", "高山乡", area="高山学区"),
        )
        towns = (a_unit("双坝镇", "township"), a_unit("高山乡", "township"))
        self.story = StoryTeller(seed, "石桥县", (*towns, *self.districts, *self.schools))
        self.random, self.truth = self.story.random, self.story.truth
        self.pupils: dict[str, list[MadeUpStudent]] = {}
        self.told: dict[str, list[tuple[MadeUpStudent, str]]] = {}

    def tell(self) -> OtherCounty:
        order = list(self.schools)
        self.random.shuffle(order)
        for place, school in enumerate(order):
            self._roll(school, place)
            self._weeks(school, place)
            self._home_teaching(school, place)
        self._months()
        return self.story.county_story("2024-shiqiao.toml", "石桥县教育体育局教育股", AS_OF)

    # 表1

    def _roll(self, school: Unit, place: int) -> None:
        grades = _GRADES[school.stage or ""]
        pupils = [self.story.child(school.township or "", grades) for _ in range(self.random.randint(10, 14))]
        self.pupils[school.name] = pupils
        rows: list[Row] = [
            {
                "姓名": pupil.name, "性别": pupil.sex, "民族": pupil.ethnicity, "身份证号": pupil.id_number, "学籍号": f"G{pupil.id_number}",
                "户籍乡镇": pupil.township, "村(社区)": pupil.village, "监护人": pupil.guardian, "联系电话": pupil.phone, "就读学校": school.name,
                "年级": pupil.grade, "班级": pupil.class_name, "是否住校": "否", "留守儿童": "否", "在校情况": "在校",
            }
            for pupil in pupils
        ]  # fmt: skip
        data, ending = self.story.workbook(
            "石桥县义务教育学校在籍学生名册",
            school.name,
            _ROLL,
            rows,
            label=self.random.choice(("表1", "附:表1", "")),
        )
        late = place == 2
        when = self.story.day("09-16" if late else self.random.choice(("09-03", "09-04")))
        self.story.send(school, when, f"{school.name}表1", {f"表1-{school.name}在籍学生名册.{ending}": data})
        self.truth.reports[school.name, "表1", ""] = Report("received", late=late)

    # 表2

    def _weeks(self, school: Unit, place: int) -> None:
        """Sends four weekly reports of a school; by its index it is late, forgets a week, or has no child to report."""
        fates = [] if place == 5 else [_FATES[(3 * place + n) % len(_FATES)] for n in range(3)]
        children = self.pupils[school.name][: len(fates)]
        told = list(zip(children, fates, strict=True))
        missing = {1: 1, 4: 3}.get(place)  # the week that it forgets
        last_status: dict[str, str] = {}
        for week, period in enumerate(WEEKS):
            key = (school.name, "表2", period)
            if week == missing:
                self.truth.reports[key] = Report("missing")
                continue
            rows = [
                (child, fate, row)
                for child, fate in told
                if (row := _row(child, fate, week, school)) is not None
            ]
            late = (place, week) in ((0, 2), (3, 1))
            self._week(school, week, rows, late=late)
            for child, fate, row in rows:
                last_status[child.id_number] = str(row["学生情况"])
                self.truth.cases[child.id_number] = _expected(fate, week, str(row["学生情况"]), school.name)
            last = max(number for number in range(len(WEEKS)) if number != missing)
            unproven = [
                child.name for child, fate, row in rows if fate == "exempt without proof" and week == last
            ]
            self.truth.reports[key] = Report(
                "incomplete" if unproven else "received", late=late, nil=not rows
            )
            self.truth.proofs_missing |= {(school.name, "表2", name) for name in unproven}
        statuses = [last_status[child.id_number] for child, _ in told]
        if any(status in ("辍学", "疑似辍学", "劝返中") for status in statuses):
            failed = any(fate == "being persuaded" for _, fate in told)
            self.truth.reports[school.name, "表5", ""] = Report("missing" if failed else "pending")
        self.truth.reports[school.name, "表2", "2024-W40"] = Report("pending")
        self.told[school.name] = [(child, last_status[child.id_number]) for child, _ in told]

    def _week(
        self,
        school: Unit,
        week: int,
        rows: Sequence[tuple[MadeUpStudent, str, Row]],
        *,
        late: bool,
    ) -> None:
        # Who is late sends the week's report in the next one, and says of which it is.
        said = "in the title" if late else self.random.choice(("in the title", "in the subject", "nowhere"))
        when = self.story.day(
            {0: "09-09", 1: "09-14", 2: "09-20T12:30"}.get(week, "09-30")
            if late
            else self.random.choice((_THURSDAYS[week], f"{_FRIDAYS[week]}T11:40"))
        )
        name = f"第{'一二三四'[week]}周"
        title = f"石桥县控辍保学情况周报表{f'({name})' if said == 'in the title' else ''}"
        below = () if rows else (self.random.choice(("零报告", "无", "本周无失学、辍学学生。")),)
        data, ending = self.story.workbook(
            title,
            school.name,
            _WEEKLY,
            [row for _, _, row in rows],
            below=below,
            label=self.random.choice(("表2", "")),
        )
        files = {f"{school.name}周报.{ending}": data}
        for child, fate, _ in rows:
            if fate == "exempt" and week == 0:
                files[f"{child.name}免学鉴定.png"] = self.story.picture()
            if fate == "ill" and week == 0:
                files[f"{child.name}病休诊断证明.png"] = self.story.picture()
        subject = f"{school.name}{name if said == 'in the subject' else ''}周报"
        self.story.send(school, when, subject, files)

    # 表4

    def _home_teaching(self, school: Unit, place: int) -> None:
        """Sends children taught at home; one of them was reported as 辍学 before."""
        key = (school.name, "表4", "")
        if place == 3:
            self.truth.reports[key] = Report("missing")
            return
        children: list[MadeUpStudent] = []
        if place in (0, 2):
            children = [self.story.child(school.township or "", _GRADES[school.stage or ""])]
        if place == 0:
            out = [child for child, status in self.told[school.name] if status == "辍学"]
            children += out[:1]
            for child in out[:1]:
                self.truth.cases[child.id_number] = ExpectedCase("excused", "辍学", school.name)
                self.told[school.name].remove((child, "辍学"))
                self.told[school.name].append((child, "送教上门"))
        rows: list[Row] = [
            {
                "学生姓名": child.name, "性别": child.sex, "身份证号": child.id_number, "乡镇": child.township, "村(社区)": child.village,
                "残疾类别": "智力二级", "监护人": child.guardian, "联系电话": child.phone, "学校名称": school.name, "年级": child.grade,
                "送教教师": "吴某", "送教次数": 4,
            }
            for child in children
        ]  # fmt: skip
        data, ending = self.story.workbook(
            "石桥县适龄残疾儿童少年送教上门情况表", school.name, _HOME, rows, below=() if rows else ("无",)
        )
        self.story.send(
            school,
            self.story.day(self.random.choice(("09-28", "09-30"))),
            "送教上门",
            {f"送教上门情况表.{ending}": data},
        )
        self.truth.reports[key] = Report("received", nil=not rows)

    # 表3

    def _months(self) -> None:
        """Sends September's counts; those of one school contradict its rows."""
        wrong = self.random.choice([school for school in self.schools if self.told[school.name]])
        for number, district in enumerate(self.districts):
            late = number == 1
            rows = [
                self._counted(school, wrong=school is wrong)
                for school in self.schools
                if school.area == district.area
            ]
            data, ending = self.story.workbook(
                "石桥县控辍保学工作月报表", district.name, _COUNTS, rows, label="表3"
            )
            when = self.story.day("09-29" if late else "09-27")
            self.story.send(
                district, when, f"{district.name}9月月报", {f"{district.name}月报.{ending}": data}
            )
            self.truth.reports[district.name, "表3", "2024-09"] = Report("received", late=late)
            self.truth.reports[district.name, "表3", "2024-10"] = Report("pending")
        self.truth.doubtful_counts.add((wrong.area or "", wrong.name))

    def _counted(self, school: Unit, *, wrong: bool) -> Row:
        """Returns the counts of a 学区 for a school, from the school's own last rows."""
        statuses = [status for _, status in self.told[school.name]]
        out = sum(status in ("辍学", "疑似辍学", "劝返中") for status in statuses) + 2 * wrong
        size = len(self.pupils[school.name])
        return {
            "学校名称": school.name,
            "在籍学生数": size,
            "在校学生数": size - len(statuses),
            "本月新增辍学人数": out,
            "本月劝返人数": statuses.count("已劝返"),
            "月末辍学人数": out,
            "送教上门人数": statuses.count("送教上门"),
            "免学人数": statuses.count("免学"),
        }


_FATES = (
    "out",
    "exempt",
    "brought back",
    "suspected",
    "ill",
    "exempt without proof",
    "moved",
    "taught at home",
    "being persuaded",
)
_STATUS = {
    "out": "辍学",
    "exempt": "免学",
    "exempt without proof": "免学",
    "suspected": "疑似辍学",
    "ill": "病休",
    "moved": "转出",
    "taught at home": "送教上门",
    "being persuaded": "劝返中",
}


def _row(child: MadeUpStudent, fate: str, week: int, school: Unit) -> Row | None:
    """Returns the row about a child in the school's report of a week, or None if the report leaves it out."""
    status = _STATUS.get(fate, "劝返中" if week < 2 else "已劝返")
    if fate == "suspected" and week > 1:
        return None  # left out, with no word on where it is
    more: Mapping[str, object] = {}
    if fate == "brought back" and week >= 2:
        more = {"返校时间": "2024-09-18"}
    if fate == "being persuaded" and week >= 2:
        more = {"劝返情况": "9月6日家访未返校;9月9日家访未返校;9月12日电话未返校;9月16日家访未返校"}
    return {
        "学生姓名": child.name, "性别": child.sex, "身份证号码": child.id_number, "户籍地乡镇": child.township, "行政村": child.village,
        "监护人姓名": child.guardian, "监护人电话": child.phone, "学校": school.name, "年级": child.grade, "班级": child.class_name,
        "学生情况": status, "辍学时间": "2024年9月2日", "原因": "残疾" if status in ("免学", "送教上门") else "厌学", **more,
    }  # fmt: skip


def _expected(fate: str, week: int, status: str, unit: str) -> ExpectedCase:
    state = "open"
    if status == "已劝返":
        state, status = "returned", "劝返中"
    elif fate in ("exempt", "ill", "taught at home"):
        state = "excused"
    return ExpectedCase(
        state, status, unit, escalation="owed" if fate == "being persuaded" and week >= 2 else "none"
    )
