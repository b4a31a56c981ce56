"""云岭县: monthly registers of 疑似辍学 by schools, quarterly lists by villages, lists of 残联 and 公安 to compare."""

from collections.abc import Callable, Sequence
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

AS_OF = datetime(2024, 11, 5, 9, tzinfo=ZONE)
_TOWNS = ("青溪镇", "南坝镇", "白沙乡")
_GRADES = {"小学": GRADES[:6], "初中": GRADES[6:], "九年一贯制": GRADES, "特殊教育学校": GRADES}
_ROLL = split_headings(
    "序号 学生姓名 性别 身份证号码 全国学籍号 户籍所在乡镇 行政村 "
    "监护人姓名 联系电话 学校名称 年级 班级 是否寄宿 就读情况 备注"
)
_REGISTER = split_headings(
    "序号 学生姓名 性别 身份证号 户籍乡镇 村(社区) 家长姓名 联系电话 学籍学校 年级 "
    "班级 疑似辍学情形 未到校起始时间 原因 学生去向 第一次劝学 第二次劝学 是否复学 复学时间 证明材料 备注"
)
_VILLAGE = split_headings(
    "序号 姓名 性别 身份证号 乡镇 村(社区) 村民小组 监护人 "
    "与学生关系 电话 未入学或辍学情形 发生时间 原因 原就读学校 目前去向 包村干部 备注"
)
_VISITS = ("序号", "姓名", "身份证号", "学校", "年级", "第一次劝学", "第二次劝学", "劝学结果", "备注")
_DISABLED = split_headings("序号 姓名 性别 身份证号 乡镇 村(社区) 监护人 联系电话 残疾类别 备注")
_RESIDENTS = split_headings("序号 姓名 性别 公民身份号码 乡镇 村(社区) 户籍地址 监护人 备注")


def make_yunling(seed: int) -> OtherCounty:
    return _Yunling(seed).tell()


