"""Rolls and the comparison with the platform as a person reads them in a terminal."""

from collections.abc import Mapping, Sequence

from kongchuo.output.answers_json import Masking
from kongchuo.output.terminal_tables import console, show
from ledger.lists.platform import COUNTS, PlatformComparison
from ledger.lists.platform_children import BOTH, OURS, PLATFORM, ChildDifference
from ledger.lists.rolls import Rolls, added_up

MOST_LISTED, MOST_NAMED = 60, 10
ONLY_IN = {PLATFORM: "平台有,这里没有", OURS: "这里有,平台没有", BOTH: "两边写法不同"}


def show_rolls(found: Rolls, masking: Masking) -> None:
    rows = [
        (
            line.unit,
            line.form,
            str(line.total),
            _counted(line.stages),
            _counted(line.grades),
            _counted(line.households),
            _counted(line.modes),
            str(line.boarding or ""),
            f"+{len(line.came)} −{len(line.left)}" if line.compared_with else "首次报送",
        )
        for line in found.lines
    ]
    headings = ["单位", "附件", "人数", "学段", "年级", "家庭类别", "就读方式", "寄宿", "比上次"]
    show(f"名册{len(rows)}份,共{sum(line.total for line in found.lines)}人", headings, rows, "还没有名册")
    if len(rows) > 1:
        totals = {
            "学段": added_up(line.stages for line in found.lines),
            "年级": added_up(line.grades for line in found.lines),
            "家庭类别": added_up(line.households for line in found.lines),
            "就读方式": added_up(line.modes for line in found.lines),
        }
        for name, counts in totals.items():
            console().print(f"{name}:{_counted(counts)}")
    moved = [
        (line.unit, student.detail, student.name, masking.number(student.id_number) or "", student.grade)
        for line in found.lines
        for student in (*line.came, *line.left)
    ]
    if moved:
        show(f"增减{len(moved)}人", ["单位", "增减", "姓名", "身份证号", "年级"], moved, "")
    for name, own in found.lists.items():
        if len(own) > MOST_LISTED:
            console().print(
                f"{name}{len(own)}人:太长不列,请加 --unit 看一个单位,或用 --json、digest.xlsx 看全部"
            )
        elif own:
            listed = [
                (s.unit, s.name, masking.number(s.id_number) or "", s.grade, masking.text(s.detail) or "")
                for s in own
            ]
            show(f"{name}{len(own)}人", ["单位", "姓名", "身份证号", "年级", "说明"], listed, "")


def _counted(counts: Mapping[str, int]) -> str:
    return " ".join(f"{name}{count}" for name, count in counts.items())


def show_platform(
    month: str, numbers: PlatformComparison, children: Sequence[ChildDifference] | None, masking: Masking
) -> None:
    differing = [one for one in numbers.differences if one.difference]
    rows = [
        (one.unit, COUNTS[one.what], str(one.platform), str(one.ours), f"{one.difference:+d}")
        for one in differing
    ]
    same = len(numbers.differences) - len(differing)
    show(
        f"{month}三统一:{len(differing)}处不一致,{same}处一致",
        ["单位", "项目", "平台", "登记", "登记−平台"],
        rows,
        f"{month}录入的{same}处数字都一致"
        if same
        else f"{month}还没有录入平台数字:请用 kongchuo platform set 或 load 录入",
    )
    if numbers.differences and (left := numbers.not_typed):
        more = f"等{len(left)}个单位" if len(left) > MOST_NAMED else ""
        console().print(f"还没录入平台数字的:{'、'.join(left[:MOST_NAMED])}{more}")
    if children is not None:
        listed = [
            (
                one.name,
                masking.number(one.id_number) or "",
                one.unit,
                ONLY_IN[one.only_in],
                masking.text(one.note) or "",
            )
            for one in children
        ]
        show(f"名单差{len(listed)}名", ["姓名", "身份证号", "单位", "差在哪里", "说明"], listed, "名单一致")
