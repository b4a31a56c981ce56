from collections.abc import Iterator
from pathlib import Path

import pytest

from store import Store
from tests.builders.story import County


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    store = Store.open(f"sqlite:///{tmp_path / 'k.db'}", tmp_path / "archive")
    yield County(store)
    store.close()
