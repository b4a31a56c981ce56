"""The HTML, the text and the file of one answer name the same sections; read from the golden files.

A section that is added to one template alone fails here, also after the golden files were refreshed.
"""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.golden.counties import COUNTIES
from tests.golden.golden_files import HERE

pytestmark = pytest.mark.usefixtures("golden_files_stand")
ONLY_ON_THE_PAGE = ("报送进度", "还没报齐的单位")
"""The chart, and the matrix that shows the lists of the text once more in colours."""
ONLY_BY_MAIL = ("没有照办的答复",)
"""No golden office has a key, so that none is answered by mail; tests/integration/answers/test_answers_by_mail.py sees it."""
_COLON = re.compile("[:\uff1a]")


class _Texts(HTMLParser):
    """The texts of the elements with a tag and, where one is wanted, a class."""

    def __init__(self, tag: str, css_class: str) -> None:
        super().__init__()
        self.tag, self.css_class = tag, css_class
        self.texts: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        classes = (dict(attrs).get("class") or "").split()
        if tag == self.tag and (not self.css_class or self.css_class in classes):
            self.texts.append("")
            self._inside = True

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != self.tag

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.texts[-1] += data


def texts(file: str, tag: str, css_class: str = "") -> list[str]:
    found = _Texts(tag, css_class)
    found.feed(golden(file))
    return [text.strip() for text in found.texts]


def golden(file: str) -> str:
    return Path(HERE / file).read_text("utf-8")


def titles(headings: list[str]) -> list[str]:
    """The headings without what follows the colon or the bracket: counts and remarks differ by layout."""
    return [re.sub(r"\(.*\)$", "", _COLON.split(heading)[0]).strip() for heading in headings]


@pytest.mark.parametrize("county", COUNTIES)
def test_the_digest_names_the_same_sections_as_page_and_as_text(county: str):
    page = titles(texts(f"{county}/digest/digest.html", "h2"))
    lines = [
        line.removeprefix("■ ")
        for line in golden(f"{county}/digest/digest.txt").splitlines()
        if re.match("[■①②③④⑤] ", line)
    ]

    assert [title for title in page if title not in ONLY_ON_THE_PAGE] == titles(lines)


def test_the_three_digests_have_every_section_between_them():
    shown = {title for county in COUNTIES for title in titles(texts(f"{county}/digest/digest.html", "h2"))}
    template = Path(HERE).parents[1] / "notify"
    (source,) = template.rglob("digest.html.j2")
    fixed = [
        re.sub(r"{%.*?%}|{{.*?}}.*", "", heading).strip()
        for heading in re.findall(r"<h2[^>]*>(.*?)</h2>", source.read_text("utf-8"))
    ]

    assert [
        title
        for title in titles(fixed)
        if title not in ONLY_BY_MAIL and not any(one.startswith(title) for one in shown)
    ] == []


@pytest.mark.parametrize("county", COUNTIES)
@pytest.mark.parametrize("kind", ["weekly", "monthly"])
def test_the_bulletin_says_the_same_as_page_as_text_and_in_word(county: str, kind: str):
    folder = f"{county}/bulletin"
    page = [*texts(f"{folder}/{kind}.html", "h2"), *texts(f"{folder}/{kind}.html", "p")]
    text = golden(f"{folder}/{kind}.txt").splitlines()
    word = [line.partition("] ")[2] for line in golden(f"{folder}/{kind}.docx.txt").splitlines()]

    signature = 2  # office and day, one paragraph on the page
    assert [line for line in word[2:-signature] if line and line not in page] == []
    assert [line for line in word if line and line not in text] == []
    assert [line for line in text if line and line not in word] == []


@pytest.mark.parametrize("county", COUNTIES)
def test_receipts_name_the_same_forms_and_files(county: str):
    lines = [
        line.removeprefix("■ ")
        for line in golden(f"{county}/units/receipt.txt").splitlines()
        if line.startswith("■ ")
    ]

    assert texts(f"{county}/units/receipt.html", "div", "form") == lines


@pytest.mark.parametrize("county", COUNTIES)
def test_reminders_name_the_same_items(county: str):
    lines = re.findall(r"^\d+\. (.*)$", golden(f"{county}/units/remind.txt"), re.MULTILINE)

    assert texts(f"{county}/units/remind.html", "li") == lines
