"""A command starts with what it needs and nothing else: most of a short command's time is imports."""

import subprocess
import sys

import pytest

_LISTED = """
import sys
{imports}
print(*sorted({{name.partition(".")[0] for name in sys.modules}} - sys.stdlib_module_names))
"""
_ALWAYS = {"__main__", "_distutils_hack", "annotated_doc", "config", "kongchuo", "shellingham", "typer"}
_OF_QUESTIONS = _ALWAYS | {
    "annotated_types", "backports", "chinese_calendar", "ingest", "ledger", "notify", "orjson", "parsers", "pydantic", "pydantic_core",
    "rapidfuzz", "rich", "sqlalchemy", "sqlmodel", "store", "typing_extensions", "typing_inspection",
}  # fmt: skip
_OF_COMPILED = ("_cython_", "cython_runtime", "_sysconfigdata")


def imported(imports):
    listed = subprocess.run(
        [sys.executable, "-P", "-c", _LISTED.format(imports=imports)],
        capture_output=True,
        text=True,
        check=True,
    )
    return {name for name in listed.stdout.split() if not name.startswith(_OF_COMPILED)}


def test_the_help_imports_no_command():
    shown = 'sys.argv = ["kongchuo", "--help"]\nfrom kongchuo.cli import main\ntry: main()\nexcept SystemExit: print()'
    listed = {name for name in imported(shown) if name.isascii()}

    assert not listed & {"ledger", "store", "ingest", "notify", "parsers", "pydantic", "sqlalchemy", "rich"}


def test_the_command_line_imports_no_command():
    assert imported("import kongchuo.cli") <= _ALWAYS


@pytest.mark.parametrize("module", ["listings", "case_decisions", "unit_decisions", "rolls_and_registers"])
def test_a_question_imports_what_questions_need(module):
    assert imported(f"import kongchuo.commands.{module}") <= _OF_QUESTIONS


def test_a_digest_imports_no_reading_of_mail_and_no_writing_of_word_files_or_locked_zips():
    names = imported("import kongchuo.commands.outgoing_mail, kongchuo.usecases.office_mail")

    assert "openpyxl" in names
    assert not names & {"docx", "imapclient", "pyzipper"}


def test_a_poll_imports_nothing_that_writes_letters_or_workbooks():
    names = imported("import kongchuo.commands.incoming_mail, kongchuo.answering.poll_and_answer")

    assert "imapclient" in names
    assert not names & {"docx", "jinja2", "numpy", "openpyxl", "pandas", "PIL"}
