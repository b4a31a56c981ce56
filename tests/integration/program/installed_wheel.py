"""Kongchuo as a user installs it: wheel and sdist built from the checkout, the wheel in an environment of its own."""

import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from dataclasses import dataclass
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[3]
BASE, WITH_ALL = ("",), ("", "all")
"""Extras as requirements name them; the base has none."""


@dataclass(frozen=True)
class Installed:
    """An environment that holds the wheel and the distributions that it requires, and nothing else."""

    folder: Path
    dependencies: Path

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @property
    def program(self) -> Path:
        return self.folder / "bin" / "kongchuo"

    def run(self, *command: str | Path, folder: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
        """Run a command in a folder, with nothing of this process's environment but PATH and HOME."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return subprocess.run(
            [str(part) for part in command], cwd=folder, env={**kept, **variables},
            capture_output=True, text=True, timeout=300,
        )  # fmt: skip


def build(source: Path, to: Path, *targets: str) -> None:
    """Build ``wheel`` or ``sdist`` by the build backend itself, which needs no network."""
    chosen = [word for target in targets for word in ("-t", target)]
    done = subprocess.run(
        [sys.executable, "-P", "-m", "hatchling", "build", *chosen, "-d", str(to)],
        cwd=source, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def unpacked(sdist: Path, to: Path) -> Path:
    """The folder that an sdist holds."""
    with tarfile.open(sdist) as archive:
        archive.extractall(to, filter="data")
    (folder,) = to.iterdir()
    return folder


def members(wheel: Path) -> dict[str, bytes]:
    """Every file of a wheel with its bytes."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def install(wheel: Path, folder: Path, extras: tuple[str, ...] = WITH_ALL) -> Installed:
    """Install a wheel into a new environment; links stand for the distributions that it requires.

    The links name single distributions, so neither the checkout (which is installed editable beside them) nor
    the tests' own libraries can be imported there.
    """
    venv.create(folder, with_pip=False)
    done = subprocess.run(
        [sys.executable, "-P", "-m", "pip", "--python", str(folder / "bin" / "python"), "install", "--quiet",
         "--no-index", "--no-deps", "--no-compile", "--disable-pip-version-check", str(wheel)],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    dependencies = folder / "dependencies"
    dependencies.mkdir()
    for found in required("kongchuo", extras):
        for name in top_level(found):
            link = dependencies / name
            if not link.exists():
                link.symlink_to(Path(str(found.locate_file(name))).resolve())
    (site,) = (folder / "lib").glob("python*/site-packages")
    (site / "dependencies.pth").write_text(f"{dependencies}\n", "utf-8")
    return Installed(folder, dependencies)


def required(name: str, extras: tuple[str, ...] = WITH_ALL) -> list[Distribution]:
    """Every distribution that one requires here, by way of others too."""
    found: dict[str, Distribution] = {}
    waiting: list[tuple[str, tuple[str, ...]]] = [(name, extras)]
    seen = set(waiting)
    while waiting:
        name, extras = waiting.pop()
        for line in distribution(name).requires or ():
            requirement = Requirement(line)
            if requirement.marker and not any(
                requirement.marker.evaluate({"extra": extra}) for extra in extras
            ):
                continue
            key = canonicalize_name(requirement.name)
            found[key] = distribution(key)
            following = (key, ("", *sorted(requirement.extras)))
            if following not in seen:
                seen.add(following)
                waiting.append(following)
    return list(found.values())


def top_level(found: Distribution) -> set[str]:
    """What a distribution puts straight into site-packages: packages, modules and its own metadata."""
    return {file.parts[0] for file in found.files or ()} - {"..", "__pycache__"}


def module_names(entries: set[str]) -> set[str]:
    """The names by which top-level entries are imported."""
    return {entry.split(".")[0] for entry in entries if not entry.endswith((".dist-info", ".libs", ".pth"))}
