"""One number has one meaning: every output of a county says the same figures of the same things."""

import json
import random
import re
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from config.text.punctuation import set_punctuation
from ledger.assessment import Assessment
from ledger.changes import Changes
from ledger.results import FormState, Status
from ledger.submissions.monthly_signs import MonthlySigns
from notify.bulletin.bulletin import BulletinSources, Period, build_bulletin
from notify.bulletin.render_bulletin import render_bulletin
from notify.digest.digest import Digest
from notify.digest.digest_workbook import render_workbook
from notify.digest.render_digest import render_digest_html, render_digest_text
from tests.builders.values.form_tables import NOTICE
from tests.builders.values.sample_digests import a_form, a_status, a_unit, digest_of, gaps_of, roster_of
from tests.golden.golden_files import HERE

_STATES = (
    FormState.RECEIVED,
    FormState.MISSING,
    FormState.INCOMPLETE,
    FormState.PENDING,
    FormState.UNCONFIRMED,
)
_WORDS = ("应报", "按时", "迟报", "未报", "不完整", "已来件待核", "零报告")


def a_random_status(seed: int) -> Status:
    rng = random.Random(seed)
    units = []
    for number in range(rng.randint(1, 40)):
        is_township = rng.random() < 0.3
        forms = ("附件1", "附件3", "附件5") if is_township else ("附件2", "附件4", "附件6")
        units.append(
            a_unit(
                f"样例{number:02}{'乡' if is_township else '小学'}",
                *(_a_random_form(rng, form) for form in forms),
                kind="township" if is_township else "school",
            )
        )
    return a_status(*units)


def _a_random_form(rng: random.Random, form: str) -> Any:
    if rng.random() < 0.2:
        return a_form(form, FormState.NOT_OWED)
    state = rng.choice(_STATES)
    came = state is FormState.RECEIVED
    more = {"due": None, "first_received_at": None} if state is FormState.PENDING else {}
    return a_form(
        form,
        state,
        late=came and rng.random() < 0.3,
        nil=came and rng.random() < 0.3,
        under_review=int(state is FormState.MISSING and rng.random() < 0.3),
        unconfirmed=int(state is FormState.UNCONFIRMED),
        errors=int(state is FormState.INCOMPLETE),
        **more,
    )


def counted_by_hand(status: Status) -> dict[str, int]:
    """The figures, from the states alone: of what is due."""
    due = [
        form
        for unit in status.units
        for form in unit.forms
        if form.owed and form.state is not FormState.PENDING
    ]
    due = due or [form for unit in status.units for form in unit.forms if form.owed]
    came = [form for form in due if form.state is FormState.RECEIVED]
    missing = [form for form in due if form.state is FormState.MISSING]
    return {
        "应报": len(due),
        "按时": sum(not form.late for form in came),
        "迟报": sum(form.late for form in came),
        "未报": sum(not form.under_review for form in missing),
        "不完整": sum(form.state is FormState.INCOMPLETE for form in due),
        "已来件待核": sum(bool(form.under_review) for form in missing),
        "零报告": sum(form.nil for form in came),
    }


def figures_of_text(text: str) -> dict[str, int]:
    line = next(line for line in text.splitlines() if line.startswith("应报"))
    return {word: int(found[1]) for word in _WORDS if (found := re.search(f"{word}([0-9]+)", line))}


def figures_of_page(page: str) -> dict[str, int]:
    tiles = re.findall(r'<td class="tile"[^>]*><span[^>]*>([0-9]+)</span><span[^>]*>([^<]+)</span>', page)
    named = {unescape(word).split(" ")[0]: int(figure) for figure, word in tiles}
    return {word: named[word] for word in _WORDS if word in named}


def figures_of_workbook(data: bytes) -> list[dict[str, int]]:
    """The sums of both tables of 汇总."""
    rows = list(load_workbook(BytesIO(data))["汇总"].iter_rows(values_only=True))
    heads = [row for row in rows if row[0] in ("附件", "单位类别")]
    sums = [row for row in rows if row[0] == "合计"]
    return [
        {str(word).replace("待核", "已来件待核"): int(str(figure)) for word, figure in zip(head, row, strict=True)
         if str(word).replace("待核", "已来件待核") in _WORDS}
        for head, row in zip(heads, sums, strict=True)
    ]  # fmt: skip


def figures_of_terminal(status: str, cases: str) -> dict[str, int]:
    """What the cells of ``kongchuo status`` add up to, paper apart, and how many ``kongchuo cases`` says that it lists."""
    cells: list[str] = []
    for line in status.splitlines():
        first, *others = re.split(r"\s{2,}", line.strip())
        if first == "单位":
            width = len([heading for heading in others if heading.startswith("附件")])
        elif others:
            cells += others[:width]
    return {
        "未报": cells.count("缺"),
        "不完整": cells.count("不完整"),
        "已来件待核": cells.count("待核"),
        "迟报": sum(cell.startswith("迟") for cell in cells),
        "未返校个案": int(found[1]) if (found := re.search("个案([0-9]+)件", cases)) else 0,
    }


