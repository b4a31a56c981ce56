"""Shows the rows of submissions, and the problems in them."""

from collections.abc import Sequence

from config.problem_codes import problem_code
from config.text.output_mask import OutputMask
from kongchuo.output.layout.table_layout import Column
from kongchuo.output.terminal_tables import cell_text, print_table
from ledger.officer_decisions import problem_id
from store.stored_values import StoredProblem, StoredRecord

SEVERITY_WORDS = {"error": "错误", "warning": "提醒"}


def with_period(form: str, period: str | None) -> str:
    """Returns the form with its period's key, as used with ``--period``."""
    return form if period is None else f"{form}\uff08{period}\uff09"


def show_problems(problems: Sequence[StoredProblem], mask: OutputMask) -> None:
    rows = [
        (
            problem.unit,
            with_period(problem.form, problem.period),
            problem.sheet or "",
            problem.cell or (str(problem.row) if problem.row else ""),
            SEVERITY_WORDS[problem.severity],
            mask.field(problem.field, problem.value) or "",
            mask.sentence(problem.message, (problem,)) or "",
            f"已说明\uff1a{mask.text(problem.explained)}" if problem.explained else problem_id(problem),
        )
        for problem in problems
    ]
    print_table(
        f"问题{len(problems)}处",
        [
            Column("单位"),
            Column("附件"),
            Column("工作表", 2),
            Column("位置"),
            Column("程度", 3),
            Column("所填", is_sentence=True),
            Column("怎么改", is_sentence=True),
            Column("编号"),
        ],
        rows,
        "没有问题",
    )


_FIRST_FIELDS = {"name": 0, "id_number": 2}
"""By field, the rank of columns that identify the child of a row."""


def show_records(
    records: Sequence[StoredRecord], headings: Sequence[tuple[str, str]], mask: OutputMask
) -> None:
    """Prints rows under the notice's headings, with their periods if any; empty columns are left out."""
    has_periods = any(record.period is not None for record in records)
    filled_columns = [
        (key, heading)
        for key, heading in headings
        if any(record.values.get(key) is not None for record in records)
    ]
    rows = [
        (
            record.unit,
            *((record.period or "",) if has_periods else ()),
            *(_shown_value(record, key, mask) for key, _ in filled_columns),
            "、".join(problem_code(code).title for code in record.problems),
        )
        for record in records
    ]
    columns = [
        Column("单位"),
        *((Column("期"),) if has_periods else ()),
        *(
            Column(heading, _FIRST_FIELDS.get(key, rank))
            for rank, (key, heading) in enumerate(filled_columns, start=3)
        ),
        Column("问题", 1),
    ]
    print_table(f"记录{len(records)}条", columns, rows, "没有记录")


def _shown_value(record: StoredRecord, key: str, mask: OutputMask) -> str:
    """Returns a value, with the reported one beside it if a person corrected it."""
    value = mask.field(key, cell_text(record.values.get(key))) or ""
    sent = [mask.field(key, cell_text(one.sent)) or "空白" for one in record.overruled if one.field == key]
    return f"{value}\uff08报的是{sent[0]}\uff09" if sent else value