class _Yunling:
    def __init__(self, seed: int) -> None:
        self.schools = (
            a_unit("青溪小学", "school", "青溪镇", "小学"),
            a_unit("青溪中学", "school", "青溪镇", "初中"),
            a_unit("南坝镇小学", "school", "南坝镇", "小学"),
            a_unit("南坝学校", "school", "南坝镇", "九年一贯制"),
            a_unit("白沙小学", "school", "白沙乡", "小学"),
            a_unit("云岭县实验中学", "school", "青溪镇", "初中", aliases=("实验中学",)),
            a_unit("云岭县特殊教育学校", "school", "青溪镇", "特殊教育学校"),
        )
        self.villages = (
            a_unit("青溪镇白果村", "village", "青溪镇"),
            a_unit("青溪镇龙洞村", "village", "青溪镇"),
            a_unit("南坪社区", "village", "青溪镇"),
            a_unit("南坝镇白果村", "village", "南坝镇"),
            a_unit("南坝镇水井村", "village", "南坝镇"),
            a_unit("白沙乡新田村", "village", "白沙乡"),
        )
        self.federation = a_unit("云岭县残疾人联合会", "department", aliases=("县残联", "残联"))
        self.police = a_unit("云岭县公安局", "department")
        others = (
            *(a_unit(town, "township") for town in _TOWNS),
            a_unit("青溪幼儿园", "school", "青溪镇", "幼儿园"),
            a_unit("云岭县民政局", "department"),
        )
        self.story = StoryTeller(
            seed, "云岭县", (*others, *self.schools, *self.villages, self.federation, self.police)
        )
        self.random, self.truth = self.story.random, self.story.truth
        self.pupils: dict[str, list[MadeUpStudent]] = {}

    def tell(self) -> OtherCounty:
        order = list(self.schools)
        self.random.shuffle(order)
        for place, school in enumerate(order):
            self._roll(school, place)
            self._registers(school, place)
        self._village_lists()
        self._lists()
        return self.story.county_story("2024-yunling.toml", "云岭县教育局基础教育股", AS_OF)

    # 附件1

    def _roll(self, school: Unit, place: int) -> None:
        pupils = [
            self.story.child(school.township or "", _GRADES[school.stage or ""])
            for _ in range(self.random.randint(9, 12))
        ]
        self.pupils[school.name] = pupils
        key = (school.name, "附件1", "")
        if place == 6:  # whose pupils nobody lists: they are known from the registers alone
            self.truth.reports[key] = Report("missing")
            return
        late = place == 1
        rows = [self._enrolled(pupil, school) for pupil in pupils]
        data, ending = self.story.workbook(
            "云岭县义务教育学校在校学生花名册",
            school.name,
            _ROLL,
            rows,
            label=self.random.choice(("附件1", "")),
        )
        when = self.story.day("09-12" if late else self.random.choice(("09-05", "09-09")))
        self.story.send(school, when, f"{school.name}学生花名册", {f"{school.name}学生花名册.{ending}": data})
        self.truth.reports[key] = Report("received", late=late)

    def _enrolled(self, pupil: MadeUpStudent, school: Unit) -> Row:
        return {
            "学生姓名": pupil.name, "性别": pupil.sex, "身份证号码": pupil.id_number, "全国学籍号": f"G{pupil.id_number}",
            "户籍所在乡镇": pupil.township, "行政村": pupil.village, "监护人姓名": pupil.guardian, "联系电话": pupil.phone,
            "学校名称": school.name, "年级": pupil.grade, "班级": pupil.class_name, "是否寄宿": "否", "就读情况": "在校",
        }  # fmt: skip

    # 附件2 and 附件4

    def _registers(self, school: Unit, place: int) -> None:
        """Sends two months of a school; by its index it is late, forgets one, or has no child to report."""
        fates: Sequence[str] = ()
        if place != 5:
            fates = [_FATES[(3 * place + n) % len(_FATES)] for n in range(3)]
        children = self.pupils[school.name][: len(fates)]
        told = [
            _Fate(name, child, school, self.random.random() < 0.5)
            for name, child in zip(fates, children, strict=True)
        ]
        september, october = (
            [(fate, row) for fate in told if (row := fate.rows[month]) is not None] for month in (0, 1)
        )
        sent = {
            0: (self.story.day("09-24"), "in the title"),
            1: (self.story.day("09-28"), "in the title"),
            2: (self.story.day("10-09"), "in the subject"),  # September's, sent in October
        }.get(place, (self.story.day(self.random.choice(("09-19", "09-23"))), self.random.choice(_SAID)))
        if place == 3:
            self.truth.reports[school.name, "附件2", "2024-09"] = Report("missing")
        else:
            self._register(school, "2024-09", "9月", september, sent, place)
        on = self.story.day(self.random.choice(("10-18", "10-22", "10-25")))
        if place == 4:
            self.truth.reports[school.name, "附件2", "2024-10"] = Report("missing")
        else:
            self._register(school, "2024-10", "10月", october, (on, self.random.choice(_SAID)), place)
        self.truth.reports[school.name, "附件2", "2024-11"] = Report("pending")
        for fate in told:
            if months := fate.told_in(place):
                self.truth.cases[fate.child.id_number] = fate.expected(months)
        self._visit_records(school, told, place)

    def _register(
        self,
        school: Unit,
        period: str,
        month: str,
        rows: Sequence[tuple["_Fate", Row]],
        sent: tuple[datetime, str],
        place: int,
    ) -> None:
        late = place in (1, 2) and period == "2024-09"
        when, said = sent
        title = "云岭县义务教育阶段疑似辍学学生台账"
        if said == "in the title":
            title = f"云岭县2024年{month}义务教育阶段疑似辍学学生台账"
        below = () if rows else (self.random.choice(("无", "本月无疑似辍学学生。", "零报告")),)
        data, ending = self.story.workbook(
            title, school.name, _REGISTER, [row for _, row in rows], below=below,
            sheet=month if said == "in the sheet" else "Sheet1",
        )  # fmt: skip
        name = f"{school.name}{month if said == 'in the name' else ''}疑似辍学台账.{ending}"
        subject = f"{school.name}{month if said == 'in the subject' else ''}疑似辍学台账"
        files = {name: data}
        for fate, _ in rows:
            if fate.name == "ill" and fate.with_proof:
                files[f"{fate.child.name}病休诊断证明.png"] = self.story.picture()
        self.story.send(school, when, subject, files)
        # A proof is asked for in the month in which the child was told of last.
        number = int(period[-2:]) - 9
        unproven = [
            fate.child.name
            for fate, _ in rows
            if fate.name == "ill" and not fate.with_proof and fate.told_in(place)[-1] == number
        ]
        self.truth.proofs_missing |= {(school.name, "附件2", name) for name in unproven}
        state = "incomplete" if unproven else "received"
        self.truth.reports[school.name, "附件2", period] = Report(state, late=late, nil=not rows)

    def _visit_records(self, school: Unit, told: Sequence["_Fate"], place: int) -> None:
        """Sends the record of visits, which is owed once two visits have failed and is pending until then."""
        key = (school.name, "附件4", "")
        known = [self.truth.cases.get(fate.child.id_number) for fate in told]
        if any(case is not None and case.status in _OUT and case.state == "open" for case in known):
            self.truth.reports[key] = Report("pending")
        persuaded = [fate for fate in told if fate.name == "persuaded" and fate.told_in(place)]
        if not persuaded:
            return
        child = persuaded[0].child
        if not persuaded[0].with_proof:
            self.truth.reports[key] = Report("missing")
            return
        row = {
            "姓名": child.name, "身份证号": child.id_number, "学校": school.name, "年级": child.grade,
            "第一次劝学": "2024.9.14家访,未返校", "第二次劝学": "2024.9.18电话,未返校", "劝学结果": "未返校",
        }  # fmt: skip
        data, ending = self.story.workbook("云岭县疑似辍学学生劝学工作记录表", school.name, _VISITS, [row])
        self.story.send(
            school, self.story.day("10-24"), "劝学记录", {f"{school.name}劝学记录.{ending}": data}
        )
        self.truth.reports[key] = Report("received")

    # 附件3

    def _village_lists(self) -> None:
        order = list(self.villages)
        self.random.shuffle(order)
        known = [number for number, case in self.truth.cases.items() if case.state == "open"]
        by_number = {child.id_number: child for pupils in self.pupils.values() for child in pupils}
        shared = by_number[self.random.choice(known)]
        for place, village in enumerate(order):
            key = (village.name, "附件3", "2024-Q3")
            self.truth.reports[village.name, "附件3", "2024-Q4"] = Report("pending")
            if place == 5:
                self.truth.reports[key] = Report("missing")
                continue
            children: list[tuple[MadeUpStudent, str]] = []
            if place in (0, 1):
                children = [
                    (self.story.child(village.township or ""), status) for status in ("未入学", "辍学")
                ]
                for child, status in children:
                    self.truth.cases[child.id_number] = ExpectedCase("open", status, village.name)
            if place == 1:  # a child of whom its school tells, too
                children.append((shared, "疑似辍学"))
            self._village_list(village, children, late=place == 3)
            self.truth.reports[key] = Report("received", late=place == 3, nil=not children)

    def _village_list(
        self, village: Unit, children: Sequence[tuple[MadeUpStudent, str]], *, late: bool
    ) -> None:
        rows: list[Row] = [
            {
                "姓名": child.name, "性别": child.sex, "身份证号": child.id_number, "乡镇": village.township,
                "村(社区)": village.name.removeprefix(village.township or ""), "村民小组": child.group, "监护人": child.guardian,
                "与学生关系": child.relation, "电话": child.phone, "未入学或辍学情形": status, "发生时间": "2024-09-02", "原因": "厌学",
                "目前去向": "在家", "包村干部": "周某",
            }
            for child, status in children
        ]  # fmt: skip
        said = self.random.choice(("2024年第三季度", ""))
        data, ending = self.story.workbook(
            f"云岭县{said}{village.name}适龄儿童少年未入学、辍学排查表", f"{village.name}委会", _VILLAGE, rows,
            below=() if rows else (self.random.choice(("无", "经排查,本村无未入学、辍学儿童少年。")),),
        )  # fmt: skip
        when = self.story.day("09-26" if late else self.random.choice(("09-11", "09-19")))
        self.story.send(
            village,
            when,
            self.random.choice((f"{village.name}排查表", "报送材料")),
            {f"排查表.{ending}": data},
        )

    # 附件5 and 附件6

    def _lists(self) -> None:
        listed = [
            pupils[-1] for name, pupils in self.pupils.items() if (name, "附件1", "") in self._on_rolls()
        ]
        open_case = next(
            child
            for pupils in self.pupils.values()
            for child in pupils
            if child.id_number in self.truth.cases
        )
        disabled = [*listed[:2], open_case, *(self.story.child(town) for town in _TOWNS[:2])]
        residents = [*listed[2:5], open_case, self.story.child(_TOWNS[2])]
        for child in disabled[3:]:
            self.truth.suspected[child.id_number] = "附件5"
        self.truth.suspected[residents[-1].id_number] = "附件6"
        rows: list[Row] = [
            {
                "姓名": child.name, "性别": child.sex, "身份证号": child.id_number, "乡镇": child.township, "村(社区)": child.village,
                "监护人": child.guardian, "联系电话": child.phone, "残疾类别": "肢体三级",
            }
            for child in disabled
        ]  # fmt: skip
        data, ending = self.story.workbook(
            "云岭县6-15周岁持证残疾儿童少年名单", "县残联", _DISABLED, rows, label="附件5"
        )
        self.story.send(self.federation, self.story.day("09-18"), "名单", {f"残疾儿童名单.{ending}": data})
        self.truth.reports[self.federation.name, "附件5", "2024-09-20"] = Report("received")
        self.truth.reports[self.federation.name, "附件5", "2024-12-20"] = Report("pending")
        rows = [
            {
                "姓名": child.name, "性别": child.sex, "公民身份号码": child.id_number, "乡镇": child.township, "村(社区)": child.village,
                "户籍地址": f"{child.township}{child.village}{child.group}", "监护人": child.guardian,
            }
            for child in residents
        ]  # fmt: skip
        data, ending = self.story.workbook("云岭县6-15周岁户籍人口名单", "云岭县公安局", _RESIDENTS, rows)
        self.story.send(self.police, self.story.day("09-21"), "附件6", {f"户籍人口名单.{ending}": data})
        self.truth.reports[self.police.name, "附件6", "2024-09-20"] = Report("received", late=True)

    def _on_rolls(self) -> set[tuple[str, str, str]]:
        return {
            key
            for key, report in self.truth.reports.items()
            if key[1] == "附件1" and report.state == "received"
        }


