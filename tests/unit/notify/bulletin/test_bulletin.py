"""通报: figures as the ledger's, units named, never a child."""

from datetime import date, datetime
from io import BytesIO

import docx
import pytest

from config.notice import Notice, SweepRules
from ledger.assessment import Assessment
from ledger.changes import Changes
from ledger.results import STATUS_MISSING, Case, CaseState, FormState
from ledger.submissions.monthly_signs import MonthlySigns
from notify.bulletin.bulletin import Bulletin, BulletinSources, Period, build_bulletin
from notify.bulletin.render_bulletin import render_bulletin
from notify.bulletin.word_file import render_docx
from tests.builders.values.form_tables import NOTICE
from tests.builders.values.sample_digests import (
    AS_OF,
    ID,
    NAME,
    ZONE,
    a_case,
    a_form,
    a_problem,
    a_status,
    a_unit,
    gaps_of,
    roster_of,
)  # fmt: skip

STATUS = a_status(
    a_unit("西沱镇", a_form("附件1", FormState.MISSING), a_form("附件3", FormState.MISSING), kind="township"),
    a_unit("黄水镇", a_form("附件1", FormState.RECEIVED), a_form("附件3", FormState.RECEIVED, nil=True), kind="township"),
    a_unit("西沱中学", a_form("附件4", FormState.INCOMPLETE, errors=1, proof_owed=2, proof_received=1), a_form("附件6", FormState.MISSING)),
)  # fmt: skip


SIGNS = MonthlySigns(
    month=date(2023, 9, 1), heard=("黄水镇", "西沱中学"), silent=("西沱镇",), unconfirmed=("冷水镇",)
)


def a_bulletin(*cases: Case, period: Period = Period.WEEKLY, notice: Notice = NOTICE) -> Bulletin:
    assessment = Assessment(
        status=STATUS,
        gaps=gaps_of(STATUS),
        cases=cases,
        suspected=(a_case(case_id="c3"),),
        findings=(),
        problems=(a_problem(),),
    )
    sources = BulletinSources(
        assessment=assessment,
        period=period,
        notice=notice,
        office="石柱县教委",
        roster=roster_of(STATUS),
        since=Changes(since=AS_OF, arrived=7, corrected=2, settled=0, opened=1, closed=1, suspected=0),
        due=None,
        signs=SIGNS,
    )
    return build_bulletin(sources)


def test_R20_the_monthly_one_says_of_whom_nothing_was_heard() -> None:
    sentence = "9月大走访、大排查:2个单位有报送或说明,1个单位只有来源未核实的来件(冷水镇),1个单位没有任何消息(西沱镇)。"

    assert sentence in said(a_bulletin(period=Period.MONTHLY))
    assert sentence not in said(a_bulletin())


def test_a_notice_without_that_duty_says_nothing_of_it() -> None:
    without = NOTICE.model_copy(update={"sweep": SweepRules()})

    assert "没有任何消息" not in said(a_bulletin(period=Period.MONTHLY, notice=without))


@pytest.fixture
def bulletin() -> Bulletin:
    return a_bulletin(a_case(), a_case(case_id="c2", state=CaseState.RETURNED, days_overdue=0))


def said(bulletin: Bulletin) -> str:
    return "\n".join(text for section in bulletin.sections for text in section.paragraphs)


def test_the_figures_are_the_ledgers(bulletin: Bulletin) -> None:
    text = said(bulletin)

    assert "附件1应报2个单位、已报1个" in text
    assert "附件3应报2个单位、已报1个(含零报告1个)" in text
    assert "辍学2人,已返校1人,经批准或已安置0人,尚未返校1人;疑似1人" in text
    assert "本周新报7项、更正2项;新增个案1名、结案1名" in text


@pytest.mark.parametrize("status", [STATUS_MISSING, "B"])
def test_a_child_whose_status_nobody_knows_is_counted_too(status: str) -> None:
    text = said(a_bulletin(a_case(status=status)))

    assert "全县登记类别不明1人" in text
    assert "尚未返校1人" in text


def test_who_has_not_sent_and_what_is_wrong_is_told_by_unit(bulletin: Bulletin) -> None:
    text = said(bulletin)

    assert "逾期未报(附件5、6另计)。1个单位:西沱镇未报附件1、3。" in text
    assert "身份证号有误1条、缺证明材料1份、缺附件5、6共1份(涉及西沱中学)" in text
    assert "1名学生劝返间隔超过5日(责任单位:西沱中学)" in text


def test_no_child_is_named_in_any_rendering(bulletin: Bulletin) -> None:
    page, text = render_bulletin(bulletin)
    document = docx.Document(BytesIO(render_docx(bulletin)))
    written = "\n".join(paragraph.text for paragraph in document.paragraphs)

    for shown in (page, text, written):
        assert "逾期未报" in shown
        assert NAME not in shown
        assert ID[-4:] not in shown


def test_the_same_bulletin_gives_the_same_document(bulletin: Bulletin) -> None:
    first, second = (docx.Document(BytesIO(render_docx(bulletin))) for _ in range(2))

    assert first.element.xml == second.element.xml


@pytest.mark.parametrize(
    ("period", "key", "number", "before"),
    [(Period.WEEKLY, "2023-W40", 5, "2023-09-25"), (Period.MONTHLY, "2023-10", 2, "2023-09-02")],
)
def test_a_period_has_a_key_a_number_and_a_beginning(
    period: Period, key: str, number: int, before: str
) -> None:
    day = date(2023, 10, 2)

    assert (period.key(day), period.number(day, date(2023, 9, 1))) == (key, number)
    assert period.before(datetime(2023, 10, 2, 8, tzinfo=ZONE)).date() == date.fromisoformat(before)


def test_the_last_of_a_month_looks_back_to_the_last_of_the_month_before() -> None:
    assert Period.MONTHLY.before(datetime(2024, 3, 31, 8, tzinfo=ZONE)).date() == date(2024, 2, 29)


@pytest.mark.parametrize(
    ("streak", "words"), [(2, "连续两次"), (3, "连续三次"), (4, "连续四次"), (12, "连续十二次")]
)
def test_after_how_many_visits_is_said_in_numerals(streak: int, words: str) -> None:
    notice = NOTICE.model_copy(update={"persuasion": NOTICE.persuasion.model_copy(update={"streak": streak})})
    bulletin = a_bulletin(a_case(escalation="owed"), notice=notice)

    assert any(words in text for section in bulletin.sections for text in section.paragraphs)
