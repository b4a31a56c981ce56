"""Shifts the clock of the program in this process, without changing the machine's."""

import datetime as real
import pkgutil
import sys
import time
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parents[2]
_ROOMS = ("config", "store", "parsers", "ledger", "ingest", "notify", "kongchuo")
PROGRAM_MODULES = tuple(
    sorted(
        module.name
        for room in _ROOMS
        for module in pkgutil.walk_packages([str(_ROOT / room)], f"{room}.", onerror=lambda _: None)
        if not module.name.endswith("__main__") and ".migrations." not in module.name
    )
)
"""Modules that must be imported before the clock is shifted, as a module keeps the clock that it was imported with."""


def set_clock_ahead(seconds: float) -> None:
    """Makes every module of the program read the machine's clock plus so many seconds."""

    class Kind(type):
        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, real.datetime)

        def __eq__(cls, other: object) -> bool:  # as the key of a table
            return other is cls or other is real.datetime

        def __hash__(cls) -> int:
            return hash(real.datetime)

    class ShiftedDatetime(real.datetime, metaclass=Kind):
        """Makes plain instants; only ``now`` differs."""

        def __new__(cls, *arguments: Any, **options: Any) -> real.datetime:  # type: ignore[misc]
            return real.datetime(*arguments, **options)

        @classmethod
        def now(cls, tz: real.tzinfo | None = None) -> real.datetime:  # type: ignore[override]
            return real.datetime.fromtimestamp(time.time() + seconds, tz)

    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in _ROOMS:
            for attribute, value in list(vars(module).items()):
                if value is real.datetime:
                    setattr(module, attribute, ShiftedDatetime)
