from collections.abc import Iterator
from pathlib import Path

import pytest

from store import Store
from tests.builders.counties.scenario_county import ScenarioCounty


@pytest.fixture
def county(tmp_path: Path) -> Iterator[ScenarioCounty]:
    store = Store.open(f"sqlite:///{tmp_path / 'k.db'}", tmp_path / "archive")
    yield ScenarioCounty(store)
    store.close()
