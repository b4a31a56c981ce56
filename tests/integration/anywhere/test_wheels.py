"""Every pinned library of a base installation has a wheel for the systems that offices have; nothing is built there.

Asks the package registry; where none is reached the tests are skipped, and prove nothing.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
UNREACHED = (
    "failed to fetch",
    "error sending request",
    "client error",
    "dns error",
    "timed out",
    "connection refused",
)
PLATFORMS = {
    "glibc 2.28, x86-64 (Kylin V10, UOS 20, RHEL 8)": "x86_64-manylinux_2_28",
    "glibc 2.28, ARM (Kylin V10, UOS 20)": "aarch64-manylinux_2_28",
    "glibc 2.31, x86-64 (Debian 11)": "x86_64-manylinux_2_31",
    "glibc 2.31, ARM (Debian 11)": "aarch64-manylinux_2_31",
    "musl, x86-64 (Alpine)": "x86_64-unknown-linux-musl",
    "Windows, x86-64": "x86_64-pc-windows-msvc",
    "macOS, Apple's processors": "aarch64-apple-darwin",
}
WITHOUT_DOC = {"x86_64-manylinux_2_28", "x86_64-manylinux_2_31"}
"""office-oxide's wheel for Linux on x86-64 wants glibc 2.34; the day it does not, `doc` is no extra any more."""


def resolve(platform: str, *what: str) -> str:
    """What keeps a set of libraries from being installed from wheels; nothing where they can be."""
    uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
    if uv is None:
        pytest.skip("uv is not installed")
    done = subprocess.run(
        [uv, "pip", "compile", "--quiet", "--only-binary", ":all:", "--python-platform", platform,
         "--python-version", "3.11", *what, "--output-file", "-"],
        cwd=ROOT, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    if done.returncode != 0 and any(words in done.stderr.lower() for words in UNREACHED):
        pytest.skip(f"no package registry is reached: {done.stderr.splitlines()[0]}")
    return "" if done.returncode == 0 else done.stderr


@pytest.mark.parametrize("platform", PLATFORMS.values(), ids=PLATFORMS.keys())
def test_a_base_installation_needs_no_compiler(platform: str):
    assert resolve(platform, "requirements-base.lock") == ""


@pytest.mark.parametrize("platform", PLATFORMS.values(), ids=PLATFORMS.keys())
def test_word_documents_of_before_2007_have_a_library_where_its_wheel_fits(platform: str):
    missing = resolve(platform, "--extra", "doc", "--constraints", "requirements.lock", "pyproject.toml")

    assert ("office-oxide" in missing) == (platform in WITHOUT_DOC)


def test_a_registry_that_is_not_reached_proves_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    for variable in ("UV_INDEX_URL", "UV_DEFAULT_INDEX"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9/simple")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path))
    monkeypatch.setenv("UV_NO_CONFIG", "1")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    for variable in ("UV_FIND_LINKS", "UV_EXTRA_INDEX_URL", "UV_INDEX"):
        monkeypatch.delenv(variable, raising=False)

    with pytest.raises(pytest.skip.Exception):
        resolve("x86_64-manylinux_2_28", "requirements-base.lock")


def test_the_base_lock_pins_what_the_whole_lock_pins():
    whole = pins("requirements.lock")
    base = pins("requirements-base.lock")

    assert base
    assert base.items() <= whole.items()


def pins(file: str) -> dict[str, str]:
    lines = (ROOT / file).read_text("utf-8").splitlines()
    return dict(line.split()[0].split("==") for line in lines if "==" in line and not line.startswith(" "))
