"""A made-up county of 33 townships and some schools, the mails of one September, and what is true of them."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import resources
from random import Random
from zoneinfo import ZoneInfo

from config.roster import Unit
from kongchuo.demo.mails import Attachment, MadeMail, forwarded, mail, picture, zipped
from kongchuo.demo.names import ELSEWHERE, REASONS, SCHOOL_WORDS
from kongchuo.demo.students import GRADES, Student, Students
from kongchuo.demo.workbooks import Filled, either, xlsx
from ledger.judgements import GapKind, State

ZONE = ZoneInfo("Asia/Shanghai")
AS_OF = datetime(2023, 9, 28, 9, tzinfo=ZONE)
_FIRST = datetime(2023, 9, 11, 8, tzinfo=ZONE)
_LAST = datetime(2023, 9, 25, 22, tzinfo=ZONE)
_LATE = datetime(2023, 9, 26, 8, tzinfo=ZONE)
_STAGES = (
    "小学",
    "小学",
    "初中",
    "幼儿园",
    "小学",
    "九年一贯制",
    "幼儿园",
    "小学",
    "初中",
    "完全中学",
    "高中",
    "职业学校",
    "特殊教育学校",
)
_NAMES = {
    "小学": "小学",
    "初中": "中学",
    "九年一贯制": "学校",
    "幼儿园": "幼儿园",
    "完全中学": "完全中学",
    "高中": "高级中学",
    "职业学校": "职业中学",
    "特殊教育学校": "特殊教育学校",
}
_LEDGER_STAGES = ("小学", "初中", "九年一贯制", "完全中学", "特殊教育学校")
_PRIMARY, _MIDDLE = GRADES[:6], GRADES[6:]
_OF_STAGE = {
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
_NIL_WAYS: tuple[tuple[tuple[object, ...], ...], ...] = (
    ((1, "无"),),
    (("零报告",),),
    (("经排查,无失学、辍学、休学、延缓入学学生。",),),
    (),
)

Key = tuple[str, str]  # unit, form


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueRecord:
    """A row that must stand, with the values that a clean sheet gives; ``clean`` rows have no fault."""

    unit: str
    form: str
    values: dict[str, object]
    clean: bool = True


@dataclass
class Truth:
    """What must come out at :data:`AS_OF`."""

    records: list[TrueRecord] = field(default_factory=list)
    states: dict[Key, State] = field(default_factory=dict)
    late: set[Key] = field(default_factory=set)
    nil: set[Key] = field(default_factory=set)
    gaps: set[tuple[str, str, GapKind]] = field(default_factory=set)
    cases: dict[str, str] = field(default_factory=dict)  # identity number → state
    duplicates: int = 0
    quarantined: int = 0
    ignored: int = 0


@dataclass(frozen=True)
class County:
    units: tuple[Unit, ...]
    mails: tuple[MadeMail, ...]
    truth: Truth

    def units_csv(self) -> str:
        """The roster file."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(
            ("name", "kind", "stage", "township", "aliases", "emails", "parent", "contact", "phone")
        )
        for unit in self.units:
            writer.writerow(
                (
                    unit.name,
                    unit.kind,
                    unit.stage or "",
                    unit.township or "",
                    ";".join(unit.aliases),
                    ";".join(unit.emails),
                    unit.parent or "",
                    unit.contact or "",
                    unit.phone or "",
                )
            )
        return out.getvalue()


def make_county(seed: int, schools: int = 60, mails: int = 300, rows: int = 20_000) -> County:
    """The same seed and sizes give the same bytes.

    Args:
        schools: how many schools stand beside the 33 townships (and one 教学点 more).
        mails: about how many messages; chatter fills up what the units' own do not reach.
        rows: about how many student rows on 附件1 and 附件2.
    """
    return _Maker(seed, schools, mails, rows).county()


def _townships() -> list[str]:
    text = (resources.files("config") / "notices" / "shizhu-townships.csv").read_text("utf-8-sig")
    return [row["name"] for row in csv.DictReader(io.StringIO(text))]


