"""Tables of web pages and of XML spreadsheets: what is beyond any form is said to be too large, never cut off."""

import pytest

from parsers.formats.html import read_html, read_spreadsheet_xml
from parsers.formats.workbook import WorkbookTooLarge

_XML = """<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="附件4"><Table>{rows}</Table></Worksheet></Workbook>"""


def _page(rows):
    return f"<table>{rows}</table>".encode()


def _spreadsheet(rows):
    return _XML.format(rows=rows).encode()


def test_a_cell_is_read_with_its_line_breaks_and_inner_marks():
    [sheet] = read_html(
        _page("<tr><td>谭<b>某</b></td><td>一<br>二</td><td> a \t b </td><td></td></tr>")
    ).sheets
    assert sheet.rows == [["谭某", "一\n二", "a b", ""]]


def test_spans_are_merged_areas():
    rows = "<tr><td rowspan=2>甲</td><td colspan=2>乙</td></tr><tr><td>丙</td><td>丁</td></tr>"
    [sheet] = read_html(_page(rows)).sheets
    assert sheet.rows == [["甲", "乙", None], [None, "丙", "丁"]]
    assert set(sheet.merged) == {(1, 1, 2, 1), (1, 2, 1, 3)}


@pytest.mark.parametrize(
    "page",
    ["<tr>" + "<td>x" * 513, "<tr><td>x</td></tr>" * 60_001],
    ids=["columns", "rows"],
)
def test_a_table_of_a_page_beyond_any_form_is_too_large(page):
    with pytest.raises(WorkbookTooLarge):
        read_html(_page(page))


@pytest.mark.parametrize(
    "far",
    [
        '<Row ss:Index="70000"><Cell><Data ss:Type="String">谭某某</Data></Cell></Row>',
        '<Row><Cell ss:Index="600"><Data ss:Type="String">谭某某</Data></Cell></Row>',
    ],
    ids=["row", "column"],
)
def test_words_far_off_in_a_spreadsheet_are_too_large_and_blanks_there_are_nothing(far):
    near = '<Row><Cell><Data ss:Type="String">姓名</Data></Cell></Row>'
    with pytest.raises(WorkbookTooLarge):
        read_spreadsheet_xml(_spreadsheet(near + far))
    [sheet] = read_spreadsheet_xml(_spreadsheet(near + far.replace("谭某某", " "))).sheets
    assert [row for row in sheet.rows if row] == [["姓名"]]
