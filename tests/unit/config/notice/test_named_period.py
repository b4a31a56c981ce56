"""Which period a file speaks of."""

from datetime import date, datetime

import pytest

from config.notice.named_period import PeriodReading, named_period, read_period
from config.notice.rhythm import Rhythm, dated_periods

OPENED = date(2023, 9, 1)
UNTIL = date(2024, 1, 20)
MONTHS = tuple(Rhythm(every="month", on=25).periods(OPENED, UNTIL))
WEEKS = tuple(Rhythm(every="week", on=5).periods(OPENED, UNTIL))
QUARTERS = tuple(Rhythm(every="quarter", on=25).periods(OPENED, UNTIL))
DATES = tuple(dated_periods((datetime(2023, 9, 25, 12), datetime(2023, 10, 25, 12)), OPENED))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("石溪县2023年10月疑似辍学学生月报", "2023-10"),
        ("十月份辍学台账", "2023-10"),
        ("9月 西沱镇小学.xlsx", "2023-09"),
        ("2024年1月月报", "2024-01"),
        ("十二月报表", "2023-12"),
        ("\uff12\uff10\uff12\uff13年\uff11\uff11月报表", "2023-11"),
    ],
)
def test_a_month(text, key):
    period = named_period(text, MONTHS)

    assert period is not None
    assert period.key == key


@pytest.mark.parametrize(
    "text", ["辍学学生台账", "填报时间:2023年10月8日", "9月和10月台账", "2022年10月", "2023年秋季学期"]
)
def test_no_month(text):
    assert named_period(text, MONTHS) is None


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("第2周零报告", date(2023, 9, 4)),
        ("第三周周报", date(2023, 9, 11)),
        ("10月9日-10月13日周报", date(2023, 10, 9)),
    ],
)
def test_a_week(text, begins):
    period = named_period(text, WEEKS)

    assert period is not None
    assert period.begins == begins


def test_a_quarter_and_a_day_of_a_list():
    quarter, listed = named_period("第四季度统计表", QUARTERS), named_period("10月辍学名单", DATES)

    assert quarter is not None
    assert quarter.key == "2023-Q4"
    assert listed is not None
    assert listed.key == "2023-10-25"


@pytest.mark.parametrize("text", ["登记表(9月25日)", "9月20日登记表", "2023-09-27", "截至9月25日的登记表"])
def test_a_day_in_a_name_is_of_the_day_of_a_list_next_to_it(text):
    assert named_period(text, DATES) == DATES[0]


@pytest.mark.parametrize(
    ("day", "listed"),
    [
        (date(2023, 9, 1), 0),
        (date(2023, 9, 27), 0),
        (date(2023, 10, 10), 0),
        (date(2023, 10, 11), 1),
        (date(2023, 12, 1), 1),
    ],
)
def test_without_a_name_a_list_of_days_has_the_file_under_the_day_next_to_its_arrival(day, listed):
    """Days late is the last list and not the next one, else its unit is accused of not sending it."""
    assert read_period(["登记表"], ["附件1.xlsx"], day, DATES) == PeriodReading(DATES[listed])


def test_the_day_decides_where_no_text_does():
    def period(within, day, periods=MONTHS):
        return read_period(within, (), day, periods)

    assert period(["台账"], date(2023, 10, 2)) == PeriodReading(MONTHS[1])
    assert period(["9月台账"], date(2023, 10, 2)) == PeriodReading(MONTHS[0])
    assert period([], date(2023, 8, 30)) == PeriodReading(MONTHS[0])
    assert period([], date(2023, 8, 30), ()) is None


def test_a_period_that_has_not_begun_is_asked_about():
    reading = read_period(["11月台账"], ["10月.xlsx"], date(2023, 10, 20), MONTHS)

    assert reading == PeriodReading(MONTHS[1], "2023年11月")


def test_a_title_goes_before_the_name_of_its_file_and_both_are_shown():
    reading = read_period(["9月台账", "Sheet1"], ["10月.xlsx", "月报"], date(2023, 10, 20), MONTHS)

    assert reading == PeriodReading(MONTHS[0], "2023年10月")


def test_a_month_of_another_year_is_asked_about_unless_a_name_says_which():
    assert read_period(["2022年10月台账"], [], date(2023, 10, 20), MONTHS) == PeriodReading(
        MONTHS[1], "2022年10月"
    )
    assert read_period(["2022年10月台账"], ["202310.xlsx"], date(2023, 10, 20), MONTHS) == PeriodReading(
        MONTHS[1]
    )


def test_before_its_day_in_the_next_month_a_list_is_of_the_month_before():
    months = tuple(Rhythm(every="month", on=5, following=True).periods(OPENED, UNTIL))

    assert read_period([], [], date(2023, 10, 5), months) == PeriodReading(months[0])
    assert read_period([], [], date(2023, 10, 6), months) == PeriodReading(months[1])
    assert read_period(["9月月报"], [], date(2023, 10, 6), months) == PeriodReading(months[0])


@pytest.mark.parametrize("text", ["10月第二周周报", "2023年10月第2周"])
def test_a_week_of_a_month_is_no_week_of_the_semester(text):
    assert named_period(text, WEEKS) is None


class TestForms:
    """A form that was made for a period and sent to its unit."""

    def reading(self, made_for: str, day: date, *around: str, within: str = "台账") -> PeriodReading:
        found = read_period([within], around, day, MONTHS, made_for)
        assert found is not None
        return found

    def test_where_nothing_tells_the_period_it_was_made_for_counts(self):
        found = self.reading("2023-10", date(2023, 10, 20), "新建文件.xlsx")

        assert (found.period.key, found.doubt) == ("2023-10", None)

    def test_a_late_one_is_still_of_its_period_and_asked_about(self):
        found = self.reading("2023-09", date(2023, 10, 8), "新建文件.xlsx")

        assert (found.period.key, found.doubt) == ("2023-09", "2023年10月")

    def test_what_is_written_goes_before_it_and_the_contradiction_is_shown(self):
        found = self.reading("2023-09", date(2023, 10, 20), "10月.xlsx")
        assert (found.period.key, found.doubt) == ("2023-10", "2023年9月")

        found = self.reading("2023-09", date(2023, 10, 20), within="10月台账")
        assert (found.period.key, found.doubt) == ("2023-10", "2023年9月")

    def test_one_for_a_period_to_come_is_not_taken_for_it(self):
        found = self.reading("2023-12", date(2023, 10, 20))

        assert (found.period.key, found.doubt) == ("2023-10", "2023年12月")

    def test_a_period_that_the_notice_has_not_says_nothing(self):
        found = self.reading("2022-10", date(2023, 10, 20))

        assert (found.period.key, found.doubt) == ("2023-10", None)
