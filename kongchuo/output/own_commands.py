"""Writes commands of this program as they can be typed where it runs: with its own path, and the configuration in force."""

import shlex
import shutil
import sys
from pathlib import Path


def own_command(command: str, config: Path | None = None) -> str:
    """Returns the line that a person types; the program's path stands there where its name alone would not find it."""
    return " ".join(
        [_program(), *(["--config", shlex.quote(str(config))] if config is not None else []), command]
    )


def _program() -> str:
    called = Path(sys.argv[0])
    if called.name == "__main__.py":
        return f"{shlex.quote(sys.executable)} -m kongchuo"
    found = shutil.which("kongchuo")
    is_found = found is not None and called.exists() and Path(found).resolve() == called.resolve()
    return "kongchuo" if is_found else shlex.quote(str(called))
