"""Of old mails those stay on which a case, a dispute, a question or a person's word rests; no case changes by what goes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.errors import StoreError
from kongchuo.office import Office, open_office
from kongchuo.usecases.retention.kept_mails import Hold, KeptMails
from kongchuo.usecases.retention.purge_office import line_of_purge, plan_purge, purge
from ledger.lists.past_figures import compare_with_past
from ledger.results import CaseState
from store.audit.audit_line import Door
from tests.builders.counties.scenario_county import Child, ScenarioCounty, a_child
from tests.builders.offices.office_folder import an_office

NOW = datetime(2026, 11, 1, tzinfo=UTC)
TOWN, SCHOOL = "西沱镇", "西沱镇小学"
CHILD, OTHER, GROWN = a_child("甲一"), a_child("乙二"), a_child("丙三", born="20080304")


@dataclass(frozen=True)
class OldOffice:
    """An office with mails of 2023, looked at in 2026."""

    office: Office
    county: ScenarioCounty

    def holds(self) -> dict[str, Hold]:
        """By unit and form why its mail stays; what may go is not among them."""
        old = self.office.store.purging.old_mails(NOW)
        holds = KeptMails(self.office, NOW, old).find_holds()
        copies = self.office.store.submissions.copies(None, NOW)
        return {
            f"{copy.unit}{copy.form} {copy.received_at:%m-%d}": holds[copy.message_id]
            for copy in copies
            if copy.message_id in holds
        }

    def purge(self) -> None:
        plan = plan_purge(self.office, NOW)
        purge(self.office, plan, line_of_purge(plan, "office", "到期", NOW, Door.TERMINAL))


@pytest.fixture
def old(tmp_path: Path) -> Iterator[OldOffice]:
    with open_office(an_office(tmp_path / "office")) as office:
        yield OldOffice(office, ScenarioCounty(office.store))


def test_an_open_case_stays_and_a_roll_of_others_goes(old: OldOffice) -> None:
    old.county.add_submission(SCHOOL, "附件4", CHILD.out_row(), on="2023-09-20")
    old.county.add_submission(SCHOOL, "附件2", OTHER.enrolled_row(), on="2023-09-21")
    before = old.county.cases("2026-11-01")

    assert old.holds() == {f"{SCHOOL}附件4 09-20": Hold.CASE}
    old.purge()

    assert old.county.cases("2026-11-01") == before
    assert [case.state for case in before] == [CaseState.OPEN]


@pytest.mark.parametrize(("child", "stays"), [(CHILD, True), (GROWN, False)])
def test_what_closed_a_case_stays_until_its_child_is_seventeen(
    old: OldOffice, child: Child, stays: bool
) -> None:
    old.county.add_submission(SCHOOL, "附件4", child.out_row(), on="2023-09-20")
    old.county.add_submission(SCHOOL, "附件2", child.enrolled_row(), on="2023-10-24")
    [case] = old.county.cases("2026-11-01")
    assert case.state is not CaseState.OPEN

    assert bool(old.holds()) == stays
    old.purge()

    assert old.county.cases("2026-11-01") == ([case] if stays else [])


def test_proofs_of_a_unit_with_a_case_stay(old: OldOffice) -> None:
    old.county.add_submission(SCHOOL, "附件4", CHILD.out_row(), on="2023-09-20")
    old.county.add_proofs(SCHOOL, "附件4", "劝返照片.jpg", on="2023-09-22")
    old.county.add_proofs(TOWN, "附件3", "别的.jpg", on="2023-09-22")

    old.purge()

    kept = {file.path for file in old.office.store.files.arrived(NOW)}
    assert ("劝返照片.jpg",) in kept
    assert ("(已清理).jpg",) in kept


def test_a_later_version_stays_with_an_earlier_one(old: OldOffice) -> None:
    old.county.add_submission(SCHOOL, "附件4", CHILD.out_row(), OTHER.out_row("休学"), on="2023-09-20")
    old.county.add_submission(SCHOOL, "附件4", OTHER.out_row("休学"), on="2023-10-20")
    before = old.county.cases("2026-11-01")

    assert set(old.holds()) == {f"{SCHOOL}附件4 09-20", f"{SCHOOL}附件4 10-20"}
    old.purge()

    assert old.county.cases("2026-11-01") == before


@pytest.mark.parametrize("what", ["held", "arrived"])
def test_nothing_goes_that_must_stay_since_the_plan_was_made(old: OldOffice, what: str) -> None:
    old.county.add_submission(SCHOOL, "附件2", OTHER.enrolled_row(), on="2023-09-21")
    plan = plan_purge(old.office, NOW)
    assert len(plan.mails) == 1
    if what == "held":
        old.county.add_decision("hold", f"unit:{SCHOOL}", "信访", on="2026-10-31")
    else:
        old.county.add_submission(SCHOOL, "附件4", OTHER.out_row(), on="2023-09-22")
    before = old.office.store.files.arrived(NOW)

    with pytest.raises(StoreError, match="再运行一次"):
        purge(old.office, plan, line_of_purge(plan, "office", "到期", NOW, Door.TERMINAL))

    assert old.office.store.files.arrived(NOW) == before
    assert not old.office.store.purging.has_begun()
    assert not any(entry.what.startswith("purge") for entry in old.office.store.audit.entries())
    old.purge()
    assert old.office.store.files.arrived(NOW) == before


def test_a_unit_that_a_person_holds_keeps_its_mails(old: OldOffice) -> None:
    old.county.add_submission(SCHOOL, "附件2", OTHER.enrolled_row(), on="2023-09-21")
    old.county.add_submission(TOWN, "附件1", GROWN.enrolled_row(), on="2023-09-21")
    old.county.add_decision("hold", f"unit:{SCHOOL}", "信访", on="2024-01-01")

    assert old.holds() == {f"{SCHOOL}附件2 09-21": Hold.PERSON}


def test_counts_stay_and_a_new_list_is_not_compared_with_what_is_gone(old: OldOffice) -> None:
    children = [a_child(f"学生{n}", serial=500 + n) for n in range(40)]
    old.county.add_submission(SCHOOL, "附件2", *(one.enrolled_row() for one in children), on="2023-09-20")
    old.purge()
    assert old.county.form(SCHOOL, "附件2").records == 40

    old.county.add_submission(SCHOOL, "附件2", *(one.enrolled_row() for one in children), on="2026-09-20")

    assert compare_with_past(old.office.snapshot_at(NOW)) == ()
    assert old.county.suspected("2026-11-01") == []
