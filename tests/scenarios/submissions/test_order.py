"""Mail may be processed in any order: what counts is when it arrived."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.assessment import Judgements
from ledger.results import CaseState
from store import Store
from tests.builders.counties.scenario_county import Child, ScenarioCounty, a_child

Event = Callable[[ScenarioCounty], object]
CHILDREN = [a_child(f"甲{n}", serial=300 + 2 * place) for place, n in enumerate("一二三四")]


def told(child: Child, day: int, what: str) -> Event:
    on, at = f"2023-10-{day:02}", f"{int(child.number[14:17]) % 24:02}:{day:02}"
    match what:
        case "out":
            return lambda county: county.add_submission("西沱中学", "附件4", child.out_row(), on=on, at=at)
        case "back":
            return lambda county: county.add_submission(
                "西沱中学", "附件4", child.out_row(outcome="已返校"), on=on, at=at
            )
        case "enrolled":
            return lambda county: county.add_submission(
                "黄水中学", "附件2", child.enrolled_row(), on=on, at=at
            )
        case "visited":
            return lambda county: county.add_submission(
                "西沱中学", "附件6", child.visits_row(f"2023-10-{day:02}"), on=on, at=at
            )
        case _:
            return lambda county: county.add_submission("西沱中学", "附件4", nil=True, on=on, at=at)


def everything(events: list[Event]) -> tuple[object, ...]:
    """What the ledger says after these events, ids of mails left out (they are numbered as they are made)."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(f"sqlite:///{folder}/k.db", Path(folder) / "archive")
        county = ScenarioCounty(store)
        for event in events:
            event(county)
        judgements = Judgements(county.snapshot_at("2023-11-30"))
        answer = (
            judgements.status,
            judgements.gaps,
            [
                (c.case_id, c.state, c.responsible_unit, c.opened_on, c.visits, c.closed_on)
                for c in judgements.cases
            ],
            [(f.finding_id, f.code) for f in judgements.findings],
            [c.case_id for c in judgements.suspected],
        )
        store.close()
    return answer


happenings = st.lists(
    st.tuples(
        st.sampled_from(CHILDREN),
        st.integers(1, 28),
        st.sampled_from(["out", "back", "enrolled", "visited", "nil"]),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda event: (event[0].number, event[1]),
)
few = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


@few
@given(happenings, st.randoms(use_true_random=False))
def test_the_order_of_processing_changes_nothing(happened, random):
    events = [told(*event) for event in happened]
    shuffled = random.sample(events, len(events))

    assert everything(shuffled) == everything(events)


@few
@given(happenings)
def test_no_history_loses_a_child(happened):
    told_out = {child.number for child, _, what in happened if what == "out"}
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(f"sqlite:///{folder}/k.db", Path(folder) / "archive")
        county = ScenarioCounty(store)
        for event in happened:
            told(*event)(county)
        found = {case.id_number: case for case in county.cases("2023-11-30")}
        store.close()

    assert told_out <= set(found)
    assert all(case.closed_by for case in found.values() if case.state is not CaseState.OPEN)
