"""What the program is made of: every licence is known, none is forbidden, the bill of materials is the lock's, and the version is one."""

import json
import re
import subprocess
import tomllib
from importlib.metadata import version

from bench.supply import BASE_LOCK, LOCK, ROOT, UNKNOWN, read_distributions, render_licences, render_sbom

VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
_WRITTEN_FROM_IT = {"docs/kongchuo.1"}
_STRONG = re.compile(r"(?<!L)A?GPL")
"""Licences under which the whole program would have to be given away."""


def test_every_locked_distribution_has_a_known_licence() -> None:
    everything = read_distributions(LOCK)

    assert len(everything) > 100
    assert [one.name for one in everything if one.licence == UNKNOWN] == []
    assert [one.name for one in everything if not one.hashes] == []


def test_none_is_under_a_licence_that_reaches_the_whole_program() -> None:
    assert [(one.name, one.licence) for one in read_distributions(LOCK) if _STRONG.search(one.licence)] == []


def test_the_base_installation_is_part_of_the_lock() -> None:
    names = {one.name for one in read_distributions(LOCK)}

    assert {one.name for one in read_distributions(BASE_LOCK)} <= names


def test_the_list_has_a_line_for_each() -> None:
    everything = read_distributions(LOCK)

    assert render_licences(everything).count("\n") == len(everything) - 1


def test_the_bill_of_materials_holds_what_the_lock_pins_and_names_no_host() -> None:
    everything = read_distributions(LOCK)
    text = render_sbom(everything)
    bill = json.loads(text)

    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert [(one["name"], one["version"]) for one in bill["components"]] == [
        (one.name, one.version) for one in everything
    ]
    assert all(one["purl"].startswith("pkg:pypi/") and one["licenses"] for one in bill["components"])
    assert bill["metadata"]["component"]["version"] == version("kongchuo")
    assert "http" not in text


def test_what_is_installed_says_the_version_of_the_project() -> None:
    assert version("kongchuo") == VERSION


def test_the_newest_release_of_the_changelog_is_this_version_with_a_day() -> None:
    heads = re.findall("^## (.+)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)

    assert heads[0] == "Unreleased"
    assert re.fullmatch(rf"{re.escape(VERSION)} \(20\d\d-\d\d-\d\d\)", heads[1])


def test_no_other_file_repeats_the_version_of_the_program() -> None:
    """A number of somebody else's, like one in a lock file, does not stand beside the program's name."""
    beside_name = rf"kongchuo[^0-9\n]{{0,20}}{re.escape(VERSION)}"
    found = subprocess.run(
        ["git", "grep", "-lIiE", beside_name], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split()

    assert set(found) <= _WRITTEN_FROM_IT
