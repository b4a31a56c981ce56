from datetime import date, timedelta
from io import BytesIO

import pytest
from matplotlib import image

from ledger.results import CaseState, FormState
from notify.county_course import CountyCourse, draw_course
from tests.builders.values.sample_digests import AS_OF, a_case, a_form, a_status, a_unit, digest_of

DAY = date(2023, 9, 20)
POINTS = tuple((DAY + timedelta(days=n), n * 10) for n in range(7))


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


def course(points: tuple[tuple[date, int], ...], out_of_school: int = 0) -> CountyCourse:
    out = tuple((day, out_of_school) for day, _ in points)
    return CountyCourse(reported=points, expected=100, due=DAY + timedelta(days=5), out_of_school=out)


@pytest.mark.parametrize(("children", "height"), [(0, 210), (7, 350)])
def test_the_same_course_gives_the_same_picture(children: int, height: int) -> None:
    first = draw_course(course(POINTS, children))
    if first is None:
        pytest.skip("no font with Chinese characters on this machine")

    assert first == draw_course(course(POINTS, children))
    assert image.imread(BytesIO(first)).shape[:2] == (height, 640)


def test_one_day_makes_no_picture() -> None:
    assert draw_course(course(POINTS[:1])) is None
