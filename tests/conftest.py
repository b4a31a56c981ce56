"""Options of the whole test run."""

import os

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")  # how quick a machine is says nothing of the program
os.umask(0o077)  # as the program itself does before anything else


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--refresh-golden",
        action="store_true",
        help="write the golden files in tests/golden/ anew instead of comparing with them",
    )