class _Maker:
    def __init__(self, seed: int, schools: int, mails: int, rows: int) -> None:
        self.random = Random(seed)
        self.students = Students(self.random)
        self.truth = Truth()
        self.mails: list[MadeMail] = []
        self.wanted = mails
        self.units = self._units(schools)
        owing = [unit for unit in self.units if unit.stage != "教学点"]
        weights = {unit.name: self.random.uniform(0.3, 2.0) for unit in owing}
        total = sum(weights.values())
        self.sizes = {name: max(int(rows * weight / total), 2) for name, weight in weights.items()}

    def county(self) -> County:
        reporting = [unit for unit in self.units if unit.stage != "教学点"]
        for place, unit in enumerate(reporting):
            self._reports(unit, place)
        self._strangers()
        self.mails.sort(key=lambda made: (made.received_at, made.raw))
        return County(tuple(self.units), tuple(self.mails), self.truth)

    # Who there is

    def _units(self, schools: int) -> list[Unit]:
        towns = _townships()
        units = [self._unit(name, "township", None, name) for name in towns]
        names: set[str] = set()
        for number in range(schools):
            stage = _STAGES[number % len(_STAGES)]
            town = towns[number % len(towns)]
            short = town.removesuffix("街道").removesuffix("镇").removesuffix("乡")
            word = SCHOOL_WORDS[(number // len(towns)) % len(SCHOOL_WORDS)] if number >= len(towns) else ""
            name = f"{short}{'镇' if not word and stage == '小学' else ''}{word}{_NAMES[stage]}"
            while name in names:
                name = f"{short}第{self.random.choice('二三四五六七八九')}{word}{_NAMES[stage]}"
            names.add(name)
            units.append(self._unit(name, "school", stage, town))
        parent = next((unit for unit in units if unit.stage == "小学"), None)
        if parent is not None:
            units.append(
                self._unit(
                    f"{parent.township}青龙教学点",
                    "school",
                    "教学点",
                    parent.township or "",
                    parent=parent.name,
                )
            )
        return units

    def _unit(self, name: str, kind: str, stage: str | None, town: str, parent: str | None = None) -> Unit:
        number = self.random.randint(0, 99_999_999)
        return Unit(
            name=name,
            kind="township" if kind == "township" else "school",
            stage=stage,
            township=None if kind == "township" else town,
            emails=(f"u{number:08}@example.org",),
            parent=parent,
            contact=self.random.choice("谭马秦冉向") + "老师",
            phone=f"139{number:08}",
        )

    # What they send

    def _reports(self, unit: Unit, place: int) -> None:
        """One unit's September; ``place`` spreads the mishaps evenly."""
        roll, ledger = ("附件1", "附件3") if unit.kind == "township" else ("附件2", "附件4")
        has_ledger = unit.kind == "township" or unit.stage in _LEDGER_STAGES
        missing = {0: {roll, ledger}, 1: {ledger}}.get(place % 31, set())
        late = place % 13 == 5
        when = self._moment(late)
        attached: list[tuple[str, Attachment]] = []
        if roll in missing:
            self._missing(unit, roll)
        else:
            attached.append((roll, self._roll(unit, roll, place, late)))
        proofs: list[Attachment] = []
        if has_ledger and ledger in missing:
            self._missing(unit, ledger)
        elif has_ledger:
            file, proofs = self._ledger(unit, ledger, place, late)
            attached.append((ledger, file))
        if not attached:
            return
        self._send(unit, attached, proofs, when, place)

    def _send(
        self,
        unit: Unit,
        attached: Sequence[tuple[str, Attachment]],
        proofs: Sequence[Attachment],
        when: datetime,
        place: int,
    ) -> None:
        files = [file for _, file in attached]
        forms = "、".join(form for form, _ in attached)
        way = place % 7
        if way == 1 and len(files) > 1:  # one mail a form, proofs with the ledger
            self._mail(unit, f"{unit.name}{attached[0][0]}", files[:1], when)
            self._mail(
                unit, f"{unit.name}{attached[1][0]}", [*files[1:], *proofs], when + timedelta(minutes=7)
            )
        elif way == 3:
            members = {file.name: file.data for file in proofs}
            members |= {f"{form}/{file.name}": file.data for form, file in attached}
            packed = zipped(list(members.items()))
            self._mail(unit, f"{unit.name}控辍保学材料", [Attachment(f"{unit.name}.zip", packed)], when)
        elif way == 5:
            inner = self._made(unit, f"{unit.name}{forms}", [*files, *proofs], when)
            self.mails.append(forwarded(self.random, inner, sender=unit.emails[0], received_at=when))
        else:
            logo = [Attachment("logo.png", picture(self.random, 3_000), inline=True)] if way == 6 else []
            self.truth.ignored += len(logo)
            self._mail(unit, f"{unit.name}{forms}", [*files, *proofs, *logo], when)
        if place % 11 == 4:  # sent twice, to be sure
            self._mail(unit, f"再发一次:{unit.name}{forms}", files, when + timedelta(hours=1))
            self.truth.duplicates += len(files)

    def _roll(self, unit: Unit, form: str, place: int, late: bool) -> Attachment:
        students = [self._student(unit) for _ in range(self.sizes[unit.name])]
        heading = self.random.randrange(2)
        rows = []
        errors = 0
        for number, student in enumerate(students, 1):
            if form == "附件1":
                row, values = self._away(student, unit)
            else:
                row, values = self._here(student, unit)
            clean = True
            if place % 9 == 2 and number == 3:
                row[3], values["id_number"] = _spoilt(student.id_number), _spoilt(student.id_number)
                del values["birth_date"]  # nobody can tell it from a broken number
                clean, errors = False, errors + 1
            self.truth.records.append(
                TrueRecord(unit=unit.name, form=form, values={"seq": number, **values}, clean=clean)
            )
            rows.append((number, *row))
        filled = Filled(
            form=form, unit=unit.name, rows=tuple(rows), heading=heading,
            labelled=place % 4 != 0, total=place % 3 == 0, notes=place % 5 == 0,
        )  # fmt: skip
        data, extension = either(filled, self.random)
        self._settle(unit, form, errors > 0, late)
        return Attachment(self._file_name(unit, form, extension), data)

    def _ledger(self, unit: Unit, form: str, place: int, late: bool) -> tuple[Attachment, list[Attachment]]:
        """An 附件3 or 附件4: a zero report with most, a few children with the others."""
        children = (0, 3, 5, 2)[place // 3 % 4] if place % 3 == 0 else 0
        proofs: list[Attachment] = []
        if not children:
            below = self.random.choice(_NIL_WAYS)
            filled = Filled(
                form=form, unit=unit.name, rows=below, heading=self.random.randrange(2), notes=True
            )
            self.truth.nil.add((unit.name, form))
            self._settle(unit, form, False, late)
            return Attachment(self._file_name(unit, form, "xlsx"), xlsx(filled)), proofs
        rows = []
        unproven = False
        dropouts = 0
        for number in range(1, children + 1):
            student = self._student(unit, compulsory=True)
            status = "休学" if number % 2 == 0 else "辍学"
            dropouts += status == "辍学"
            proven = status == "休学" and (place + number) % 4 != 0
            unproven |= status == "休学" and not proven
            row, values = self._out(student, unit, status, number)
            self.truth.records.append(TrueRecord(unit=unit.name, form=form, values={"seq": number, **values}))
            self.truth.cases[student.id_number] = (
                "excused" if proven else "returned" if values.get("outcome") == "已返校" else "open"
            )
            if proven:
                proofs.append(Attachment(f"{student.name}休学证明.png", picture(self.random)))
            rows.append((number, *row))
        filled = Filled(
            form=form,
            unit=unit.name,
            rows=tuple(rows),
            heading=self.random.randrange(2),
            notes=place % 2 == 0,
        )
        data, extension = either(filled, self.random)
        self._settle(unit, form, unproven, late, GapKind.PROOF)
        if dropouts:  # nobody sends 附件5/6 here, so they are missing once due
            self._missing(unit, "附件5" if form == "附件3" else "附件6", due_passed=True)
        return Attachment(self._file_name(unit, form, extension), data), proofs

    def _settle(
        self, unit: Unit, form: str, incomplete: bool, late: bool, kind: GapKind = GapKind.INCOMPLETE
    ) -> None:
        key = (unit.name, form)
        self.truth.states[key] = State.INCOMPLETE if incomplete else State.RECEIVED
        if incomplete:
            self.truth.gaps.add((*key, kind))
        if late:
            self.truth.late.add(key)
            self.truth.gaps.add((*key, GapKind.LATE))

    def _missing(self, unit: Unit, form: str, *, due_passed: bool = True) -> None:
        if due_passed:
            self.truth.states[unit.name, form] = State.MISSING
            self.truth.gaps.add((unit.name, form, GapKind.MISSING))

    # Rows and the values that they must give

    def _student(self, unit: Unit, *, compulsory: bool = False) -> Student:
        grades = (
            _OF_STAGE.get(unit.stage or "", GRADES)
            if not compulsory or unit.stage in _LEDGER_STAGES
            else GRADES
        )
        return self.students.one(unit.township or unit.name, grades)

    def _person(self, student: Student) -> dict[str, object]:
        return {
            "name": student.name, "sex": student.sex, "ethnicity": student.ethnicity, "id_number": student.id_number,
            "birth_date": student.birth_date, "household_township": student.township, "household_village": student.village,
            "household_group": student.group, "guardian": student.guardian, "guardian_relation": student.relation,
            "guardian_phone": student.phone,
        }  # fmt: skip

    def _away(self, student: Student, unit: Unit) -> tuple[list[object], dict[str, object]]:
        region = self.random.choice(ELSEWHERE)
        school = (
            f"{region[1]}{self.random.choice(SCHOOL_WORDS)}{'小学' if student.grade in _PRIMARY else '中学'}"
        )
        stage = "小学" if student.grade in _PRIMARY else "初中"
        values = {
            **self._person(student), "household_category": student.category, "school": school, "school_region": "".join(region),
            "stage": stage, "grade": student.grade, "class_name": student.class_name, "study_status": "在校",
        }  # fmt: skip
        return [
            student.name, student.sex, student.ethnicity, student.id_number, unit.name, student.village, student.group, student.category,
            student.guardian, student.relation, student.phone, school, "".join(region), stage, student.grade, student.class_name, "在校", None,
        ], values  # fmt: skip

    def _here(self, student: Student, unit: Unit) -> tuple[list[object], dict[str, object]]:
        stage = _STAGE_WORD.get(unit.stage or "") or ("小学" if student.grade in _PRIMARY else "初中")
        boarding, left_behind = self.random.random() < 0.3, self.random.random() < 0.2
        number = f"G{student.id_number}"
        values = {
            **self._person(student), "household_category": student.category, "student_number": number, "school": unit.name, "stage": stage,
            "grade": student.grade, "class_name": student.class_name, "boarding": boarding, "left_behind": left_behind, "study_status": "在校",
        }  # fmt: skip
        return [
            student.name, student.sex, student.ethnicity, student.id_number, number, student.township, student.village, student.group,
            student.category, student.guardian, student.relation, student.phone, unit.name, stage, student.grade, student.class_name,
            "是" if boarding else "否", "是" if left_behind else "否", "在校", None,
        ], values  # fmt: skip

    def _out(
        self, student: Student, unit: Unit, status: str, number: int
    ) -> tuple[list[object], dict[str, object]]:
        reason = "因病" if status == "休学" else self.random.choice(REASONS)
        since = datetime(2023, 9, self.random.randint(1, 5))
        dates = (
            [since + timedelta(days=5 * n) for n in range(1, self.random.randint(1, 3) + 1)]
            if status == "辍学"
            else []
        )
        back = status == "辍学" and number == 5
        told: list[object] = [
            f"{d:%Y.%-m.%-d}家访,{'已返校' if back and d == dates[-1] else '未返校'}" for d in dates
        ]
        told += [None] * (3 - len(told))
        school = (
            unit.name
            if unit.kind == "school"
            else f"{self.random.choice(ELSEWHERE)[1]}{self.random.choice(SCHOOL_WORDS)}中学"
        )
        outcome = ("已返校" if back else "未返校") if status == "辍学" else None
        values: dict[str, object] = {
            **self._person(student), "status": status, "previous_school": school, "grade": student.grade, "since": f"{since:%Y-%m-%d}",
            "reason": reason,
        }  # fmt: skip
        if outcome:
            values["outcome"] = outcome
        if status == "休学":
            values["proof"] = "休学证明"
        return [
            student.name, student.sex, student.ethnicity, student.id_number, student.township, student.village, student.group,
            student.guardian, student.relation, student.phone, status, school, student.grade, f"{since:%Y.%-m.%-d}", reason, *told, outcome,
            "休学证明" if status == "休学" else None, None,
        ], values  # fmt: skip

    # Envelopes

    def _moment(self, late: bool) -> datetime:
        if late:
            return _LATE + timedelta(minutes=self.random.randint(0, 36 * 60))
        seconds = (_LAST - _FIRST).total_seconds() * self.random.random() ** 0.5
        return _FIRST + timedelta(seconds=int(seconds))

    def _file_name(self, unit: Unit, form: str, extension: str) -> str:
        return self.random.choice(
            (
                f"{form}.{extension}",
                f"{unit.name}{form}.{extension}",
                f"{form}-{unit.name}(最终版).{extension}",
                f"新建工作表.{extension}",
            )
        )

    def _made(self, unit: Unit, subject: str, files: Sequence[Attachment], when: datetime) -> MadeMail:
        return mail(
            self.random, sender=unit.emails[0], sender_name=unit.name if self.random.random() < 0.5 else "微笑向暖",
            subject=self.random.choice((subject, "报送材料", "")), body=f"领导好,{unit.name}的材料见附件,请查收。",
            attachments=files, received_at=when,
        )  # fmt: skip

    def _mail(self, unit: Unit, subject: str, files: Sequence[Attachment], when: datetime) -> None:
        self.mails.append(self._made(unit, subject, files, when))

    def _strangers(self) -> None:
        """Mail that is no report: an advertisement, automatic replies, unknown senders; then chatter up to the number wanted."""
        chatter = self._chatter()
        unknown = Filled(form="附件4", unit="某某学校", rows=((1, "甲某"),), heading=0)
        self.mails.append(
            mail(
                self.random, sender="stranger@example.net", subject="材料", body="见附件", received_at=_FIRST + timedelta(days=2),
                attachments=[Attachment("台账.xlsx", xlsx(unknown)), Attachment("坏的.xlsx", b"PK\x03\x04" + bytes(200))],
            )
        )  # fmt: skip
        self.truth.quarantined += 2
        while len(self.mails) < self.wanted:
            self.mails.append(next(chatter))

    def _chatter(self) -> Iterator[MadeMail]:
        """Mails without files; each is ignored."""
        said = (
            ("自动回复:您好", "我正在休假,稍后回复。", "Auto-Submitted: auto-replied\r\n"),
            ("优惠办公用品", "全场八折,欢迎选购。", ""),
            ("收到", "好的,谢谢。", ""),
        )
        while True:
            subject, body, extra = self.random.choice(said)
            self.truth.ignored += 1
            yield mail(
                self.random, sender=f"x{self.random.randint(0, 9999):04}@example.net", subject=subject, body=body, attachments=(),
                received_at=self._moment(False), extra=extra,
            )  # fmt: skip


def _spoilt(number: str) -> str:
    """The number with a check character that is wrong."""
    return number[:17] + ("1" if number[17] != "1" else "2")
