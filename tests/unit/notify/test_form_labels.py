"""Names of forms in a line."""

from dataclasses import dataclass
from datetime import date, datetime

from config.notice.rhythm import Period, Rhythm, dated_periods
from notify.form_labels import format_titles

OPENED = date(2026, 9, 1)


@dataclass(frozen=True)
class _Owed:
    form: str
    period: Period | None = None


def test_a_form_owed_daily_is_one_title_and_not_a_page() -> None:
    days = [_Owed("表1", period) for period in Rhythm(every="day").periods(OPENED, date(2026, 9, 30))]

    assert format_titles([*days[:2], _Owed("表5")]) == "表1(9月1日)、表1(9月2日)、表5"
    assert format_titles([*days, _Owed("表5")]) == "表1(9月1日至30日间30期)、表5"


def test_a_form_of_several_days_is_called_by_each_day() -> None:
    first, second = dated_periods((datetime(2026, 9, 18, 23, 59, 59), datetime(2026, 10, 16, 12)), OPENED)

    assert (
        format_titles([_Owed("附件1", first), _Owed("附件2"), _Owed("附件1", second)])
        == "附件1(9月18日)、1(10月16日)、2"
    )
