"""Counts met obligations and children out of school by day, and draws the chart of both."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import TYPE_CHECKING

from ledger.results import Case, CaseState
from notify.obligation_lines import ObligationLine, ShownState
from notify.shown_dates import format_day

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK, GREY, RED, BLUE = "#1f2329", "#5f6672", "#c0271a", "#3763b5"

ByDay = tuple[tuple[date, int], ...]
"""By day, the count at its end."""

_FONTS = (
    "Noto Sans CJK SC", "Noto Sans CJK JP", "Source Han Sans SC", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei",
    "Microsoft YaHei", "SimHei", "PingFang SC", "Droid Sans Fallback",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class CountyCourse:
    """The course of a semester so far; both counts end with the day's figures."""

    reported: ByDay
    """The obligations met by then (已报); empty before the first one."""
    expected: int
    due: date | None
    out_of_school: ByDay
    """The children whose case was open, by the days of the events; for the same days as ``reported``."""


def trace_course(
    obligations: Iterable[ObligationLine],
    cases: Iterable[Case],
    as_of: datetime,
    expected: int,
    due: date | None,
) -> CountyCourse:
    """Counts by the end of each day from the first report to ``as_of``."""
    came = sorted(
        one.first_received_at.astimezone(as_of.tzinfo).date()
        for one in obligations
        if one.state in (ShownState.ON_TIME, ShownState.LATE) and one.first_received_at
    )
    days = [
        date.fromordinal(day)
        for day in (range(came[0].toordinal(), as_of.date().toordinal() + 1) if came else ())
    ]
    counted = [case for case in cases if case.state is CaseState.OPEN or case.closed_on is not None]
    opened = sorted(case.opened_on for case in counted)
    closed = sorted(case.closed_on for case in counted if case.closed_on is not None)
    return CountyCourse(
        reported=tuple((day, bisect_right(came, day)) for day in days),
        expected=expected,
        due=due,
        out_of_school=tuple((day, bisect_right(opened, day) - bisect_right(closed, day)) for day in days),
    )


def draw_course(course: CountyCourse) -> bytes | None:
    """Returns a PNG, 640 px wide; None where there are too few days or no font with Chinese characters."""
    if len(course.reported) < 2:
        return None
    from matplotlib import font_manager  # slow to import, and only a digest or a bulletin needs it
    from matplotlib.figure import Figure

    installed = {font.name for font in font_manager.fontManager.ttflist}
    font = next((name for name in _FONTS if name in installed), None)
    if font is None:
        return None
    has_children = any(count for _, count in course.out_of_school)
    height = 3.5 if has_children else 2.1
    figure = Figure(figsize=(6.4, height), dpi=100, facecolor="white")
    upper = 1 - 0.21 / height
    axes = figure.add_axes((0.07, upper - 1.55 / height, 0.91, 1.55 / height))
    _draw_steps(axes, course.reported, BLUE, f"已报{course.reported[-1][1]}", font)
    first, last = course.reported[0][0], course.reported[-1][0]
    axes.axhline(course.expected, color="#9aa1ac", linewidth=1, linestyle="--")
    axes.text(
        first.toordinal(), course.expected * 1.02, f"应报{course.expected}", va="bottom",
        fontfamily=font, fontsize=9, color=GREY,
    )  # fmt: skip
    if course.due is not None and first <= course.due <= last:
        axes.axvline(course.due.toordinal(), color=RED, linewidth=1)
        side = "right" if (last - course.due) * 3 < last - first else "left"
        axes.text(
            course.due.toordinal(), 0, f" 截止{format_day(course.due)} ", va="bottom", ha=side,
            fontfamily=font, fontsize=9, color=RED,
        )  # fmt: skip
    axes.set_ylim(0, course.expected * 1.15)
    if has_children:
        lower = figure.add_axes((0.07, 0.34 / height, 0.91, 0.95 / height))
        most = max(count for _, count in course.out_of_school)
        _draw_steps(lower, course.out_of_school, RED, f"未返校{course.out_of_school[-1][1]}人", font)
        lower.set_ylim(0, most * 1.45)
    out = BytesIO()
    figure.savefig(out, format="png", metadata={"Software": None})
    return out.getvalue()


def _draw_steps(axes: "Axes", points: ByDay, color: str, label: str, font: str) -> None:
    days, counts = [day.toordinal() for day, _ in points], [count for _, count in points]
    axes.fill_between(days, counts, step="post", color=color, alpha=0.18, linewidth=0)
    axes.step(days, counts, where="post", color=color, linewidth=1.8)
    axes.annotate(
        label, (days[-1], counts[-1]), xytext=(-4, -14), textcoords="offset points", ha="right",
        fontfamily=font, fontsize=9, color=INK, bbox={"facecolor": "white", "alpha": 0.8, "edgecolor": "none", "pad": 1},
    )  # fmt: skip
    axes.set_xlim(days[0], days[-1] + 0.4)
    step = max(len(days) // 8, 1)
    axes.set_xticks(
        days[::step], [f"{day.month}/{day.day}" for day, _ in points[::step]], fontsize=8, color=GREY
    )
    axes.tick_params(axis="y", labelsize=8, labelcolor=GREY, length=0)
    axes.tick_params(axis="x", length=2)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
