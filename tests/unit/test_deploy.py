"""What is deployed names things that exist."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"


UNITS = ("kongchuo.service", "kongchuo-backup.service", "kongchuo-backup.timer")


@pytest.mark.parametrize("name", UNITS)
def test_the_unit_file_is_one_that_systemd_understands(name: str, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    for unit in UNITS:
        text = (DEPLOY / unit).read_text("utf-8")
        (tmp_path / unit).write_text(
            re.sub(r"^ExecStart=/opt/\S+", f"ExecStart={shutil.which('true')}", text, flags=re.M), "utf-8"
        )

    done = subprocess.run(
        ["systemd-analyze", "verify", str(tmp_path / name)], capture_output=True, text=True, timeout=60
    )

    assert [line for line in done.stderr.splitlines() if "kongchuo" in line] == []


def test_the_build_context_holds_what_the_image_copies_and_nothing_else() -> None:
    dockerfile = (DEPLOY / "Dockerfile").read_text("utf-8")
    copied = {
        name for line in re.findall(r"^COPY (.+) \S+$", dockerfile, flags=re.M) for name in line.split()
    }
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()

    assert "*" in lines
    assert {line.removeprefix("!") for line in lines if line.startswith("!")} == copied


def test_the_image_s_configuration_and_store_are_on_a_volume_that_can_be_written() -> None:
    config = re.search(r"KONGCHUO_CONFIG=(\S+)/kongchuo\.toml", (DEPLOY / "Dockerfile").read_text("utf-8"))
    assert config is not None

    assert re.search(rf"^ +- \w+:{config[1]}$", (DEPLOY / "compose.yaml").read_text("utf-8"), flags=re.M)


def test_the_image_copies_every_room_of_the_program() -> None:
    copied = set(re.findall(r"^COPY (\w+) \1$", (DEPLOY / "Dockerfile").read_text("utf-8"), flags=re.M))
    rooms = re.search(r"packages = \[(.*?)\]", (ROOT / "pyproject.toml").read_text("utf-8"))
    assert rooms is not None

    assert copied == set(re.findall(r'"(\w+)"', rooms[1]))


@pytest.mark.parametrize("file", ["compose.yaml", "compose.postgres.yaml"])
def test_every_volume_and_secret_that_a_service_uses_is_declared(file: str) -> None:
    text = (DEPLOY / file).read_text("utf-8")
    used = set(re.findall(r"^ +- (\w+):/", text, flags=re.M)) | set(re.findall(r"secrets: \[(\w+)\]", text))

    declared = set(
        re.findall(
            r"^  (\w+):", text.partition("\nsecrets:")[2] + text.partition("\nvolumes:")[2], flags=re.M
        )
    )
    assert used <= declared
