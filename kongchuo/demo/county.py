"""A made-up county of 33 townships and some schools, the mails of one September, and what is true of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from config.units.roster import Unit
from kongchuo.demo.mails import Attachment, MadeMail, forwarded, locked, mail, picture, zipped
from kongchuo.demo.rows import EXCUSED, OUT, away, grades_of, grades_out, here, mistaken, out
from kongchuo.demo.students import Students
from kongchuo.demo.truth import Key, Reckoning, Truth
from kongchuo.demo.units import COMPULSORY, make_units, units_csv
from kongchuo.demo.workbooks import HEADING_VARIANTS, Filled, either, xlsx
from ledger.results import CaseState, GapKind

ZONE = ZoneInfo("Asia/Shanghai")
AS_OF = datetime(2023, 9, 28, 9, tzinfo=ZONE)
_FIRST = datetime(2023, 9, 11, 8, tzinfo=ZONE)
_LAST = datetime(2023, 9, 25, 22, tzinfo=ZONE)
_LATE = datetime(2023, 9, 26, 8, tzinfo=ZONE)
_STATUSES = ("辍学", "休学", "失学", "延缓入学", "辍学")
_RETURNED = 4  # the place among them of the child that came back
_PERSUASION = {"附件3": "附件5", "附件4": "附件6"}
_PHOTOGRAPHED, _LOCKED = 8, 34  # whose ledger comes as a photo, whose behind a password
_NO_ERROR = 3  # the mistake after which a row still counts
_NIL_WAYS: tuple[tuple[tuple[object, ...], ...], ...] = (
    ((1, "无"),),
    (("零报告",),),
    (("经排查,无失学、辍学、休学、延缓入学学生。",),),
    (),
)


@dataclass(frozen=True)
class County:
    """Who reports, what they sent in order of arrival, and what is true of it."""

    units: tuple[Unit, ...]
    mails: tuple[MadeMail, ...]
    truth: Truth

    def units_csv(self) -> str:
        """The roster file."""
        return units_csv(self.units)


def make_county(seed: int, schools: int = 60, mails: int = 300, rows: int = 20_000) -> County:
    """The same seed and sizes give the same bytes.

    Args:
        schools: how many schools stand beside the 33 townships (and one 教学点 more).
        mails: about how many messages, at least one a unit; units write twice only where there is room,
            and chatter fills up what they do not reach.
        rows: about how many student rows on 附件1 and 附件2, at least two a unit.
    """
    return _Maker(seed, schools, mails, rows).county()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reporter:
    """A unit, its place among those that report (which spreads the mishaps evenly), and how it stands."""

    unit: Unit
    place: int

    @property
    def roll(self) -> Key:
        return self.unit.name, "附件1" if self.unit.kind == "township" else "附件2"

    @property
    def ledger(self) -> Key | None:
        if self.unit.kind == "township":
            return self.unit.name, "附件3"
        return (self.unit.name, "附件4") if self.unit.stage in COMPULSORY else None

    @property
    def silent(self) -> bool:
        return self.place % 31 == 0

    @property
    def forgets_ledger(self) -> bool:
        return self.silent or self.place % 31 == 1

    @property
    def late(self) -> bool:
        return self.place % 13 == 5

    @property
    def sends_twice(self) -> bool:
        return self.place % 11 == 4

    @property
    def corrects(self) -> bool:
        return self.place % 10 == 7 and not self.late and not self.sends_twice

    @property
    def mistake(self) -> int | None:
        """Which mistake stands in its roll."""
        return self.place // 9 % 4 if self.place % 9 == 2 else None

    @property
    def children(self) -> int:
        """How many are out of school."""
        return (0, 3, 5, 2)[self.place // 3 % 4] if self.place % 3 == 0 else 0

    @property
    def called(self) -> str:
        """The name by which its clerk calls it."""
        return self.unit.aliases[0] if self.unit.aliases and self.place % 2 else self.unit.name


class _Maker:
    def __init__(self, seed: int, schools: int, mails: int, rows: int) -> None:
        self.random = Random(seed)
        self.students = Students(self.random)
        self.reckoning = Reckoning()
        self.mails: list[MadeMail] = []
        self.units = make_units(self.random, schools)
        owing = [unit for unit in self.units if unit.parent is None]
        self.reporters = [_Reporter(unit=unit, place=place) for place, unit in enumerate(owing)]
        sending = [each for each in self.reporters if not each.silent]
        weights = {each.unit.name: self.random.uniform(0.3, 2.0) for each in sending}
        total = sum(weights.values())
        self.sizes = {name: max(round(rows * weight / total), 2) for name, weight in weights.items()}
        self.wanted = mails
        self.spare = mails - len(sending) - 1  # mails that may come beside one a unit and the stranger's

    def county(self) -> County:
        for reporter in self.reporters:
            self._reports(reporter)
        self._stranger()
        chatter = self._chatter()
        while len(self.mails) < self.wanted:
            self.mails.append(next(chatter))
        self.mails.sort(key=lambda made: (made.received_at, made.raw))
        return County(tuple(self.units), tuple(self.mails), self.reckoning.truth())

    # What they send

    def _reports(self, reporter: _Reporter) -> None:
        """One unit's September."""
        when = self._moment(reporter.late)
        attached: list[tuple[str, Attachment]] = []
        if reporter.silent:
            self.reckoning.missing(reporter.roll)
        else:
            attached.append((reporter.roll[1], self._roll(reporter, when)))
        proofs: list[Attachment] = []
        if reporter.ledger and reporter.forgets_ledger:
            self.reckoning.missing(reporter.ledger)
        elif reporter.ledger and reporter.place in (_PHOTOGRAPHED, _LOCKED):
            attached.append((reporter.ledger[1], self._unreadable(reporter, reporter.ledger)))
        elif reporter.ledger:
            file, proofs = self._ledger(reporter, reporter.ledger)
            attached.append((reporter.ledger[1], file))
        if attached:
            self._send(reporter, attached, proofs, when)

    def _send(
        self,
        reporter: _Reporter,
        attached: Sequence[tuple[str, Attachment]],
        proofs: Sequence[Attachment],
        when: datetime,
    ) -> None:
        unit, place = reporter.unit, reporter.place
        files = [file for _, file in attached]
        forms = "、".join(form for form, _ in attached)
        if proofs and place % 2 and self._room():  # the papers come after the table
            self._mail(unit, f"补交{reporter.called}证明材料", proofs, when + timedelta(minutes=25))
            proofs = ()
        way = place % 7
        if way == 1 and len(files) > 1 and self._room():  # one mail a form, proofs with the ledger
            later = when + timedelta(minutes=7)
            self._mail(unit, f"{reporter.called}{attached[0][0]}", files[:1], when)
            self._mail(unit, f"{reporter.called}{attached[1][0]}", [*files[1:], *proofs], later)
        elif way == 3:
            members = {file.name: file.data for file in proofs}
            members |= {f"{form}/{file.name}": file.data for form, file in attached}
            packed = Attachment(f"{reporter.called}.zip", zipped(list(members.items())))
            self._mail(unit, f"{reporter.called}控辍保学材料", [packed], when)
        elif way == 5:
            said = self.random.choice((f"{reporter.called}{forms}", "报送材料", ""))
            inner = self._made(unit, said, [*files, *proofs], when)
            self.mails.append(forwarded(self.random, inner, sender=unit.emails[0], received_at=when))
        else:
            logo = [Attachment("logo.png", picture(self.random, 3_000), inline=True)] if way == 6 else []
            self.reckoning.ignored += len(logo)
            self._mail(unit, f"{reporter.called}{forms}", [*files, *proofs, *logo], when)
        if reporter.sends_twice and self._room():  # to be sure
            self._mail(unit, f"再发一次:{reporter.called}{forms}", files, when + timedelta(hours=1))
            self.reckoning.duplicates += len(files)

    def _room(self) -> bool:
        """Whether one more mail may come; if so it is taken."""
        self.spare -= 1
        return self.spare >= 0

    def _roll(self, reporter: _Reporter, when: datetime) -> Attachment:
        """An 附件1 or 附件2; who corrects it sends another whole one within the hour, and that one stands."""
        unit, (_, form) = reporter.unit, reporter.roll
        row_of = away if form == "附件1" else here
        corrects = reporter.corrects and self._room()
        rows: list[tuple[object, ...]] = []
        before: list[tuple[object, ...]] = []
        for number in range(1, self.sizes[unit.name] + 1):
            student = self.students.one(unit.township or unit.name, grades_of(unit))
            cells, values = row_of(self.random, student, unit)
            slip = mistaken(0, cells, values, student)[0] if number == 1 else cells
            stands_wrong = reporter.mistake is not None and number == 2
            if reporter.mistake is not None and number == 2:
                cells, values = mistaken(reporter.mistake, cells, values, student)
                slip = cells
            self.reckoning.row(reporter.roll, {"seq": number, **values}, clean=not stands_wrong)
            rows.append((number, *cells))
            before.append((number, *slip))
        wanting = GapKind.INCOMPLETE if reporter.mistake not in (None, _NO_ERROR) else None
        self.reckoning.came(reporter.roll, wanting, late=reporter.late)
        heading = self.random.randrange(HEADING_VARIANTS)
        stands = self._sheet(reporter, form, rows, heading)
        if not corrects:
            return stands
        subject = f"更正:{unit.name}{form},以此为准"
        self.mails.append(self._made(unit, subject, [stands], when + timedelta(minutes=50)))
        return self._sheet(reporter, form, before, heading)

    def _sheet(
        self, reporter: _Reporter, form: str, rows: Sequence[Sequence[object]], heading: int
    ) -> Attachment:
        place = reporter.place
        filled = Filled(
            form=form, unit=reporter.called, rows=tuple(rows), heading=heading,
            labelled=place % 4 != 0, total=place % 3 == 0, notes=place % 5 == 0,
        )  # fmt: skip
        data, extension = either(filled, self.random)
        return Attachment(self._file_name(reporter, form, extension), data)

    def _ledger(self, reporter: _Reporter, key: Key) -> tuple[Attachment, list[Attachment]]:
        """An 附件3 or 附件4 and its papers: a zero report with most, a few children with the others."""
        unit, form = key
        heading = self.random.randrange(HEADING_VARIANTS)
        if not reporter.children:
            below = self.random.choice(_NIL_WAYS)
            filled = Filled(form=form, unit=reporter.called, rows=below, heading=heading, notes=True)
            self.reckoning.nil.add(key)
            self.reckoning.came(key, None, late=reporter.late)
            return Attachment(self._file_name(reporter, form, "xlsx"), xlsx(filled)), []
        rows: list[tuple[object, ...]] = []
        proofs: list[Attachment] = []
        wanting = None
        statuses = _STATUSES[: reporter.children]
        for number, status in enumerate(statuses, 1):
            student = self.students.one(reporter.unit.township or unit, grades_out(reporter.unit, status))
            back = number == _RETURNED + 1
            cells, values = out(self.random, student, reporter.unit, status, back=back)
            self.reckoning.row(key, {"seq": number, **values})
            rows.append((number, *cells))
            state = CaseState.RETURNED if back else CaseState.OPEN
            if status in EXCUSED and (reporter.place + number) % 4:
                proofs.append(Attachment(f"{student.name}{status}证明.png", picture(self.random)))
                state = CaseState.EXCUSED
            elif status in EXCUSED:
                wanting = GapKind.PROOF
            self.reckoning.case(student.id_number, state)
        self.reckoning.came(key, wanting, late=reporter.late)
        if any(status in OUT for status in statuses):  # nobody sends 附件5/6 here
            self.reckoning.missing((unit, _PERSUASION[form]))
        return self._sheet(reporter, form, rows, heading), proofs

    def _unreadable(self, reporter: _Reporter, key: Key) -> Attachment:
        """A ledger that a person must ask for again."""
        self.reckoning.missing(key)
        self.reckoning.quarantined += 1
        name = f"{reporter.called}{key[1]}"
        if reporter.place == _PHOTOGRAPHED:
            return Attachment(f"{name}.png", picture(self.random))
        return Attachment(f"{name}.zip", locked(f"{name}.xlsx", self.random.randbytes(8_000)))

    # Envelopes

    def _moment(self, late: bool) -> datetime:
        if late:
            return _LATE + timedelta(minutes=self.random.randint(0, 36 * 60))
        seconds = (_LAST - _FIRST).total_seconds() * self.random.random() ** 0.5
        return _FIRST + timedelta(seconds=int(seconds))

    def _file_name(self, reporter: _Reporter, form: str, extension: str) -> str:
        return self.random.choice(
            (
                f"{form}.{extension}",
                f"{reporter.called}{form}.{extension}",
                f"{form}-{reporter.called}(最终版).{extension}",
                f"新建工作表.{extension}",
            )
        )

    def _made(self, unit: Unit, subject: str, files: Sequence[Attachment], when: datetime) -> MadeMail:
        return mail(
            self.random, sender=unit.emails[0], sender_name=unit.name if self.random.random() < 0.5 else "微笑向暖",
            subject=subject, body=f"领导好,{unit.name}的材料见附件,请查收。", attachments=files, received_at=when,
        )  # fmt: skip

    def _mail(self, unit: Unit, subject: str, files: Sequence[Attachment], when: datetime) -> None:
        said = self.random.choice((subject, "报送材料", ""))
        self.mails.append(self._made(unit, said, files, when))

    def _stranger(self) -> None:
        """A sender whom nobody knows, for a school that does not exist, with a file that is broken."""
        unknown = Filled(form="附件4", unit="某某学校", rows=((1, "甲某"),), heading=0)
        files = [Attachment("台账.xlsx", xlsx(unknown)), Attachment("坏的.xlsx", b"PK\x03\x04" + bytes(200))]
        self.mails.append(
            mail(
                self.random, sender="stranger@example.net", subject="材料", body="见附件", received_at=_FIRST + timedelta(days=2),
                attachments=files,
            )
        )  # fmt: skip
        self.reckoning.quarantined += len(files)

    def _chatter(self) -> Iterator[MadeMail]:
        """Mails without files: automatic replies, an advertisement, thanks; each is ignored."""
        said = (
            ("自动回复:您好", "我正在休假,稍后回复。", "Auto-Submitted: auto-replied\r\n"),
            ("优惠办公用品", "全场八折,欢迎选购。", ""),
            ("收到", "好的,谢谢。", ""),
        )
        while True:
            subject, body, extra = self.random.choice(said)
            self.reckoning.ignored += 1
            yield mail(
                self.random, sender=f"x{self.random.randint(0, 9999):04}@example.net", subject=subject, body=body, attachments=(),
                received_at=self._moment(False), extra=extra,
            )  # fmt: skip
