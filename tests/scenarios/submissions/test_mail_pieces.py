"""What units say is the same however it comes: in one mail or in pieces, whatever the order of attachments and mails.

``KONGCHUO_COUNTIES=300`` runs over so many made-up counties instead of a few.
"""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest

from ledger.assessment import Judgements
from store import Store
from tests.builders.counties.scenario_county import Child, ScenarioCounty, a_child

COUNTIES = int(os.environ.get("KONGCHUO_COUNTIES", "6"))
SCHOOLS = ("西沱中学", "黄水中学", "西沱镇小学")
Filing = tuple[str, str, list[dict[str, object]]]
Mail = tuple[str, list[Filing]]
"""The day, and what comes on it: unit, form and rows."""


def day(random: Random, first: int, last: int) -> str:
    number = random.randint(first, last)
    return f"2023-{9 + number // 31:02}-{number % 30 + 1:02}"


def make_mails(seed: int) -> list[Mail]:
    """The mails of a county in which children drop out, are visited, come back, move, are promised and excused."""
    random = Random(seed)
    children = [
        a_child(
            f"{family}{given}", born=f"201{random.randint(0, 3)}0{random.randint(1, 9)}12", serial=200 + n
        )
        for n, (family, given) in enumerate(zip("谭马秦冉向陈", "一二三四五六", strict=True))
    ]
    return [mail for child in children for mail in _story(random, child)]


def _story(random: Random, child: Child) -> list[Mail]:
    school = random.choice(SCHOOLS)
    mails: list[Mail] = []
    for number in range(random.randint(1, 3)):
        on = f"2023-{10 + number:02}-{random.randint(1, 28):02}"
        month = on[:8]
        outcome = random.choice((None, "未返校", "已返校"))
        status = random.choice(("辍学", "辍学", "失学", "休学"))
        row = child.out_row(
            status,
            since=random.choice((None, f"{month}01", "2023-09-04")),
            outcome=outcome,
            returned_on=f"{month}{random.randint(1, 28):02}"
            if outcome == "已返校" and random.random() < 0.6
            else None,
            visits_made=random.choice((None, 1, 3)),
        )
        visited = [f"{month}{n:02}" for n in sorted(random.sample(range(1, 28), random.randint(1, 3)))]
        filings: list[Filing] = [(school, "附件4", [row])]
        if random.random() < 0.7:
            result = random.choice(("未返校", "未返校", "已返校"))
            filings.append((school, "附件6", [child.visits_row(*visited, result=result)]))
        if random.random() < 0.4:
            filings.append(
                (
                    school,
                    "附件6",
                    [{"name": child.name, "id_number": child.number, "notice_served_on": visited[0]}],
                )
            )
        if random.random() < 0.6:
            word = random.choice((None, "在校", "未到校", "转出"))
            filings.append((school, "附件2", [child.enrolled_row(study_status=word)]))
        mails.append((on, filings))
        if random.random() < 0.3:
            other = random.choice([name for name in SCHOOLS if name != school])
            mails.append(
                (on, [(other, "附件2", [child.enrolled_row(study_status=random.choice((None, "在校")))])])
            )
        if random.random() < 0.2:
            mails.append(
                (on, [("西沱镇", "附件3", [child.out_row(outcome=random.choice((None, "已返校")))])])
            )
    return mails


def answers(mails: Sequence[tuple[str, str, Sequence[Filing]]]) -> tuple[object, ...]:
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(f"sqlite:///{folder}/k.db", Path(folder) / "archive")
        county = ScenarioCounty(store)
        for on, at, filings in mails:
            county.add_mail(filings, on=on, at=at)
        judged = Judgements(county.snapshot_at("2024-01-20")).across_notices
        told = (
            [
                (
                    c.case_id,
                    c.status,
                    c.state,
                    c.responsible_unit,
                    c.opened_on,
                    c.visits,
                    c.next_visit_due,
                    c.escalation,
                    c.closed_on,
                    c.episode,
                )
                for c in judged.cases
            ],
            [(f.finding_id, f.code, f.message) for f in judged.findings],
            [(g.unit, g.form, g.gap, g.days_late, sorted(g.names)) for g in judged.gaps],
            [
                (u.unit, f.form, f.state, f.late, f.nil, f.records)
                for u in judged.status.units
                for f in u.forms
            ],
            [c.case_id for c in judged.suspected],
        )
        store.close()
    return told


@pytest.mark.parametrize("seed", range(COUNTIES))
def test_a_county_is_the_same_in_pieces_and_in_any_order(seed: int) -> None:
    mails, random = make_mails(seed), Random(seed)
    whole = [(on, f"09:{n:02}", filings) for n, (on, filings) in enumerate(mails)]
    shuffled = [(on, at, random.sample(filings, len(filings))) for on, at, filings in whole]
    random.shuffle(shuffled)
    pieces = [
        (on, f"{10 + n:02}:{random.randint(0, 59):02}", [one])
        for on, filings in mails
        for n, one in enumerate(random.sample(filings, len(filings)))
    ]
    expected = answers(whole)

    assert answers(shuffled) == expected
    assert answers(pieces) == expected