def bulletin_of(status: Status) -> str:
    sources = BulletinSources(
        assessment=Assessment(
            status=status, gaps=gaps_of(status), cases=(), suspected=(), findings=(), problems=()
        ),
        period=Period.WEEKLY,
        notice=NOTICE,
        office="石柱县教委",
        roster=roster_of(status),
        since=Changes(since=status.as_of, arrived=0, corrected=0, settled=0, opened=0, closed=0, suspected=0),
        due=None,
        signs=MonthlySigns(month=status.as_of.date(), heard=(), silent=(), unconfirmed=()),
    )
    return render_bulletin(build_bulletin(sources))[1]


def missing_units_of_group_message(message: str) -> set[str]:
    found: set[str] = set()
    asked = re.split("【补正】", message)[0]
    for line in asked.splitlines():
        forms, _, units = line.partition("\uff1a")
        if forms.startswith("附件"):
            found |= set(units.split("、"))
    return found


@pytest.mark.parametrize("seed", range(50))
def test_every_output_of_a_random_county_says_the_same_figures(seed: int) -> None:
    status = a_random_status(seed)
    digest = digest_of(status)
    expected = counted_by_hand(status)
    shown = {word: expected[word] for word in _WORDS}
    if digest.numbers.pending:
        shown = {word: figure for word, figure in shown.items() if word not in ("按时", "迟报")}

    assert figures_of_text(render_digest_text(digest)) == shown
    assert figures_of_page(render_digest_html(digest)) == shown
    assert all(
        {word: table[word] for word in shown} == shown
        for table in figures_of_workbook(render_workbook(digest))
    )
    assert digest.numbers.received == (digest.course.reported[-1][1] if digest.course.reported else 0)
    assert digest.course.out_of_school[-1:] in ((), ((digest.as_of.date(), len(digest.cases)),))
    _check_subject_and_lists(digest, expected)
    _check_bulletin(status, digest)


def _check_subject_and_lists(digest: Digest, expected: dict[str, int]) -> None:
    assert (f"未报{expected['未报']}" in digest.subject) == bool(expected["未报"])
    assert sum(line.obligation_count for line in digest.missing) == expected["未报"]
    assert sum(line.obligation_count for line in digest.incomplete) == expected["不完整"]
    phoned = [section.total for section in digest.action_items if section.title.startswith("今天要打电话")]
    assert phoned == ([len(digest.missing)] if digest.missing else [])
    named = {line.unit for line in digest.missing if set(line.form_keys) - {"附件5", "附件6"}}
    assert missing_units_of_group_message(digest.group_message if named else "") == named


def _check_bulletin(status: Status, digest: Digest) -> None:
    text = bulletin_of(status)
    said = {
        form: (int(owed), int(came))
        for form, owed, came in re.findall("(附件[0-9])应报([0-9]+)个单位、已报([0-9]+)个", text)
    }
    assert said == {form: (counts.expected, counts.received) for form, counts in digest.by_form}
    overdue = re.search("逾期未报[^。]*。([0-9]+)个单位", text)
    named = {line.unit for line in digest.missing if set(line.form_keys) - {"附件5", "附件6"}}
    assert (int(overdue[1]) if overdue else 0) == len(named)


@pytest.mark.parametrize("county", ["busy", "clean", "before-due"])
@pytest.mark.usefixtures("golden_files_stand")
def test_every_output_of_a_golden_county_says_the_same_figures(county: str) -> None:
    folder = HERE / county
    text, page = ((folder / "digest" / f"digest.{kind}").read_text("utf-8") for kind in ("txt", "html"))
    status = json.loads((folder / "json" / "status.json").read_text("utf-8"))
    due = status["rates"]["due"]["whole"]

    said = figures_of_text(text)

    assert figures_of_page(page) == said
    if due["EXPECTED_REPORTS"]:
        assert said["应报"] == due["EXPECTED_REPORTS"]
        assert said["按时"] + said["迟报"] == due["usable"]
        assert said["零报告"] == due["zero"]
    shown = figures_of_terminal(
        *((folder / "tables" / f"{name}.txt").read_text("utf-8") for name in ("status", "cases"))
    )
    line = next(line for line in text.splitlines() if line.startswith("应报"))
    counted = {word: int(found[1]) for word in shown if (found := re.search(f"{word}([0-9]+)", line))}
    assert {word: shown[word] for word in counted} == counted
    assert {"未报", "不完整", "已来件待核", "未返校个案"} <= counted.keys()
    group = re.search("■ 未报\uff1a([0-9]+)家单位\uff0c([0-9]+)项", text)
    assert group is None or int(group[2]) == said["未报"]


def test_a_figure_is_never_said_without_what_it_counts() -> None:
    text = render_digest_text(digest_of(a_random_status(7)))

    for title in re.findall("■ ([^\n]+)", text):
        for figure in re.findall(r"[0-9]+(.?)", title):
            assert figure in set_punctuation("家项名份封个处")
