"""What the golden tests share: one built office per county and process, and the comparison with a file."""

import difflib
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.golden.counties import COUNTIES
from tests.golden.golden_files import HERE, Compare
from tests.golden.office import GoldenOffice, OpenCounty, built

_MOST_LINES = 200
"""A diff longer than this is cut: the file itself is the better reading then."""


@pytest.fixture(scope="session")
def open_county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenCounty]:
    """Returns the office of a county; it is built on first use and then only asked."""
    offices: dict[str, GoldenOffice] = {}
    with ExitStack() as stack:

        def opened(name: str) -> GoldenOffice:
            if name not in offices:
                folder = tmp_path_factory.mktemp(name)
                offices[name] = stack.enter_context(built(COUNTIES[name], folder))
            return offices[name]

        yield opened


@pytest.fixture(scope="session")
def compare(request: pytest.FixtureRequest) -> Compare:
    """Compares a text with a golden file; with ``--refresh-golden`` writes the file."""
    refresh = bool(request.config.getoption("--refresh-golden"))

    def compared(name: str, text: str) -> None:
        file = HERE / name
        if refresh:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode())
            return
        assert file.exists(), f"there is no golden file {name}: make it by pytest --refresh-golden"
        golden = file.read_bytes().decode()
        if text != golden:
            pytest.fail(_difference(name, golden, text), pytrace=False)

    return compared


@pytest.fixture(scope="session")
def golden_files_stand(request: pytest.FixtureRequest) -> None:
    """For tests that read golden files: while they are written anew, in parallel, nothing can be said."""
    if request.config.getoption("--refresh-golden"):
        pytest.skip("golden files are being written: run the tests again without --refresh-golden")


def _difference(name: str, golden: str, text: str) -> str:
    lines = list(
        difflib.unified_diff(
            golden.splitlines(), text.splitlines(), f"golden {name}", f"now {name}", lineterm="", n=2
        )
    )
    if not lines:
        lines = ["the line endings or the end of the file differ"]
    cut = [f"... {len(lines) - _MOST_LINES} more lines"] if len(lines) > _MOST_LINES else []
    shown = "\n".join([*lines[:_MOST_LINES], *cut])
    return f"{name} is not as its golden file says. Where that is wanted: pytest --refresh-golden\n{shown}"
