"""Options of the whole test run."""

import os
import tempfile

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")  # how quick a machine is says nothing of the program
# Keys of test offices are not to be mixed with the user's own.
_KEYS = tempfile.TemporaryDirectory(prefix="keys-of-tests-")
os.environ["XDG_CONFIG_HOME"] = _KEYS.name
os.environ.pop("KONGCHUO_STORE_KEY", None)
os.umask(0o077)  # as the program itself does before anything else


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--refresh-golden",
        action="store_true",
        help="write the golden files in tests/golden/ anew instead of comparing with them",
    )
