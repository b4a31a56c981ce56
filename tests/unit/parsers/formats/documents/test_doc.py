"""Word documents of before 2007, from what the library makes of them."""

from types import SimpleNamespace

import pytest

from parsers.formats.documents import doc
from parsers.formats.workbook import EmptyDocument
from tests.builders.files.outlook_files import compound_file


def element(kind: str, text: str) -> dict[str, object]:
    return {"type": kind, "content": [{"type": "text", "text": text}]}


def table(*rows: list[str]) -> dict[str, object]:
    return {"type": "table", "rows": [{"cells": [element("cell", text) for text in row]} for row in rows]}


def read(monkeypatch, *elements):
    ir = {"sections": [{"elements": list(elements)}]}
    document = SimpleNamespace(to_ir=lambda: ir)
    monkeypatch.setattr("office_oxide.Document", SimpleNamespace(from_bytes=lambda data, kind: document))
    return [
        (sheet.name, sheet.first_row, [list(row) for row in sheet.rows]) for sheet in doc.read_doc(b"").sheets
    ]


def test_a_table_that_the_library_splits_is_one(monkeypatch):
    rows = [
        ["序号", "姓名", "身份证号"],
        ["1", "甲一", "509999201203041234"],
        ["2", "乙二", "509999201203041235"],
    ]
    tables = [table(row) for row in rows]

    assert read(monkeypatch, element("paragraph", "附件4"), *tables) == [("表1", 0, [["附件4"], *rows])]


def test_lines_after_the_last_table_are_read(monkeypatch):
    first, second = table(["姓名", "甲一", "性别"]), element("paragraph", "填报单位")

    assert [name for name, _, _ in read(monkeypatch, first, second)] == ["表1", "正文"]


def test_a_document_without_a_word_is_empty(monkeypatch):
    with pytest.raises(EmptyDocument):
        read(monkeypatch, element("paragraph", " "))


@pytest.mark.parametrize(
    ("objects", "unread"),
    [
        ({}, ()),
        ({"_1": {"Equation Native": b"x"}}, ()),
        ({"_1": {"Workbook": b"x"}, "_2": {"\x01Ole10Native": b"x"}}, ("文档里嵌入的2个表格或文件",)),
    ],
    ids=["nothing", "a formula", "a workbook and a file"],
)
def test_files_inserted_into_a_document_are_said_to_be_unread(monkeypatch, objects, unread):
    ir = {"sections": [{"elements": [element("paragraph", "附件4")]}]}
    document = SimpleNamespace(to_ir=lambda: ir)
    monkeypatch.setattr("office_oxide.Document", SimpleNamespace(from_bytes=lambda data, kind: document))
    data = compound_file({"WordDocument": b"x", "ObjectPool": objects})

    assert doc.read_doc(data).unread == unread
