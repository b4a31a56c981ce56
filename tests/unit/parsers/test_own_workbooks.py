"""Our own workbooks come back, forwarded without their thread: unchanged they bring nothing, changed they are filings."""

import io
import zipfile
from datetime import UTC, date, datetime

import openpyxl
import pytest

from notify.spreadsheet.workbook_files import save_workbook
from notify.units.problem_marks import add_problem_marks, build_problem_list
from parsers.own_workbooks import day_of_unchanged
from tests.builders.files.clerk_files import MIDDLE, dropout_row, mail, process_mail, register4, xlsx
from tests.builders.values.sample_digests import a_problem

AS_OF = datetime(2023, 9, 24, tzinfo=UTC)
REGISTER = "附件4(已标注).xlsx"


@pytest.fixture
def marked() -> bytes:
    data = add_problem_marks(
        xlsx(register4(dropout_row())), [a_problem(row=5, cell="B5", message="请核对")], AS_OF
    )
    assert data is not None
    return data


def corrected(data: bytes) -> bytes:
    """The workbook after its clerk wrote a phone number into it and saved."""
    workbook = openpyxl.load_workbook(io.BytesIO(data))
    workbook.worksheets[0]["Z9"] = "13800000001"
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def packed_again(data: bytes) -> bytes:
    """The same parts in another zip, as a mail gateway packs it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in reversed(old.namelist()):
            new.writestr(name, old.read(name))
    return out.getvalue()


def test_the_unit_s_own_marked_workbook_forwarded_unchanged_is_no_filing(marked):
    came = process_mail(mail({REGISTER: marked}, subject="转发:西沱中学附件4"))

    assert came.outcomes == ("ignored",)
    assert came.draft.files[0].reason == "本程序发出的工作簿,没有改动,原样转回:不重复登记,改好的请保存后再发"
    assert not came.submissions


def test_packed_again_it_is_known(marked):
    assert process_mail(mail({REGISTER: packed_again(marked)})).outcomes == ("ignored",)


def test_the_marked_workbook_that_the_unit_corrected_is_a_filing(marked):
    came = process_mail(mail({REGISTER: corrected(marked)}, subject="更正:西沱中学附件4"))

    assert came.outcomes == ("forms",)
    assert (MIDDLE, "附件4") in came.submissions


def test_a_workbook_of_theirs_is_not_ours():
    assert day_of_unchanged(xlsx(register4(dropout_row()))) is None
    assert day_of_unchanged(b"PK\x03\x04 broken") is None


def test_marked_a_second_time_it_is_known_by_the_second_mark(marked):
    again = add_problem_marks(corrected(marked), [], datetime(2023, 9, 26, tzinfo=UTC))

    assert again is not None
    assert day_of_unchanged(again) == date(2023, 9, 26)


def test_the_keywords_of_the_unit_stay():
    workbook = openpyxl.load_workbook(io.BytesIO(xlsx(register4(dropout_row()))))
    workbook.properties.keywords = "控辍保学"
    data = save_workbook(workbook, title="附件4", author="县教委", as_of=AS_OF)

    assert (openpyxl.load_workbook(io.BytesIO(data)).properties.keywords or "").startswith(
        "控辍保学 kongchuo:"
    )


def test_last_semester_s_marked_workbook_is_read():
    data = add_problem_marks(xlsx(register4(dropout_row())), [], datetime(2023, 3, 20, tzinfo=UTC))
    assert data is not None

    assert process_mail(mail({REGISTER: data}, subject="西沱中学附件4")).outcomes == ("forms",)


def test_a_list_of_problems_that_comes_back_is_no_filing():
    data = build_problem_list("附件4", [a_problem(row=5, cell="B5", message="请核对")], AS_OF)

    assert process_mail(mail({"附件4(需更正清单).xlsx": data})).outcomes[0] == "ignored"
