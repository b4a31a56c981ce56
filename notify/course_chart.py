"""Draws the course of a semester: what had come by each day, and below it the children out of school.

Steps are rectangles beside a few words, so Pillow draws them; a library of charts took half a second to load.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import count, pairwise

from PIL import Image, ImageDraw, ImageFont

from notify.county_course import ByDay, CountyCourse
from notify.shown_dates import format_day

_INK, _GREY, _RED, _BLUE = "#1f2329", "#5f6672", "#c0271a", "#3763b5"
_DASHES, _RED_TINT, _BLUE_TINT = "#9aa1ac", "#f4d8d6", "#dbe3f2"
_WIDTH, _LEFT, _RIGHT, _PER_INCH = 640, 45, 627, 100
_HALF_A_LINE = 1
_FONTS = (
    ("NotoSansCJK-Regular.ttc", 2), ("NotoSansCJKsc-Regular.otf", 0), ("NotoSansSC-Regular.otf", 0),
    ("SourceHanSansSC-Regular.otf", 0), ("SourceHanSansCN-Regular.otf", 0),
    ("wqy-microhei.ttc", 0), ("wqy-zenhei.ttc", 0), ("msyh.ttc", 0), ("simhei.ttf", 0),
    ("PingFang.ttc", 0), ("Hiragino Sans GB.ttc", 0), ("STHeiti Light.ttc", 0), ("DroidSansFallbackFull.ttf", 0),
)  # fmt: skip
"""Files of fonts with Chinese characters as systems install them, and which font in the file is the simplified one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Panel:
    """A chart of steps within the picture, its count of zero at the bottom."""

    canvas: ImageDraw.ImageDraw
    font: ImageFont.FreeTypeFont
    top: int
    bottom: int
    points: ByDay
    most: float
    """The count at the top."""

    def x_of(self, index: float) -> int:
        """Returns where the day with this index begins; the last one is cut short."""
        return _LEFT + round(index / (len(self.points) - 0.6) * (_RIGHT - _LEFT))

    def y_of(self, number: float) -> int:
        height = round(number / self.most * (self.bottom - self.top))
        return min(max(self.bottom - height, self.top), self.bottom)

    def fill(self, left: int, top: int, right: int, bottom: int, color: str) -> None:
        """Fills a rectangle, the edges included; one without width gets a pixel."""
        self.canvas.rectangle((left, top, max(left, right), bottom), fill=color)

    def write(self, x: int, y: int, text: str, anchor: str, color: str) -> None:
        self.canvas.text((x, y), text, fill=color, font=self.font, anchor=anchor)


def draw_course(course: CountyCourse) -> bytes | None:
    """Returns a PNG, 640 px wide; None where there are too few days or no font with Chinese characters."""
    if len(course.reported) < 2:
        return None
    font = find_chinese_font(12)
    if font is None:
        return None
    most_children = max(number for _, number in course.out_of_school)
    image = Image.new("RGB", (_WIDTH, 350 if most_children else 210), "white")
    canvas = ImageDraw.Draw(image)
    upper = _Panel(
        canvas=canvas, font=font, top=21, bottom=176, points=course.reported, most=max(course.expected, 1) * 1.15
    )  # fmt: skip
    _draw_steps(upper, _BLUE, _BLUE_TINT)
    _draw_axes(upper, most_ticks=6)
    _mark_expected(upper, course.expected)
    _mark_due_date(upper, course)
    _write_last(upper, f"已报{course.reported[-1][1]}")
    if most_children:
        lower = _Panel(
            canvas=canvas, font=font, top=221, bottom=316, points=course.out_of_school, most=most_children * 1.45
        )  # fmt: skip
        _draw_steps(lower, _RED, _RED_TINT)
        _draw_axes(lower, most_ticks=3)
        _write_last(lower, f"未返校{course.out_of_school[-1][1]}人")
    out = BytesIO()
    image.save(out, "png", dpi=(_PER_INCH, _PER_INCH))
    return out.getvalue()


def find_chinese_font(size: int) -> ImageFont.FreeTypeFont | None:
    """Returns the first installed font with Chinese characters; Pillow looks through the system's folders of fonts."""
    for file, index in _FONTS:
        try:
            return ImageFont.truetype(file, size, index=index, layout_engine=ImageFont.Layout.BASIC)
        except OSError:  # not installed, or damaged
            continue
    return None


def _draw_steps(panel: _Panel, color: str, tint: str) -> None:
    edges = [*(panel.x_of(index) for index in range(len(panel.points))), _RIGHT]
    heights = [panel.y_of(number) for _, number in panel.points]
    for (left, right), height in zip(pairwise(edges), heights, strict=True):
        panel.fill(left, height, right - 1, panel.bottom, tint)
    for (left, right), height in zip(pairwise(edges), heights, strict=True):
        panel.fill(left - _HALF_A_LINE, height - _HALF_A_LINE, right, height, color)
    for x, (before, after) in zip(edges[1:], pairwise(heights), strict=False):
        panel.fill(x - _HALF_A_LINE, min(before, after) - _HALF_A_LINE, x, max(before, after), color)


def _draw_axes(panel: _Panel, most_ticks: int) -> None:
    panel.fill(_LEFT, panel.bottom, _RIGHT, panel.bottom, _INK)
    for number in _ticks(panel.most, most_ticks):
        panel.write(_LEFT - 5, panel.y_of(number), str(number), "rm", _GREY)
    for index in range(0, len(panel.points), max(len(panel.points) // 8, 1)):
        day, x = panel.points[index][0], panel.x_of(index)
        panel.fill(x, panel.bottom, x, panel.bottom + 3, _INK)
        panel.write(x, panel.bottom + 6, f"{day.month}/{day.day}", "mt", _GREY)


def _ticks(most: float, at_most: int) -> range:
    """Returns whole numbers from zero on at equal steps: 1, 2, 5, 10, 20, …"""
    return range(0, int(most) + 1, next(step for step in _round_steps() if step * at_most >= most))


def _round_steps() -> Iterator[int]:
    return (digit * 10**power for power in count() for digit in (1, 2, 5))


def _mark_expected(panel: _Panel, expected: int) -> None:
    y = panel.y_of(expected)
    for left in range(_LEFT, _RIGHT, 7):
        panel.fill(left, y, min(left + 4, _RIGHT), y, _DASHES)
    panel.write(_LEFT, y - 3, f"应报{expected}", "lb", _GREY)


def _mark_due_date(panel: _Panel, course: CountyCourse) -> None:
    first, last = course.reported[0][0], course.reported[-1][0]
    if course.due is None or not first <= course.due <= last:
        return
    x = panel.x_of((course.due - first).days)
    panel.fill(x, panel.top, x, panel.bottom, _RED)
    is_late = (last - course.due) * 3 < last - first
    words = f"截止{format_day(course.due)}"
    panel.write(x - 4 if is_late else x + 5, panel.bottom - 3, words, "rb" if is_late else "lb", _RED)


def _write_last(panel: _Panel, text: str) -> None:
    """Writes the newest count on white beside its step, within the panel."""
    at = (panel.x_of(len(panel.points) - 1) - 6, min(panel.y_of(panel.points[-1][1]) + 19, panel.bottom - 4))
    left, top, right, bottom = map(int, panel.canvas.textbbox(at, text, font=panel.font, anchor="rs"))
    panel.fill(left - 2, top - 2, right + 2, bottom + 2, "white")
    panel.write(*at, text, "rs", _INK)
