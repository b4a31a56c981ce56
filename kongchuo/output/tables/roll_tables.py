"""Prints rolls and the comparison with the platform as terminal tables."""

from collections.abc import Mapping, Sequence

from config.text.output_mask import OutputMask
from config.text.punctuation import set_punctuation
from kongchuo.output.layout.table_layout import Column
from kongchuo.output.terminal_tables import print_further_table, print_line, print_table
from ledger.lists.clearing import CLEARED, ClearedChild
from ledger.lists.platform import COUNTS, PlatformComparison
from ledger.lists.platform_children import BOTH, OURS, PLATFORM, ChildDifference
from ledger.lists.rolls import RollLine, Rolls, RollStudent, added_up

MOST_ROWS, MOST_UNITS = 60, 10
ONLY_IN_WORDS = {PLATFORM: "平台有,这里没有", OURS: "这里有,平台没有", BOTH: "两边写法不同"}


_ROLL_COLUMNS = (
    Column("单位"),
    Column("附件"),
    Column("人数"),
    Column("学段", is_sentence=True),
    Column("年级", is_sentence=True),
    Column("家庭类别", is_sentence=True),
    Column("就读方式", is_sentence=True),
    Column("寄宿", 2),
    Column("比上次", 1),
)
_MOVED_COLUMNS = (Column("单位"), Column("增减"), Column("姓名"), Column("身份证号", 1), Column("年级", 2))
_LISTED_COLUMNS = (
    Column("单位"),
    Column("姓名"),
    Column("身份证号", 1),
    Column("年级", 2),
    Column("说明", is_sentence=True),
)


def show_rolls(rolls: Rolls, mask: OutputMask) -> None:
    """Prints the rolls, students who came and left, and the lists of children in care."""
    rows = [
        (
            line.unit,
            line.form,
            str(line.total),
            _counts_text(line.stages),
            _counts_text(line.grades),
            _counts_text(line.households),
            _counts_text(line.modes),
            str(line.boarding or ""),
            f"+{len(line.came)} −{len(line.left)}" if line.compared_with else "首次报送",
        )
        for line in rolls.lines
    ]
    students = sum(line.total for line in rolls.lines)
    print_table(f"名册{len(rows)}份,共{students}人", _ROLL_COLUMNS, rows, "还没有名册")
    if len(rows) > 1:
        _show_totals(rolls.lines)
    _show_moved(rolls.lines, mask)
    for name, listed in rolls.lists.items():
        _show_list(name, listed, mask)


def _show_totals(lines: Sequence[RollLine]) -> None:
    totals = {
        "学段": added_up(line.stages for line in lines),
        "年级": added_up(line.grades for line in lines),
        "家庭类别": added_up(line.households for line in lines),
        "就读方式": added_up(line.modes for line in lines),
    }
    for name, counts in totals.items():
        print_line(f"{name}:{_counts_text(counts)}")


def _show_moved(lines: Sequence[RollLine], mask: OutputMask) -> None:
    moved = [
        (
            line.unit,
            mask.text(student.detail) or "",
            mask.name(student.name) or "",
            mask.number(student.id_number) or "",
            student.grade,
        )
        for line in lines
        for student in (*line.came, *line.left)
    ]
    if moved:
        print_further_table(f"增减{len(moved)}人", _MOVED_COLUMNS, moved)


def _show_list(name: str, students: Sequence[RollStudent], mask: OutputMask) -> None:
    if len(students) > MOST_ROWS:
        print_line(f"{name}{len(students)}人:太长不列,请加 --unit 看一个单位,或用 --json、digest.xlsx 看全部")
    elif students:
        listed = [
            (
                student.unit,
                mask.name(student.name) or "",
                mask.number(student.id_number) or "",
                student.grade,
                mask.text(student.detail) or "",
            )
            for student in students
        ]
        print_further_table(f"{name}{len(students)}人", _LISTED_COLUMNS, listed)


def _counts_text(counts: Mapping[str, int]) -> str:
    return " ".join(f"{name}{count}" for name, count in counts.items())


def show_platform(
    month: str, numbers: PlatformComparison, children: Sequence[ChildDifference] | None, mask: OutputMask
) -> None:
    differing = [entry for entry in numbers.differences if entry.difference]
    rows = [
        (entry.unit, COUNTS[entry.what], str(entry.platform), str(entry.ours), f"{entry.difference:+d}")
        for entry in differing
    ]
    equal_count = len(numbers.differences) - len(differing)
    print_table(
        f"{month}三统一:{len(differing)}处不一致,{equal_count}处一致",
        [Column("单位"), Column("项目"), Column("平台"), Column("登记"), Column("登记−平台")],
        rows,
        f"{month}录入的{equal_count}处数字都一致"
        if equal_count
        else f"{month}还没有录入平台数字:请用 kongchuo platform set 或 load 录入",
    )
    if numbers.differences and (untyped_units := numbers.not_typed):
        more = f"等{len(untyped_units)}个单位" if len(untyped_units) > MOST_UNITS else ""
        print_line(f"还没录入平台数字的:{'、'.join(untyped_units[:MOST_UNITS])}{more}")
    if children is not None:
        listed = [
            (
                mask.name(entry.name) or "",
                mask.number(entry.id_number) or "",
                entry.unit,
                set_punctuation(ONLY_IN_WORDS[entry.only_in]),
                mask.sentence(entry.note) or "",
            )
            for entry in children
        ]
        columns = [
            Column("姓名"),
            Column("身份证号", 1),
            Column("单位"),
            Column("差在哪里"),
            Column("说明", is_sentence=True),
        ]
        print_further_table(f"名单差{len(listed)}名", columns, listed, "名单一致")


def show_cleared(name: str, cleared: Sequence[ClearedChild], mask: OutputMask) -> None:
    rows = [
        (
            mask.name(one.child.name) or "",
            mask.number(one.child.id_number) or "",
            mask.sentence(one.result) or "",
            mask.sentence(one.evidence) or "",
            one.unit,
            one.progress,
            str(len(one.proofs) or ""),
        )
        for one in cleared
    ]
    waiting = sum(one.progress != CLEARED for one in cleared)
    print_table(
        f"{name}:{len(cleared)}名,已核清{len(cleared) - waiting}名",
        [
            Column("姓名"),
            Column("身份证号", 1),
            Column("核查结果"),
            Column("依据", is_sentence=True),
            Column("单位", 1),
            Column("状态"),
            Column("证明材料", 2),
        ],
        rows,
        f"{name}里没有学生",
    )
