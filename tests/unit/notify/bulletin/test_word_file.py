"""The 通报 on paper: the layout of official documents, and the office's own template."""

from dataclasses import replace
from io import BytesIO

import docx
import pytest
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from config.errors import ConfigError
from notify.bulletin.bulletin import Bulletin, BulletinSection
from notify.bulletin.word_file import BODY_FONT, HEADING_FONT, LEAD_FONT, TITLE_FONT, render_docx
from notify.bulletin.word_template import fill_template
from notify.county_course import CountyCourse
from tests.builders.values.sample_digests import AS_OF


@pytest.fixture
def bulletin() -> Bulletin:
    return Bulletin(
        title="关于2023年秋季学期控辍保学材料报送情况的通报",
        number="2023年周报第4期",
        addressees="各乡镇:",
        opening="截至9月26日8时,现将情况通报如下。",
        sections=(
            BulletinSection(heading="一、总体情况", paragraphs=("附件1应报33个单位、已报30个。",)),
            BulletinSection(heading="二、存在问题", paragraphs=("(一)逾期未报。2个单位:西沱镇。",)),
        ),
        course=CountyCourse(reported=(), expected=0, due=None, out_of_school=()),
        office="石柱县教委",
        as_of=AS_OF,
    )


def opened(data: bytes) -> Document:
    return docx.Document(BytesIO(data))


def fonts_of(document: Document) -> list[tuple[str, str]]:
    """By run its text and the font of its Chinese characters."""
    return [
        (run.text, run._element.get_or_add_rPr().get_or_add_rFonts().get(qn("w:eastAsia"), ""))
        for paragraph in document.paragraphs
        for run in paragraph.runs
    ]


def test_the_page_is_that_of_official_documents(bulletin: Bulletin) -> None:
    section = opened(render_docx(bulletin)).sections[0]

    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(each / Mm(1)) for each in margins if each] == [37, 35, 28, 26]
    assert [round(each / Mm(1)) for each in (section.page_width, section.page_height) if each] == [210, 297]


def test_lines_are_22_a_page_and_fonts_those_that_are_asked_for(bulletin: Bulletin) -> None:
    document = opened(render_docx(bulletin))

    body = next(each for each in document.paragraphs if each.text.startswith("附件1"))
    assert body.paragraph_format.line_spacing == Pt(28.95)
    assert body.paragraph_format.first_line_indent == Pt(32)
    fonts = dict(fonts_of(document))
    assert fonts[bulletin.title] == TITLE_FONT
    assert fonts["一、总体情况"] == HEADING_FONT
    assert fonts["附件1应报33个单位、已报30个。"] == BODY_FONT
    assert fonts["\uff08一\uff09逾期未报。"] == LEAD_FONT
    assert fonts["2个单位\uff1a西沱镇。"] == BODY_FONT


def test_the_nearest_fonts_are_named_for_machines_that_lack_them(bulletin: Bulletin) -> None:
    table = opened(render_docx(bulletin)).part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE).blob.decode()

    assert 'w:name="方正小标宋简体"><w:altName w:val="方正小标宋_GBK,' in table


def test_pages_are_numbered_on_their_outer_sides(bulletin: Bulletin) -> None:
    document = opened(render_docx(bulletin))
    odd, even = (
        each.paragraphs[0] for each in (document.sections[0].footer, document.sections[0].even_page_footer)
    )

    assert document.settings.odd_and_even_pages_header_footer
    assert (odd.alignment, even.alignment) == (WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.LEFT)
    for each in (odd, even):
        assert "PAGE" in "".join(text.text or "" for text in each._element.iter(qn("w:instrText")))
        assert each.text.strip().startswith("\u2014")


@pytest.mark.parametrize(
    ("office", "inset_of_office", "inset_of_day"),
    [("石柱县教委", 64 + 12, 64), ("石柱县教委乡村教育振兴办公室", 32, 32 + 60)],
)
def test_the_office_and_the_day_are_centred_over_each_other(
    bulletin: Bulletin, office: str, inset_of_office: float, inset_of_day: float
) -> None:
    signed, day = opened(render_docx(replace(bulletin, office=office))).paragraphs[-2:]

    assert (signed.text, day.text) == (office, "2023年9月26日")
    assert signed.paragraph_format.right_indent == Pt(inset_of_office)
    assert day.paragraph_format.right_indent == Pt(inset_of_day)


def template(*lines: str) -> bytes:
    document = docx.Document()
    document.add_paragraph("石柱县教育委员会文件")
    for line in lines:
        paragraph = document.add_paragraph()
        for piece in (line[:3], line[3:]):  # as programs split what was typed
            paragraph.add_run(piece).font.size = Pt(15)
    table = document.add_table(1, 1)
    table.cell(0, 0).text = "{{ 期号 }}"
    document.sections[0].footer.paragraphs[0].text = "{{署名}}印发"
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def test_the_offices_own_document_is_filled_in_its_places(bulletin: Bulletin) -> None:
    own = template("{{标题}}", "{{主送}}", "{{正文}}", "{{署名}} {{日期}}")
    document = opened(fill_template(bulletin, own))

    texts = [each.text for each in document.paragraphs]
    assert texts[:3] == ["石柱县教育委员会文件", bulletin.title, "各乡镇\uff1a"]
    assert "2个单位\uff1a西沱镇。" in texts[-2]
    assert texts[-1] == "石柱县教委 2023年9月26日"
    assert document.tables[0].cell(0, 0).text == bulletin.number
    assert document.sections[0].footer.paragraphs[0].text == "石柱县教委印发"
    assert "{{" not in "".join(texts)
    body = next(each for each in document.paragraphs if each.text.startswith("附件1"))
    assert [run.font.size for run in body.runs] == [Pt(15)]


@pytest.mark.parametrize(
    ("own", "said"),
    [
        (template("{{标题}}"), "没有放正文的地方"),
        (template("{{正文}}", "{{文号}}"), "文号"),
        (b"%PDF-1.7", "不是 Word 文档"),
    ],
)
def test_a_template_that_cannot_be_filled_is_refused_with_what_to_do(
    bulletin: Bulletin, own: bytes, said: str
) -> None:
    with pytest.raises(ConfigError, match=said):
        fill_template(bulletin, own)
