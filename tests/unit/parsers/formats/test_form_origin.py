"""What a file was made as, from its properties, whatever the file is."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.formats.form_origin import FormOrigin, find_form_origin, write_mark
from parsers.records import FileKind

ORIGIN = FormOrigin(notice="2023-autumn", form="附件4", unit="西沱镇小学(本部)")
PARTS = {
    FileKind.XLSX: "docProps/custom.xml",
    FileKind.DOCX: "docProps/custom.xml",
    FileKind.ODS: "meta.xml",
}


def a_package(part: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr(part, content)
    return out.getvalue()


@pytest.mark.parametrize("kind", PARTS)
def test_the_mark_is_found_in_the_properties(kind: FileKind):
    data = a_package(PARTS[kind], f"<property>{write_mark(ORIGIN)}</property>".encode())

    assert find_form_origin(data, kind) == ORIGIN


def test_a_rich_text_document_has_it_before_its_text():
    data = rb"{\rtf1{\*\userprops{\propname KongchuoForm}{\staticval " + write_mark(ORIGIN).encode() + b"}}}"

    assert find_form_origin(data, FileKind.RTF) == ORIGIN


def test_a_mark_in_the_sheet_itself_says_nothing():
    data = a_package("xl/sharedStrings.xml", write_mark(ORIGIN).encode())

    assert find_form_origin(data, FileKind.XLSX) is None


def test_properties_beyond_all_measure_are_not_read():
    data = a_package("docProps/custom.xml", write_mark(ORIGIN).encode() + b" " * (1 << 19))

    assert find_form_origin(data, FileKind.XLSX) is None


@given(unit=st.text(min_size=1, max_size=40).filter(lambda text: text.isprintable()))
def test_any_name_comes_back(unit: str):
    origin = FormOrigin(notice="n", form="表1", unit=unit)
    mark = write_mark(origin)

    assert mark.isascii()
    assert find_form_origin(a_package("meta.xml", mark.encode()), FileKind.ODS) == origin


@given(data=st.binary(max_size=600), kind=st.sampled_from(list(FileKind)))
def test_damaged_files_say_nothing(data: bytes, kind: FileKind):
    assert find_form_origin(data, kind) is None
    assert find_form_origin(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + data, kind) is None


@pytest.mark.parametrize("period", ["2023-10", "2023-W41", "2023-Q4", "2023-10-09"])
def test_the_period_that_it_was_made_for_is_found(period: str):
    origin = FormOrigin(notice="n", form="表1", unit="西沱镇", period=period)
    data = a_package("docProps/custom.xml", f"<vt:lpwstr>{write_mark(origin)}</vt:lpwstr>".encode())

    assert find_form_origin(data, FileKind.XLSX) == origin