_OUT = ("疑似辍学", "在籍不在校", "劝学中", "辍学", "未入学")
_SAID = ("in the title", "in the sheet", "in the name", "in the subject", "nowhere")
_FATES = (
    "stays away", "comes back", "persuaded", "ill", "taught at home", "elsewhere", "left out", "only on the books", "dropped out",
)  # fmt: skip


class _Fate:
    """A school's reports on one child in September and October, with the resulting case."""

    def __init__(self, name: str, child: MadeUpStudent, school: Unit, with_proof: bool) -> None:
        self.name, self.child, self.school, self.with_proof = name, child, school, with_proof
        self.rows = tuple(
            {**self._person(), **row} if (row := month(self)) is not None else None
            for month in _STORIES[name]
        )

    def told_in(self, place: int) -> list[int]:
        """Returns the months in which its school reports the child; by its index a school forgets one."""
        came = [month for month in (0, 1) if (month, place) not in ((0, 3), (1, 4))]
        return [month for month in came if self.rows[month] is not None]

    def expected(self, told: Sequence[int]) -> ExpectedCase:
        """Returns the expected case after the rows of these months."""
        row = self.rows[told[-1]]
        assert row is not None
        status = str(row["疑似辍学情形"])
        if status == "已复学":
            was = "疑似辍学" if len(told) > 1 else status
            return ExpectedCase("returned", was, self.school.name)
        escalation = "none"
        if self.name == "persuaded":
            escalation = "filed" if self.with_proof else "owed"
        state = "excused" if status == "送教" else "open"
        if status == "病休" and self.with_proof:
            state = "excused"
        return ExpectedCase(state, status, self.school.name, escalation)

    def _person(self) -> Row:
        child = self.child
        return {
            "学生姓名": child.name, "性别": child.sex, "身份证号": child.id_number, "户籍乡镇": child.township, "村(社区)": child.village,
            "家长姓名": child.guardian, "联系电话": child.phone, "学籍学校": self.school.name, "年级": child.grade, "班级": child.class_name,
        }  # fmt: skip


