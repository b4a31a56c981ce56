"""A Word document for records of visits: what it holds, and what comes back filled in."""

import io
import zipfile
from dataclasses import replace

import docx
import pytest

from parsers.read_file import read_file
from tests.builders.files.filled_forms import MadeForm, every_form, names_of, without_seq

DOCUMENTS = [made for made in every_form() if made.is_document]
LETTERS = next(made for made in DOCUMENTS if str(made) == "2023-autumn-附件6-西沱镇小学")


@pytest.mark.parametrize("made", DOCUMENTS, ids=str)
def test_what_comes_back_is_read_without_a_problem(made: MadeForm):
    parsed = read_file(made.filled(), "新建文档.docx", "", made.notice, names_of(made.file))

    records = [record for form in parsed.forms for record in form.records]
    assert {(form.form, form.made_for, form.problems) for form in parsed.forms} == {
        (made.form.key, made.unit.name, ())
    }
    assert parsed.outcome == "forms"
    assert without_seq(records) == made.told
    assert [record.problems for record in records] == [()] * len(made.told)


def test_a_page_a_child_and_one_more():
    document = docx.Document(io.BytesIO(LETTERS.empty()))

    assert len(document.tables) == len(LETTERS.before) + 1
    titles = [text for each in document.paragraphs if "送达书" in (text := each.text)]
    assert titles == ["劝返学生送达书、西沱镇小学义务教育阶段辍学学生劝返登记表"] * len(document.tables)


def test_results_are_drop_downs():
    xml = zipfile.ZipFile(io.BytesIO(LETTERS.empty())).read("word/document.xml").decode()

    for value in LETTERS.notice.vocabularies["visit_result"].values:
        assert f'w:displayText="{value}"' in xml


def test_a_blank_page_saved_is_no_zero_report():
    blank = replace(LETTERS, before=(), more=({},))
    document = docx.Document(io.BytesIO(blank.empty()))
    document.add_paragraph("")
    out = io.BytesIO()
    document.save(out)
    parsed = read_file(out.getvalue(), "a.docx", "", LETTERS.notice, names_of(LETTERS.file))

    assert [(form.nil, [p.code for p in form.problems]) for form in parsed.forms] == [(False, ["empty-form"])]


def test_an_unchanged_document_brings_nothing():
    parsed = read_file(LETTERS.empty(), "a.docx", "", LETTERS.notice, names_of(LETTERS.file))

    assert parsed.outcome == "ignored"
