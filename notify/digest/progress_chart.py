"""The digest's chart: how many obligations had been met by each day, up to the date due."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import BytesIO

from notify.obligation_lines import ObligationLine, ShownState
from notify.shown_dates import format_day

INK, GREY, RED = "#1f2329", "#5f6672", "#c0271a"

ReceivedByDay = tuple[tuple[date, int], ...]  # by day, how many unit × form had come by its end

_FONTS = (
    "Noto Sans CJK SC", "Noto Sans CJK JP", "Source Han Sans SC", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei",
    "Microsoft YaHei", "SimHei", "PingFang SC", "Droid Sans Fallback",
)  # fmt: skip


def count_received_by_day(obligations: Iterable[ObligationLine], as_of: datetime) -> ReceivedByDay:
    """Counts what is reported (已报) by the end of each day, up to the figure of the digest; empty before the first."""
    days = sorted(
        one.first_received_at.astimezone(as_of.tzinfo).date()
        for one in obligations
        if one.state in (ShownState.ON_TIME, ShownState.LATE) and one.first_received_at
    )
    if not days:
        return ()
    return tuple(
        (day, bisect_right(days, day))
        for day in map(date.fromordinal, range(days[0].toordinal(), as_of.date().toordinal() + 1))
    )


def draw_chart(points: Sequence[tuple[date, int]], expected: int, due: date | None) -> bytes | None:
    """A PNG, 640 px wide; None where there is too little to draw or no font with Chinese characters."""
    if len(points) < 2:
        return None
    from matplotlib import font_manager  # slow to import, and only a digest needs it
    from matplotlib.figure import Figure

    installed = {font.name for font in font_manager.fontManager.ttflist}
    font = next((name for name in _FONTS if name in installed), None)
    if font is None:
        return None
    figure = Figure(figsize=(6.4, 2.1), dpi=100, facecolor="white")
    axes = figure.add_axes((0.07, 0.16, 0.91, 0.74))
    days, counts = [day.toordinal() for day, _ in points], [count for _, count in points]
    axes.fill_between(days, counts, step="post", color="#3763b5", alpha=0.18, linewidth=0)
    axes.step(days, counts, where="post", color="#3763b5", linewidth=1.8)
    axes.axhline(expected, color="#9aa1ac", linewidth=1, linestyle="--")
    axes.text(
        days[0], expected * 1.02, f"应报{expected}", va="bottom", fontfamily=font, fontsize=9, color=GREY
    )
    last = (days[-1], counts[-1])
    axes.annotate(
        f"已报{counts[-1]}", last, xytext=(-4, -12), textcoords="offset points", ha="right",
        fontfamily=font, fontsize=9, color=INK,
    )  # fmt: skip
    if due is not None and days[0] <= due.toordinal() <= days[-1]:
        axes.axvline(due.toordinal(), color=RED, linewidth=1)
        due_label = f" 截止{format_day(due)}"
        axes.text(due.toordinal(), 0, due_label, va="bottom", fontfamily=font, fontsize=9, color=RED)
    axes.set_ylim(0, expected * 1.15)
    axes.set_xlim(days[0], days[-1] + 0.4)
    step = max(len(days) // 8, 1)
    axes.set_xticks(days[::step], [_label(day) for day, _ in points[::step]], fontsize=8, color=GREY)
    axes.tick_params(axis="y", labelsize=8, labelcolor=GREY, length=0)
    axes.tick_params(axis="x", length=2)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    out = BytesIO()
    figure.savefig(out, format="png", metadata={"Software": None})
    return out.getvalue()


def _label(day: date) -> str:
    return f"{day.month}/{day.day}"
