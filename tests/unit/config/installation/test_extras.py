"""Extras: what the project declares, and what is told to a person who lacks one."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

from config.installation.extras import LIBRARIES, Extra, how_to_install, is_installed

PROJECT = tomllib.loads((Path(__file__).parents[4] / "pyproject.toml").read_text("utf-8"))["project"]
DECLARED: dict[str, list[str]] = PROJECT["optional-dependencies"]


def test_they_are_those_of_the_project_and_all_is_all_of_them():
    names = {extra: [re.split(r"[\[>]", one)[0] for one in wanted] for extra, wanted in DECLARED.items()}
    everything = names.pop("all")

    assert {extra: sorted(wanted) for extra, wanted in names.items()} == {
        extra.value: sorted(wanted) for extra, wanted in LIBRARIES.items()
    }
    assert everything == ["kongchuo"]
    assert DECLARED["all"] == [f"kongchuo[{','.join(sorted(Extra))}]"]


def test_none_of_them_is_wanted_by_the_base():
    base = {re.split(r"[\[>]", one)[0] for one in PROJECT["dependencies"]}

    assert base.isdisjoint({name for wanted in LIBRARIES.values() for name in wanted})


@pytest.mark.parametrize("extra", Extra)
def test_one_that_is_not_there_is_named_with_its_libraries(extra: Extra, monkeypatch: pytest.MonkeyPatch):
    last, real = LIBRARIES[extra][-1], metadata.distribution

    def distribution(name: str) -> metadata.Distribution:
        if name == last:
            raise metadata.PackageNotFoundError(name)
        return real(name)

    assert is_installed(extra)
    monkeypatch.setattr("config.installation.extras.distribution", distribution)
    assert not is_installed(extra)
    assert f"kongchuo[{extra}]" in how_to_install(extra)
    assert last in how_to_install(extra)
