"""The digest on a telephone and on a desk."""

from pathlib import Path

import pytest

from notify.digest.render_digest import render_digest_html
from tests.builders.servers.chromium import measure_page, require_chromium
from tests.builders.values.sample_digests import a_busy_county, a_full_morning

WIDER = "d.documentElement.scrollWidth"
HEIGHT = "d.documentElement.scrollHeight"
TELEPHONE = 844
"""Lines of a telephone's screen, in CSS pixels."""
ASKS_END = "Math.max(...[...d.querySelectorAll('h2')].slice(0, 2).map(h => h.getBoundingClientRect().top))"
SMALLEST = "Math.min(...[...d.querySelectorAll('td,p,span')].filter(e => e.innerText).map(e => parseFloat(getComputedStyle(e).fontSize)))"


@pytest.fixture(scope="module", autouse=True)
def chromium() -> None:
    require_chromium()


@pytest.fixture(scope="module")
def page() -> str:
    return render_digest_html(a_busy_county())


@pytest.mark.parametrize("width", [360, 390, 760, 1280])
def test_nothing_runs_out_of_the_window(page: str, width: int, tmp_path: Path) -> None:
    assert measure_page(page, width, WIDER, tmp_path) <= width


def test_whom_to_phone_and_whom_to_visit_stand_on_a_telephones_first_screens(
    page: str, tmp_path: Path
) -> None:
    assert measure_page(page, 390, ASKS_END, tmp_path) < 1200


def test_no_text_is_too_small_to_read(page: str, tmp_path: Path) -> None:
    assert measure_page(page, 390, SMALLEST, tmp_path) >= 12


@pytest.mark.parametrize("answer_address", ["", "office@example.org"], ids=["to read", "to answer"])
def test_a_county_of_the_demos_size_is_read_on_six_screens_of_a_telephone(
    answer_address: str, tmp_path: Path
) -> None:
    page = render_digest_html(a_full_morning(answer_address), chart="data:image/png;base64,")

    assert measure_page(page, 390, HEIGHT, tmp_path) < 6 * TELEPHONE


def test_the_chart_is_left_out_where_it_could_not_be_read(page: str, tmp_path: Path) -> None:
    charted = render_digest_html(a_busy_county(), chart="data:image/png;base64,")
    shown = "getComputedStyle(d.querySelector('.chart')).display"

    assert measure_page(charted, 390, shown, tmp_path) == "none"
    assert measure_page(charted, 760, shown, tmp_path) == "block"
