from pathlib import Path

import pytest

from tests.builders.offices.periods_office import PeriodsOffice


@pytest.fixture
def office(tmp_path: Path) -> PeriodsOffice:
    return PeriodsOffice(tmp_path)
