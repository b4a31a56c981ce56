from datetime import date, timedelta
from io import BytesIO

import pytest
from matplotlib import image

from ledger.results import FormState
from notify.digest.progress_chart import draw_chart
from tests.builders.sample_digests import AS_OF, a_form, a_status, a_unit, digest_of

DAY = date(2023, 9, 20)
POINTS = tuple((DAY + timedelta(days=n), n * 10) for n in range(7))


def test_what_is_reported_is_counted_by_the_day_it_came() -> None:
    came, missing = a_form("附件1", FormState.RECEIVED), a_form("附件3", FormState.MISSING)
    incomplete = a_form("附件5", FormState.INCOMPLETE)

    assert digest_of(a_status(a_unit("西沱镇", came, missing, incomplete))).progress == (
        (AS_OF.date() - timedelta(days=2), 1),
        (AS_OF.date() - timedelta(days=1), 1),
        (AS_OF.date(), 1),
    )
    assert digest_of(a_status(a_unit("西沱镇", missing))).progress == ()


def test_the_same_points_give_the_same_picture() -> None:
    first = draw_chart(POINTS, 100, DAY + timedelta(days=5))
    if first is None:
        pytest.skip("no font with Chinese characters on this machine")

    assert first == draw_chart(POINTS, 100, DAY + timedelta(days=5))
    assert image.imread(BytesIO(first)).shape[:2] == (210, 640)


def test_one_day_makes_no_picture() -> None:
    assert draw_chart(POINTS[:1], 100, None) is None
