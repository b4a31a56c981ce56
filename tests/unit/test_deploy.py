"""What is deployed names things that exist."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"


def test_the_unit_file_is_one_that_systemd_understands(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    unit = tmp_path / "kongchuo.service"
    text = (DEPLOY / "kongchuo.service").read_text("utf-8")
    unit.write_text(re.sub(r"^ExecStart=\S+", f"ExecStart={shutil.which('true')}", text, flags=re.M), "utf-8")

    done = subprocess.run(
        ["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, timeout=60
    )

    assert [line for line in done.stderr.splitlines() if "kongchuo.service" in line] == []


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
