"""Every number of the digest is counted anew from its workbook, and is what the commands answer."""

import re
from email import message_from_bytes, policy
from pathlib import Path

import openpyxl
import pytest

from kongchuo.cli import app
from kongchuo.demo.county import AS_OF, make_county
from tests.builders.offices.installed_office import InstalledOffice, write_mails, write_office

DAY = ("--as-of", AS_OF.isoformat())


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> InstalledOffice:
    folder = tmp_path_factory.mktemp("digest")
    county = make_county(4, schools=30, mails=160, rows=3_000)
    office = write_office(folder, county, f'maildir = "{write_mails(folder / "mail", county.mails)}"')
    office.ask("poll")
    app(["digest", "--config", str(folder), *DAY, "--out", str(folder / "out")], standalone_mode=False)
    return office


@pytest.fixture(scope="module")
def sheets(office: InstalledOffice) -> dict[str, list[dict[str, object]]]:
    book = openpyxl.load_workbook(office.folder / "out" / "digest.xlsx")
    found: dict[str, list[dict[str, object]]] = {}
    for sheet in book.worksheets[1:]:
        heading, *rows = sheet.iter_rows(values_only=True)
        found[sheet.title] = [dict(zip(map(str, heading), row, strict=True)) for row in rows]
    return found


@pytest.fixture(scope="module")
def headline(office: InstalledOffice) -> dict[str, int]:
    """The figures of the text part: 应报185 · 按时136(73.5%) · …"""
    mail = message_from_bytes(
        (Path(office.folder) / "out" / "digest.eml").read_bytes(), policy=policy.default
    )
    body = mail.get_body(("plain",))
    assert body is not None
    line = next(line for line in body.get_content().splitlines() if line.startswith("应报"))
    return {
        word: int(count) for word, count in re.findall(r"([^\d·\s(]+?)(\d+)", re.sub(r"\([^)]*\)", "", line))
    }


def test_the_headline_is_what_the_matrix_counts(headline, sheets):
    cells = [str(cell) for row in sheets["报送矩阵"] for form, cell in row.items() if form.startswith("附件")]
    counted = {
        word: sum(cell.startswith(word) for cell in cells)
        for word in ("按时", "迟报", "不完整", "待核", "未报")
    }

    assert counted == {
        "按时": headline["按时"], "迟报": headline["迟报"], "不完整": headline["不完整"],
        "待核": headline["已来件待核"], "未报": headline["未报"],
    }  # fmt: skip
    assert headline["应报"] == sum(counted.values())
    assert headline["零报告"] == sum("零报告" in cell for cell in cells)


def test_the_headline_is_what_status_answers(office, headline):
    status = office.ask("status", *DAY)
    forms = [form for unit in status["units"] for form in unit["forms"] if form["owed"]]
    states = [form["state"] for form in forms]

    assert headline["应报"] == len(forms)
    assert headline["不完整"] == states.count("incomplete")
    assert headline["未报"] + headline["已来件待核"] == states.count("missing")
    assert headline["按时"] + headline["迟报"] == states.count("received")
    assert headline["按时"] == sum(f["state"] == "received" and not f["late"] for f in forms)


def test_the_list_to_chase_is_what_gaps_answers(office, sheets):
    gaps = {(gap["unit"], gap["form"]) for gap in office.ask("gaps", *DAY)}

    assert {(row["单位"], row["附件"]) for row in sheets["催报名单"]} == gaps


def test_children_findings_and_suspects_are_what_the_commands_answer(office, headline, sheets):
    cases = office.ask("cases", *DAY)
    suspected = office.ask("cases", "--suspected", *DAY)
    findings = office.ask("crosscheck", *DAY)

    assert headline["未返校个案"] == len(cases)
    assert headline["疑似"] == len(suspected)
    assert {row["个案号"] for row in sheets["未返校"]} == {case["case_id"] for case in cases}
    assert {row["个案号"] for row in sheets.get("疑似", [])} == {case["case_id"] for case in suspected}
    assert {row["编号"] for row in sheets["比对发现"]} == {finding["finding_id"] for finding in findings}


def test_files_and_problems_are_what_the_commands_answer(office, sheets):
    waiting = {file["file_id"] for file in office.ask("files", "--disposition", "quarantined")}

    assert {row["文件号"] for row in sheets["待处理文件"]} == waiting
    assert len(sheets["问题清单"]) == len(office.ask("problems", *DAY))


def test_the_same_store_gives_the_same_bytes(office):
    folder = office.folder
    app(["digest", "--config", str(folder), *DAY, "--out", str(folder / "again")], standalone_mode=False)

    for name in ("digest.eml", "digest.html", "digest.xlsx"):
        assert (folder / "again" / name).read_bytes() == (folder / "out" / name).read_bytes()
