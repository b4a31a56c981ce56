"""What the program is made of: every licence is known, none is forbidden, and the bill of materials is the lock's."""

import json
import re

from bench.supply import BASE_LOCK, LOCK, UNKNOWN, read_distributions, render_licences, render_sbom

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
    assert "http" not in text
