"""通报: the weekly and monthly report on what units sent, as a draft for the office to send on.

It names units and never a child (domain 5.3); every figure is one of the ledger's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from io import BytesIO

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt

from config.units.roster import Unit
from ledger.assessment import Assessment, Changes
from ledger.results import CaseState
from notify.digest.obligation_cells import Cell, Obligation, obligations, tally
from notify.digest.unit_lines import forms_label

CORRECT_WITHIN = timedelta(days=3)
_BROKEN_IDS = frozenset({"id-missing", "id-length", "id-checksum", "id-precision"})
_STATUSES = ("失学", "辍学", "休学", "延缓入学")


class Period(StrEnum):
    """How often a 通报 goes out."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"

    def key(self, day: date) -> str:
        """What names the period of a day: 2023-W39, 2023-09."""
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02}" if self is Period.WEEKLY else f"{day:%Y-%m}"

    def number(self, day: date, opened: date) -> int:
        """Which 期 a day is in, counted from the semester's first day."""
        if self is Period.WEEKLY:
            return max((day - opened).days // 7 + 1, 1)
        return max((day.year - opened.year) * 12 + day.month - opened.month + 1, 1)

    def before(self, instant: datetime) -> datetime:
        """The same hour one period earlier."""
        if self is Period.WEEKLY:
            return instant - timedelta(days=7)
        last = instant.replace(day=1) - timedelta(days=1)
        return last.replace(day=min(instant.day, last.day))

    @property
    def word(self) -> str:
        return "周" if self is Period.WEEKLY else "月"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulletin:
    """A 通报, ready to be written in any form."""

    title: str
    number: str
    to: str
    opening: str
    sections: tuple[Section, ...]
    office: str
    as_of: datetime

    @property
    def signed(self) -> str:
        return f"{self.as_of.year}年{self.as_of.month}月{self.as_of.day}日"


def build_bulletin(
    assessment: Assessment,
    *,
    period: Period,
    semester: str,
    office: str,
    opened: date,
    roster: Mapping[str, Unit],
    triggered: frozenset[str],
    since: Changes,
) -> Bulletin:
    """The 通报 of a period, from what the ledger judged at its end.

    Args:
        semester: as titles say it: 2023年秋季学期控辍保学.
        opened: the semester's first day, from which 期 are counted.
        triggered: forms that are owed because a child is out of school.
        since: what changed within the period.
    """
    as_of = assessment.status.as_of
    cells = obligations(assessment.status, assessment.gaps, roster)
    due = as_of.date() + CORRECT_WITHIN
    return Bulletin(
        title=f"关于{semester}材料报送情况的通报",
        number=f"{as_of.year}年{period.word}报第{period.number(as_of.date(), opened)}期",
        to="各乡镇(街道)人民政府(办事处)、各校(园):",
        opening=f"截至{_moment(as_of)},现将材料报送和劝返情况通报如下。",
        sections=(
            Section(heading="一、总体情况", paragraphs=_overall(cells, assessment, since, period)),
            Section(heading="二、存在问题", paragraphs=_wanting(cells, assessment, triggered)),
            Section(
                heading="三、工作要求",
                paragraphs=(
                    f"请未报、需更正的单位于{due.month}月{due.day}日前补报(主题注明“更正”);"
                    "责任单位对未返校学生坚持每5天劝返1次并留存记录。",
                ),
            ),
        ),
        office=office,
        as_of=as_of,
    )


def _overall(
    cells: tuple[Obligation, ...], assessment: Assessment, since: Changes, period: Period
) -> tuple[str, ...]:
    by_form: dict[str, list[Obligation]] = {}
    for cell in cells:
        by_form.setdefault(cell.form, []).append(cell)
    counted = [
        f"{form}应报{one.expected}个单位、已报{one.received}个"
        + (f"(含零报告{one.nil}个)" if one.nil else "")
        for form, own in sorted(by_form.items())
        if (one := tally(own)).expected
    ]
    statuses = [
        f"{word}{count}人" for word in _STATUSES if (count := sum(c.status == word for c in assessment.cases))
    ]
    states = {state: sum(case.state is state for case in assessment.cases) for state in CaseState}
    children = (
        f"全县登记{'、'.join(statuses)},已返校{states[CaseState.RETURNED]}人,"
        f"经批准或已安置{states[CaseState.EXCUSED]}人,尚未返校{states[CaseState.OPEN]}人;疑似{len(assessment.suspected)}人。"
        if statuses
        else "全县没有登记失学、辍学、休学、延缓入学学生。"
    )
    moved = f"本{period.word}新报{since.arrived}项、更正{since.corrected}项;新增个案{since.opened}名、结案{since.closed}名。"
    return (";".join(counted) + "。" if counted else "本期没有应报事项。", children, moved)


def _wanting(
    cells: tuple[Obligation, ...], assessment: Assessment, triggered: frozenset[str]
) -> tuple[str, ...]:
    found = [
        _overdue([cell for cell in cells if cell.form not in triggered]),
        _quality(cells, assessment, triggered),
        _persuasion(assessment),
    ]
    numbered = [paragraph for paragraph in found if paragraph]
    if not numbered:
        return ("无。",)
    return tuple(f"({'一二三'[place]}){text}" for place, text in enumerate(numbered))


def _overdue(cells: list[Obligation]) -> str:
    units: dict[str, list[str]] = {}
    for cell in cells:
        if cell.cell is Cell.MISSING:
            units.setdefault(cell.unit, []).append(cell.form)
    if not units:
        return ""
    by_forms: dict[str, list[str]] = {}
    for unit, forms in units.items():
        by_forms.setdefault(forms_label(forms), []).append(unit)
    said = ";".join(f"{'、'.join(names)}未报{forms}" for forms, names in sorted(by_forms.items()))
    return f"逾期未报。{len(units)}个单位:{said}。"


def _quality(cells: tuple[Obligation, ...], assessment: Assessment, triggered: frozenset[str]) -> str:
    numbers = sum(problem.code in _BROKEN_IDS for problem in assessment.problems)
    proofs = sum(
        max(form.proof_owed - form.proof_received, 0)
        for unit in assessment.status.units
        for form in unit.forms
    )
    persuasion = sum(cell.cell is Cell.MISSING and cell.form in triggered for cell in cells)
    counts = ((f"身份证号有误{numbers}条", numbers), (f"缺证明材料{proofs}份", proofs),
              (f"缺{forms_label(sorted(triggered))}共{persuasion}份", persuasion))  # fmt: skip
    said = "、".join(words for words, count in counts if count)
    units = sorted({cell.unit for cell in cells if cell.cell is Cell.INCOMPLETE})
    if not said:
        return ""
    named = f"(涉及{'、'.join(units)})" if units else ""
    return f"填报质量。{said}{named}。"


def _persuasion(assessment: Assessment) -> str:
    overdue = sum(case.days_overdue > 0 for case in assessment.open_cases)
    thrice = sum(case.escalation != "none" for case in assessment.open_cases)
    units = sorted({case.responsible_unit for case in assessment.open_cases if case.days_overdue > 0})
    said = [f"{overdue}名学生劝返间隔超过5日(责任单位:{'、'.join(units)})"] if overdue else []
    said += [f"{thrice}名学生连续三次劝返仍未返校"] if thrice else []
    return f"劝返进展。{';'.join(said)}。" if said else ""


def _moment(instant: datetime) -> str:
    day = f"{instant.month}月{instant.day}日"
    return f"{day}24时" if (instant.hour, instant.minute) == (23, 59) else f"{day}{instant.hour}时"


def render_docx(bulletin: Bulletin) -> bytes:
    """A Word document laid out as offices lay out a 通报 (GB/T 9704): 小标宋 title, 仿宋 body, 黑体 headings."""
    document = docx.Document()
    _line(document, bulletin.title, font="方正小标宋简体", size=22, align=WD_ALIGN_PARAGRAPH.CENTER)
    _line(document, f"({bulletin.number} · 草稿)", font="楷体", size=14, align=WD_ALIGN_PARAGRAPH.CENTER)
    _line(document, bulletin.to)
    _line(document, bulletin.opening, indent=True)
    for section in bulletin.sections:
        _line(document, section.heading, font="黑体", indent=True)
        for paragraph in section.paragraphs:
            _line(document, paragraph, indent=True)
    _line(document, bulletin.office, align=WD_ALIGN_PARAGRAPH.RIGHT)
    _line(document, bulletin.signed, align=WD_ALIGN_PARAGRAPH.RIGHT)
    properties = document.core_properties
    properties.author, properties.title = bulletin.office, bulletin.title
    properties.created = properties.modified = bulletin.as_of.replace(tzinfo=None)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _line(
    document: Document,
    text: str,
    *,
    font: str = "仿宋_GB2312",
    size: int = 16,
    align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.JUSTIFY,
    indent: bool = False,
) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = align
    paragraph.paragraph_format.line_spacing = Pt(28)
    paragraph.paragraph_format.space_after = Pt(0)
    if indent:
        paragraph.paragraph_format.first_line_indent = Pt(2 * size)
    run = paragraph.add_run(text)
    run.font.name, run.font.size = font, Pt(size)
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