def _says(status: str, **more: object) -> Callable[[_Fate], Row | None]:
    return lambda fate: {"疑似辍学情形": status, "未到校起始时间": "2024.9.13", "原因": "厌学", **more}


def _nothing(fate: _Fate) -> Row | None:
    return None


_VISITED = {"第一次劝学": "2024.9.14家访,未返校", "第二次劝学": "2024.9.18电话,未返校", "是否复学": "否"}
_STORIES: dict[str, tuple[Callable[[_Fate], Row | None], Callable[[_Fate], Row | None]]] = {
    "stays away": (_says("疑似辍学"), _says("疑似辍学")),
    "comes back": (_says("疑似辍学"), _says("已复学", 复学时间="2024-10-08")),
    "persuaded": (_says("劝学中", **_VISITED), _says("劝学中", **_VISITED)),
    "ill": (_says("病休", 原因="因病"), _says("病休", 原因="因病")),
    "taught at home": (_says("送教", 原因="残疾"), _says("送教", 原因="残疾")),
    "elsewhere": (_says("外地就读", 原因="随父母外出"), _says("外地就读", 原因="随父母外出")),
    "left out": (_says("辍学"), _nothing),
    "only on the books": (_nothing, _says("在籍不在校")),
    "dropped out": (_says("疑似辍学"), _says("辍学", 学生去向="外出打工")),
}
