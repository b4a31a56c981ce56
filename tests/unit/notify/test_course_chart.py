"""The chart of the course: the same picture for the same figures, each count where the scale puts it."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from PIL import Image, ImageFont

from notify import course_chart
from notify.county_course import ByDay, CountyCourse
from notify.course_chart import draw_course, find_chinese_font

DAY = date(2023, 9, 20)
_TINTS = {(219, 227, 242), (244, 216, 214)}


@pytest.fixture(autouse=True)
def _a_font(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pillow's own font, so that the chart is drawn on every machine."""
    monkeypatch.setattr(course_chart, "find_chinese_font", ImageFont.load_default)


def by_day(*counts: int) -> ByDay:
    return tuple((DAY + timedelta(days=n), one) for n, one in enumerate(counts))


def course(reported: ByDay, children: ByDay | None = None, expected: int = 100) -> CountyCourse:
    out = children or tuple((day, 0) for day, _ in reported)
    due = DAY + timedelta(days=len(reported) // 2)
    return CountyCourse(reported=reported, expected=expected, due=due, out_of_school=out)


def drawn(of: CountyCourse) -> Image.Image:
    picture = draw_course(of)
    assert picture is not None
    assert picture == draw_course(of)
    return Image.open(BytesIO(picture)).convert("RGB")


def filled_height(image: Image.Image, x: int, bottom: int) -> int:
    """Returns how many pixels above the axis are tinted or a line, up to the first white one."""
    heights = range(1, bottom)
    return next(n for n in heights if image.getpixel((x, bottom - n)) == (255, 255, 255)) - 1


@pytest.mark.parametrize(("children", "height"), [(0, 210), (7, 350)])
def test_a_second_panel_is_drawn_where_a_child_was_out_of_school(children: int, height: int) -> None:
    reported = by_day(0, 10, 20, 30)

    assert drawn(course(reported, tuple((day, children) for day, _ in reported))).size == (640, height)


def test_each_day_is_as_high_as_its_count() -> None:
    image = drawn(course(by_day(0, 20, 20, 40, 80), by_day(8, 8, 4, 4, 2)))
    width = (627 - 45) / 4.4
    middle = [45 + round((n + 0.5) * width) for n in range(4)]

    assert [filled_height(image, x, 176) for x in middle[:3]] == [
        1,
        28,
        28,
    ]  # 20 of 115 in 155 px, and its line
    assert [filled_height(image, x, 316) for x in middle] == [67, 67, 34, 34]  # 8 of 11.6 in 95 px
    assert image.getpixel((middle[1], 170)) in _TINTS


def test_axes_count_in_whole_numbers() -> None:
    assert [*course_chart._ticks(115, 6)] == [0, 20, 40, 60, 80, 100]
    assert [*course_chart._ticks(8.7, 3)] == [0, 5]
    assert [*course_chart._ticks(1.15, 6)] == [0, 1]


@pytest.mark.parametrize(
    "odd",
    [
        course(by_day(*range(900)), by_day(*range(900)), expected=900),  # more days than pixels
        course(by_day(3, 5), by_day(4, 0), expected=0),
        course(by_day(90, 150)),  # more than expected
    ],
)
def test_odd_figures_make_a_picture_too(odd: CountyCourse) -> None:
    assert drawn(odd).size[0] == 640


def test_one_day_makes_no_picture() -> None:
    assert draw_course(course(by_day(3))) is None


def test_no_font_with_chinese_characters_makes_no_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(course_chart, "_FONTS", (("no-such-font-anywhere.ttc", 0),))
    monkeypatch.setattr(course_chart, "find_chinese_font", find_chinese_font)

    assert draw_course(course(by_day(3, 4))) is None


def test_no_count_keeps_a_picture_from_being_drawn() -> None:
    assert drawn(course(by_day(0, 1, 1), children=by_day(-1, -1, 1)))
