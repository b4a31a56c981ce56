from datetime import timedelta

from ledger.results import CaseState, FormState
from tests.builders.values.sample_digests import AS_OF, a_case, a_form, a_status, a_unit, digest_of


def test_what_is_reported_is_counted_by_the_day_it_came() -> None:
    came, missing = a_form("附件1", FormState.RECEIVED), a_form("附件3", FormState.MISSING)
    incomplete = a_form("附件5", FormState.INCOMPLETE)

    assert digest_of(a_status(a_unit("西沱镇", came, missing, incomplete))).course.reported == (
        (AS_OF.date() - timedelta(days=2), 1),
        (AS_OF.date() - timedelta(days=1), 1),
        (AS_OF.date(), 1),
    )
    assert digest_of(a_status(a_unit("西沱镇", missing))).course.reported == ()


def test_children_out_of_school_are_counted_by_the_days_of_their_cases() -> None:
    came = a_form("附件1", FormState.RECEIVED)
    days = [AS_OF.date() - timedelta(days=n) for n in (2, 1, 0)]
    cases = (
        a_case(case_id="a", opened_on=days[0] - timedelta(days=9)),
        a_case(case_id="b", opened_on=days[0], closed_on=days[1], state=CaseState.RETURNED),
        a_case(case_id="c", opened_on=days[2]),
    )

    course = digest_of(a_status(a_unit("西沱镇", came)), cases=cases).course

    assert course.out_of_school == ((days[0], 2), (days[1], 1), (days[2], 2))


def test_a_child_who_was_back_before_anybody_told_of_it_counts_on_no_day() -> None:
    came = a_form("附件1", FormState.RECEIVED)
    days = [AS_OF.date() - timedelta(days=n) for n in (2, 1, 0)]
    told_late = a_case(opened_on=days[2], closed_on=days[0], state=CaseState.RETURNED)

    course = digest_of(a_status(a_unit("西沱镇", came)), cases=(told_late,)).course

    assert course.out_of_school == ((days[0], 0), (days[1], 0), (days[2], 0))
