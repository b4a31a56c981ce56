"""The checkout's own sources, for tests that read them."""

from pathlib import Path

ROOT = Path(__file__).parents[2]


def sources(rooms: tuple[str, ...]) -> list[Path]:
    """Returns every module of these rooms."""
    return sorted(path for room in rooms for path in (ROOT / room).rglob("*.py"))
