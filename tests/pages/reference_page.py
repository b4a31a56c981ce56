"""Writes ``docs/reference.md`` from the program itself; :mod:`tests.unit.test_docs` compares."""

from itertools import chain
from typing import get_args

import typer.main

from config.answers.answer_words import Meaning, answer_table
from config.notice import Role
from config.problem_codes import PROBLEM_CODES
from config.settings import Settings
from config.text.punctuation import set_punctuation
from kongchuo.cli import app
from kongchuo.export.export_columns import DICTIONARY, RECORDS, TABLES
from parsers.checks.checks_in_words import CHECKS


def render_reference() -> str:
    """Commands with their options, settings, exported tables, checks of rows, problem codes, questions, answers."""
    parts = (_commands(), _settings(), _tables(), _checks(), _codes(), _questions(), _answers())
    return "\n".join(["# Reference", "", *chain.from_iterable(parts)]) + "\n"


def _commands() -> list[str]:
    group = typer.main.get_command(app)
    lines = ["## Commands", "", "| command | does | options |", "|---|---|---|"]
    for name, command in sorted(group.commands.items()):  # type: ignore[attr-defined]
        options = " ".join(
            f"`{option}`"
            for p in command.params
            for option in p.opts
            if option.startswith("--") and option != "--help"
        )
        lines.append(f"| `kongchuo {name}` | {command.help} | {options} |")
    return [
        *lines,
        "",
        "Exit status: 0 done; 1 done, and something needs a person; 2 usage or configuration; 3 out of reach, try again.",
        "",
    ]


def _settings() -> list[str]:
    lines = ["## Settings (`kongchuo.toml`)", "", "| table | keys |", "|---|---|"]
    for name, field in Settings.model_fields.items():
        if name == "path":
            continue
        annotation = field.annotation
        inner = [
            kind
            for kind in (annotation, *getattr(annotation, "__args__", ()))
            if hasattr(kind, "model_fields")
        ]
        keys = " ".join(f"`{key}`" for key in inner[0].model_fields) if inner else ""
        lines.append(f"| `{'[[mailbox]]' if name == 'mailbox' else f'[{name}]'}` | {keys} |")
    return [*lines, ""]


def _tables() -> list[str]:
    lines = [
        "## Exported tables (`kongchuo export`)",
        "",
        f"One sheet or one file a table. `{RECORDS.name}` ends with a column for each field of the notices; `{DICTIONARY.name}` lists the",
        "columns of all tables with their types. Cells that are lists are JSON. Instants have the office's offset (in a workbook, which",
        "knows none, they are office time). Parquet has its types in the file; of the others pandas is told them by that table, so that",
        "numbers of persons stay text:",
        "",
        "```python",
        'columns = pandas.read_csv("columns.csv")  # or pandas.read_excel("kongchuo.xlsx", sheet_name="columns")',
        'types = columns[columns["table"] == "records"].set_index("column")["pandas"]',
        'days = list(types[types == "datetime"].index)',
        "records = pandas.read_csv(",
        '    "records.csv", dtype=dict(types.drop(days)), parse_dates=days, keep_default_na=False, na_values=[""]',
        ")",
        "```",
        "",
    ]
    for table in (*TABLES, DICTIONARY):
        lines += [
            f"### `{table.name}`",
            "",
            set_punctuation(table.says),
            "",
            "| column | type | holds |",
            "|---|---|---|",
        ]
        lines += [
            f"| `{column.name}` | {column.type.value} | {set_punctuation(column.says)} |"
            for column in table.columns
        ]
        lines.append("")
    return lines


def _checks() -> list[str]:
    lines = [
        "## Checks of rows",
        "",
        "A form of a notice lists in `checks = [...]` what is asked of each of its rows; one that lists none has those of its role.",
        "A check is made only where the form has one of the columns that it looks at and the setting that it needs.",
        "What a single cell holds (a number of 17 digits, a date that is none) is asked about by the column's `kind` in any case.",
        "",
        "| check | asks | columns, one at least | needs | may find | of these roles where none is listed |",
        "|---|---|---|---|---|---|",
    ]
    for spec in CHECKS:
        found = " ".join(f"`{code}`" for code in spec.raises)
        columns = " ".join(f"`{key}`" for key in spec.fields)
        roles = " ".join(f"`{role}`" for role in get_args(Role) if role in spec.roles)
        setting = f"`{spec.setting}`" if spec.setting else ""
        lines.append(f"| `{spec.name}` | {spec.asks} | {columns} | {setting} | {found} | {roles} |")
    return [*lines, ""]


def _codes() -> list[str]:
    lines = [
        "## Problem codes",
        "",
        "| code | about | severity | title | says | remedy |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| `{code.key}` | {code.level} | {code.severity} | {code.title} | {code.sentence} | {code.remedy} |"
        for code in PROBLEM_CODES
    ]
    return [*lines, ""]


def _questions() -> list[str]:
    """Kinds of questions with the letters and command lines that answer them."""
    lines = [
        "## Questions",
        "",
        "Whatever waits for a person is a question with a number (`kongchuo questions`, first sheet of the digest's workbook). Each kind has its own",
        "answers: `12a` is the subject that a tap in the digest sends to question 12, and the label is what is written, in a reply, in the",
        "workbook or by `kongchuo answer`. Other words for each answer: [answering.md](answering.md), The words.",
        "",
        "| kind (`questions --json`) | title | answer | tapped | at a terminal | what it does |",
        "|---|---|---|---|---|---|",
    ]
    for kind in answer_table().kinds:
        lines += [
            f"| `{kind.kind}` | {kind.title} | {one.label} | `12{one.letter}` | `kongchuo answer 12 {one.label}` | `{one.meaning}` |"
            for one in kind.answers
        ]
        if kind.takes_unit:
            lines.append(
                f"| `{kind.kind}` | {kind.title} | 单位、附件 | | `kongchuo answer 12 西沱镇 附件3` | `{Meaning.ASSIGN}` |"
            )
    return [*lines, ""]


def _answers() -> list[str]:
    """What a person may say or ask for without having been asked, by the least role that may."""
    table = answer_table()
    lines = [
        "## Answers and requests by mail",
        "",
        "A line of a reply to any mail of ours. `role` is the least that may (看 looks, 办 decides, 管 runs the program); every question",
        f"wants {table.answering_role}. What only asks decides nothing. Who is believed: [answering.md](answering.md).",
        "",
        "| key | words | written as | example | role | only asks |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| `{one.key}` | {'、'.join(one.words)} | {one.usage} | `{one.example}` | {one.role} | {'yes' if one.asks else ''} |"
        for one in table.commands
    ]
    return lines
