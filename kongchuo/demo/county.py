"""Makes up a county: 33 townships, some schools, the mails of one September, and the expected results."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from config.units.roster import Unit
from kongchuo.demo.clerk_workbooks import HEADING_VARIANTS, FilledForm, xls_or_xlsx, xlsx
from kongchuo.demo.form_rows import (
    DROPOUT_STATUSES,
    EXCUSED_STATUSES,
    grades_of,
    grades_out,
    row_inside_county,
    row_out_of_school,
    row_outside_county,
    with_mistake,
)
from kongchuo.demo.ground_truth import GroundTruth, GroundTruthBuilder, UnitForm
from kongchuo.demo.made_up_mails import (
    MadeUpAttachment,
    MadeUpMail,
    MadeUpSender,
    forward,
    make_locked_zip,
    make_mail,
    make_picture,
    make_zip,
)
from kongchuo.demo.made_up_students import StudentMaker
from kongchuo.demo.made_up_units import COMPULSORY, make_units, units_csv
from ledger.results import CaseState, GapKind

ZONE = ZoneInfo("Asia/Shanghai")
AS_OF = datetime(2023, 9, 28, 9, tzinfo=ZONE)
_FIRST = datetime(2023, 9, 11, 8, tzinfo=ZONE)
_LAST = datetime(2023, 9, 25, 22, tzinfo=ZONE)
_LATE = datetime(2023, 9, 26, 8, tzinfo=ZONE)
_STATUSES = ("辍学", "休学", "失学", "延缓入学", "辍学")
_RETURNED_INDEX = 4  # the place among them of the child that came back
_PERSUASION = {"附件3": "附件5", "附件4": "附件6"}
_PHOTOGRAPHED_UNIT, _LOCKED_UNIT = 8, 34  # whose ledger comes as a photo, whose behind a password
_HARMLESS_MISTAKE = 3  # the mistake after which a row still counts
_NIL_WORDINGS: tuple[tuple[tuple[object, ...], ...], ...] = (
    ((1, "无"),),
    (("零报告",),),
    (("经排查,无失学、辍学、休学、延缓入学学生。",),),
    (),
)


@dataclass(frozen=True)
class County:
    """A made-up county: its units, their mails in order of arrival, and the expected results."""

    units: tuple[Unit, ...]
    mails: tuple[MadeUpMail, ...]
    truth: GroundTruth

    def units_csv(self) -> str:
        """Returns the roster as CSV."""
        return units_csv(self.units)


def make_county(seed: int, schools: int = 60, mails: int = 300, rows: int = 20_000) -> County:
    """Returns a made-up county; the same seed and sizes give the same bytes.

    Args:
        schools: the number of schools besides the 33 townships and one 教学点.
        mails: about how many messages, at least one a unit; extra mails are second reports and chatter.
        rows: about how many rows of students in 附件1 and 附件2, at least two a unit.
    """
    return _CountyMaker(seed, schools, mails, rows).county()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reporter:
    """A reporting unit with its index, by which mistakes are spread evenly."""

    unit: Unit
    index: int

    @property
    def roll(self) -> UnitForm:
        return self.unit.name, "附件1" if self.unit.kind == "township" else "附件2"

    @property
    def register(self) -> UnitForm | None:
        if self.unit.kind == "township":
            return self.unit.name, "附件3"
        return (self.unit.name, "附件4") if self.unit.stage in COMPULSORY else None

    @property
    def sends_nothing(self) -> bool:
        return self.index % 31 == 0

    @property
    def forgets_register(self) -> bool:
        return self.sends_nothing or self.index % 31 == 1

    @property
    def late(self) -> bool:
        return self.index % 13 == 5

    @property
    def sends_twice(self) -> bool:
        return self.index % 11 == 4

    @property
    def sends_correction(self) -> bool:
        return self.index % 10 == 7 and not self.late and not self.sends_twice

    @property
    def mistake(self) -> int | None:
        """The kind of mistake in its roll; None for none."""
        return self.index // 9 % 4 if self.index % 9 == 2 else None

    @property
    def out_of_school(self) -> int:
        """The number of its children out of school."""
        return (0, 3, 5, 2)[self.index // 3 % 4] if self.index % 3 == 0 else 0

    @property
    def clerk_name(self) -> str:
        """The name that its clerk uses for it."""
        return self.unit.aliases[0] if self.unit.aliases and self.index % 2 else self.unit.name


class _CountyMaker:
    def __init__(self, seed: int, schools: int, mails: int, rows: int) -> None:
        self.random = Random(seed)
        self.students = StudentMaker(self.random)
        self.expected = GroundTruthBuilder()
        self.mails: list[MadeUpMail] = []
        self.units = make_units(self.random, schools)
        owing = [unit for unit in self.units if unit.parent is None]
        self.reporters = [_Reporter(unit=unit, index=index) for index, unit in enumerate(owing)]
        sending = [each for each in self.reporters if not each.sends_nothing]
        weights = {each.unit.name: self.random.uniform(0.3, 2.0) for each in sending}
        total = sum(weights.values())
        self.sizes = {name: max(round(rows * weight / total), 2) for name, weight in weights.items()}
        self.mail_count = mails
        self.spare = mails - len(sending) - 1  # mails beyond one a unit and the stranger's

    def county(self) -> County:
        for reporter in self.reporters:
            self._add_reports(reporter)
        self._add_stranger()
        chatter = self._chatter_mails()
        while len(self.mails) < self.mail_count:
            self.mails.append(next(chatter))
        self.mails.sort(key=lambda made: (made.received_at, made.raw))
        return County(tuple(self.units), tuple(self.mails), self.expected.truth())

    # What they send

    def _add_reports(self, reporter: _Reporter) -> None:
        """Adds the mails of one unit in September."""
        sent_at = self._random_arrival(reporter.late)
        attached: list[tuple[str, MadeUpAttachment]] = []
        if reporter.sends_nothing:
            self.expected.form_missing(reporter.roll)
        else:
            attached.append((reporter.roll[1], self._roll(reporter, sent_at)))
        proofs: list[MadeUpAttachment] = []
        if reporter.register and reporter.forgets_register:
            self.expected.form_missing(reporter.register)
        elif reporter.register and reporter.index in (_PHOTOGRAPHED_UNIT, _LOCKED_UNIT):
            attached.append((reporter.register[1], self._unreadable(reporter, reporter.register)))
        elif reporter.register:
            file, proofs = self._register(reporter, reporter.register)
            attached.append((reporter.register[1], file))
        if attached:
            self._send_forms(reporter, attached, proofs, sent_at)

    def _send_forms(
        self,
        reporter: _Reporter,
        attached: Sequence[tuple[str, MadeUpAttachment]],
        proofs: Sequence[MadeUpAttachment],
        sent_at: datetime,
    ) -> None:
        unit, index = reporter.unit, reporter.index
        files = [file for _, file in attached]
        forms = "、".join(form for form, _ in attached)
        if proofs and index % 2 and self._take_spare():  # the papers come after the table
            self._send_mail(
                unit, f"补交{reporter.clerk_name}证明材料", proofs, sent_at + timedelta(minutes=25)
            )
            proofs = ()
        style = index % 7
        if style == 1 and len(files) > 1 and self._take_spare():  # one mail a form, proofs with the ledger
            later = sent_at + timedelta(minutes=7)
            self._send_mail(unit, f"{reporter.clerk_name}{attached[0][0]}", files[:1], sent_at)
            self._send_mail(unit, f"{reporter.clerk_name}{attached[1][0]}", [*files[1:], *proofs], later)
        elif style == 3:
            members = {file.name: file.data for file in proofs}
            members |= {f"{form}/{file.name}": file.data for form, file in attached}
            packed = MadeUpAttachment(f"{reporter.clerk_name}.zip", make_zip(list(members.items())))
            self._send_mail(unit, f"{reporter.clerk_name}控辍保学材料", [packed], sent_at)
        elif style == 5:
            wording = self.random.choice((f"{reporter.clerk_name}{forms}", "报送材料", ""))
            inner = self._make_mail(unit, wording, [*files, *proofs], sent_at)
            self.mails.append(forward(self.random, inner, sender=unit.emails[0], received_at=sent_at))
        else:
            logo = (
                [MadeUpAttachment("logo.png", make_picture(self.random, 3_000), inline=True)]
                if style == 6
                else []
            )
            self.expected.ignored += len(logo)
            self._send_mail(unit, f"{reporter.clerk_name}{forms}", [*files, *proofs, *logo], sent_at)
        if reporter.sends_twice and self._take_spare():  # to be sure
            self._send_mail(
                unit, f"再发一次:{reporter.clerk_name}{forms}", files, sent_at + timedelta(hours=1)
            )
            self.expected.duplicates += len(files)

    def _take_spare(self) -> bool:
        """Returns whether one more mail may be added, and counts it."""
        self.spare -= 1
        return self.spare >= 0

    def _roll(self, reporter: _Reporter, sent_at: datetime) -> MadeUpAttachment:
        """Returns a unit's 附件1 or 附件2; a unit that corrects it sends a second whole one within an hour, which counts."""
        unit, (_, form) = reporter.unit, reporter.roll
        row_of = row_outside_county if form == "附件1" else row_inside_county
        sends_correction = reporter.sends_correction and self._take_spare()
        rows: list[tuple[object, ...]] = []
        uncorrected_rows: list[tuple[object, ...]] = []
        for number in range(1, self.sizes[unit.name] + 1):
            student = self.students.make_student(unit.township or unit.name, grades_of(unit))
            cells, values = row_of(self.random, student, unit)
            uncorrected = with_mistake(0, cells, values, student)[0] if number == 1 else cells
            is_wrong = reporter.mistake is not None and number == 2
            if reporter.mistake is not None and number == 2:
                cells, values = with_mistake(reporter.mistake, cells, values, student)
                uncorrected = cells
            self.expected.add_row(reporter.roll, {"seq": number, **values}, clean=not is_wrong)
            rows.append((number, *cells))
            uncorrected_rows.append((number, *uncorrected))
        gap_kind = GapKind.INCOMPLETE if reporter.mistake not in (None, _HARMLESS_MISTAKE) else None
        self.expected.form_received(reporter.roll, gap_kind, late=reporter.late)
        heading = self.random.randrange(HEADING_VARIANTS)
        roll_file = self._sheet(reporter, form, rows, heading)
        if not sends_correction:
            return roll_file
        subject = f"更正:{unit.name}{form},以此为准"
        self.mails.append(self._make_mail(unit, subject, [roll_file], sent_at + timedelta(minutes=50)))
        return self._sheet(reporter, form, uncorrected_rows, heading)

    def _sheet(
        self, reporter: _Reporter, form: str, rows: Sequence[Sequence[object]], heading: int
    ) -> MadeUpAttachment:
        index = reporter.index
        filled = FilledForm(
            form=form, unit=reporter.clerk_name, rows=tuple(rows), heading=heading,
            labelled=index % 4 != 0, total=index % 3 == 0, notes=index % 5 == 0,
        )  # fmt: skip
        data, extension = xls_or_xlsx(filled, self.random)
        return MadeUpAttachment(self._file_name(reporter, form, extension), data)

    def _register(
        self, reporter: _Reporter, key: UnitForm
    ) -> tuple[MadeUpAttachment, list[MadeUpAttachment]]:
        """Returns an 附件3 or 附件4 and its proof documents: mostly zero reports, for some units a few children."""
        unit, form = key
        heading = self.random.randrange(HEADING_VARIANTS)
        if not reporter.out_of_school:
            below = self.random.choice(_NIL_WORDINGS)
            filled = FilledForm(form=form, unit=reporter.clerk_name, rows=below, heading=heading, notes=True)
            self.expected.nil.add(key)
            self.expected.form_received(key, None, late=reporter.late)
            return MadeUpAttachment(self._file_name(reporter, form, "xlsx"), xlsx(filled)), []
        rows: list[tuple[object, ...]] = []
        proofs: list[MadeUpAttachment] = []
        gap_kind = None
        statuses = _STATUSES[: reporter.out_of_school]
        for number, status in enumerate(statuses, 1):
            student = self.students.make_student(
                reporter.unit.township or unit, grades_out(reporter.unit, status)
            )
            back = number == _RETURNED_INDEX + 1
            cells, values = row_out_of_school(self.random, student, reporter.unit, status, back=back)
            self.expected.add_row(key, {"seq": number, **values})
            rows.append((number, *cells))
            state = CaseState.RETURNED if back else CaseState.OPEN
            if status in EXCUSED_STATUSES and (reporter.index + number) % 4:
                proofs.append(MadeUpAttachment(f"{student.name}{status}证明.png", make_picture(self.random)))
                state = CaseState.EXCUSED
            elif status in EXCUSED_STATUSES:
                gap_kind = GapKind.PROOF
            self.expected.add_case(student.id_number, state)
        self.expected.form_received(key, gap_kind, late=reporter.late)
        if any(status in DROPOUT_STATUSES for status in statuses):  # nobody sends 附件5/6 here
            self.expected.form_missing((unit, _PERSUASION[form]))
        return self._sheet(reporter, form, rows, heading), proofs

    def _unreadable(self, reporter: _Reporter, key: UnitForm) -> MadeUpAttachment:
        """Returns a register that cannot be read, so that a person has to ask for it again."""
        self.expected.form_missing(key)
        self.expected.quarantined += 1
        name = f"{reporter.clerk_name}{key[1]}"
        if reporter.index == _PHOTOGRAPHED_UNIT:
            return MadeUpAttachment(f"{name}.png", make_picture(self.random))
        return MadeUpAttachment(f"{name}.zip", make_locked_zip(f"{name}.xlsx", self.random.randbytes(8_000)))

    # Envelopes

    def _random_arrival(self, late: bool) -> datetime:
        if late:
            return _LATE + timedelta(minutes=self.random.randint(0, 36 * 60))
        seconds = (_LAST - _FIRST).total_seconds() * self.random.random() ** 0.5
        return _FIRST + timedelta(seconds=int(seconds))

    def _file_name(self, reporter: _Reporter, form: str, extension: str) -> str:
        return self.random.choice(
            (
                f"{form}.{extension}",
                f"{reporter.clerk_name}{form}.{extension}",
                f"{form}-{reporter.clerk_name}(最终版).{extension}",
                f"新建工作表.{extension}",
            )
        )

    def _make_mail(
        self, unit: Unit, subject: str, files: Sequence[MadeUpAttachment], sent_at: datetime
    ) -> MadeUpMail:
        return make_mail(
            self.random, sender=MadeUpSender(unit.emails[0], unit.name if self.random.random() < 0.5 else "微笑向暖"),
            subject=subject, body=f"领导好,{unit.name}的材料见附件,请查收。", attachments=files, received_at=sent_at,
        )  # fmt: skip

    def _send_mail(
        self, unit: Unit, subject: str, files: Sequence[MadeUpAttachment], sent_at: datetime
    ) -> None:
        wording = self.random.choice((subject, "报送材料", ""))
        self.mails.append(self._make_mail(unit, wording, files, sent_at))

    def _add_stranger(self) -> None:
        """Adds a mail from an unknown sender for a school that does not exist, with a broken file."""
        unknown = FilledForm(form="附件4", unit="某某学校", rows=((1, "甲某"),), heading=0)
        files = [
            MadeUpAttachment("台账.xlsx", xlsx(unknown)),
            MadeUpAttachment("坏的.xlsx", b"PK\x03\x04" + bytes(200)),
        ]
        self.mails.append(
            make_mail(
                self.random, sender=MadeUpSender("stranger@example.net"), subject="材料", body="见附件", received_at=_FIRST + timedelta(days=2),
                attachments=files,
            )
        )  # fmt: skip
        self.expected.quarantined += len(files)

    def _chatter_mails(self) -> Iterator[MadeUpMail]:
        """Mails without files: automatic replies, an advertisement, thanks; each is ignored."""
        wording = (
            ("自动回复:您好", "我正在休假,稍后回复。", "Auto-Submitted: auto-replied\r\n"),
            ("优惠办公用品", "全场八折,欢迎选购。", ""),
            ("收到", "好的,谢谢。", ""),
        )
        while True:
            subject, body, extra = self.random.choice(wording)
            self.expected.ignored += 1
            yield make_mail(
                self.random, sender=MadeUpSender(f"x{self.random.randint(0, 9999):04}@example.net"), subject=subject, body=body, attachments=(),
                received_at=self._random_arrival(False), extra=extra,
            )  # fmt: skip
