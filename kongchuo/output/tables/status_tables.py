"""Shows which unit sent which form, and what is missing."""

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from config.text.output_mask import OutputMask
from config.text.punctuation import set_punctuation
from kongchuo.output.layout.answer_screen import TableForm, form_of_tables
from kongchuo.output.layout.table_layout import Column
from kongchuo.output.terminal_tables import (
    format_minute,
    print_line,
    print_table,
)
from kongchuo.output.terminal_text import print_error
from ledger.results import FormState, FormStatus, Gap, GapKind, Status, UnitStatus
from notify.form_labels import recent_titles

GAP_WORDS = {
    GapKind.MISSING: "未报",
    GapKind.LATE: "迟报",
    GapKind.INCOMPLETE: "不完整",
    GapKind.PROOF: "缺证明",
}


def show_status(status: Status, kinds: Mapping[str, str], zone: ZoneInfo) -> None:
    """Prints units by forms: one table for --tsv, else one table per kind of unit with the forms that it owes."""
    title = f"报送情况(截至{format_minute(status.as_of, zone)})"
    empty_message = "名册里没有应报单位:请检查 units.csv"
    forms = recent_titles(status.units[0].forms) if status.units else ()
    if form_of_tables() is not TableForm.FITTED or not status.units:
        rows = [(unit.unit, _kind_word(unit, kinds), *_status_words(unit, forms)) for unit in status.units]
        headings = ("单位", "类别", *forms, "纸质件")
        print_table(title, [Column(heading) for heading in headings], rows, empty_message)
        return
    print_line(title)
    for kind in dict.fromkeys(unit.kind for unit in status.units):
        units = [unit for unit in status.units if unit.kind == kind]
        words = [_status_words(unit, forms) for unit in units]
        asked = [index for index in range(len(forms) + 1) if any(row[index] != "–" for row in words)]
        columns = [Column("单位"), *(Column((*forms, "纸质件")[index]) for index in asked)]
        rows = [(unit.unit, *(row[index] for index in asked)) for unit, row in zip(units, words, strict=True)]
        print_line("")
        print_table(f"{_kind_word(units[0], kinds)}{len(units)}个", columns, rows, "")


def _kind_word(unit: UnitStatus, kinds: Mapping[str, str]) -> str:
    return set_punctuation(kinds.get(unit.kind, unit.kind))


def _status_words(unit: UnitStatus, forms: Sequence[str]) -> tuple[str, ...]:
    """Returns the state of each form, and of the paper."""
    return (*(status_word(form) for form in unit.forms if form.title in forms), paper_words(unit))


def paper_words(unit: UnitStatus) -> str:
    """Returns 已齐, 缺3、4, or – if no paper is required; paper that came unasked is left out."""
    owed = [form for form in unit.forms if form.paper_owed]
    lacking = "、".join(form.title.removeprefix("附件") for form in owed if form.paper_received_on is None)
    return f"缺{lacking}" if lacking else "已齐" if owed else "–"


def status_word(form: FormStatus) -> str:
    """Returns one cell of the matrix: 已报、缺、迟、不完整、未到期, or – if nothing is owed."""
    if form.exempted is not None:
        return "免报"
    if not form.owed:
        return "多报" if form.versions else "–"
    if form.state is FormState.MISSING:
        return "待核" if form.under_review else "缺"
    if form.state is FormState.UNREAD:
        return "待读"
    if form.state is FormState.PENDING:
        return "未到期"
    if form.state is FormState.UNCONFIRMED:
        return "未核实来源"
    word = "不完整" if form.state is FormState.INCOMPLETE else "零报告" if form.nil else f"已报{form.records}"
    return f"迟·{word}" if form.late else word


def warn_of_unread(unread: int) -> None:
    """Warns on stderr that mail is unread, because it may contain what seems to be missing."""
    if unread:
        sentence = f"还有{unread}封来件没有读完,所缺的可能就在其中,先不要催报:请运行 kongchuo poll 后再看"
        print_error(sentence)


def show_gaps(gaps: Sequence[Gap], zone: ZoneInfo, mask: OutputMask, unread: int = 0) -> None:
    """Prints the gaps; their sentences name children as the mask shows them."""
    rows = [
        (
            gap.unit,
            set_punctuation(gap.title),
            GAP_WORDS[gap.gap],
            str(gap.days_late or ""),
            "" if gap.deduction is None else f"{gap.deduction:g}",
            mask.knowing(gap.names).sentence(gap.detail) or "",
        )
        for gap in gaps
    ]
    print_table(
        f"缺口{len(gaps)}项",
        [
            Column("单位"),
            Column("附件"),
            Column("缺口"),
            Column("迟几天", 1),
            Column("拟扣分", 2),
            Column("说明", is_sentence=True),
        ],
        rows,
        "没有缺口:应报的都已报齐" if not unread else "没有能确定的缺口",
    )
