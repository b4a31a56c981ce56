"""Headless Chromium: measures a page in a window of a given width."""

import html
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

BINARY = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def require_chromium() -> None:
    """Skips the test if Chromium is missing, unless CI requires it."""
    if BINARY is None:
        if os.environ.get("KONGCHUO_REQUIRE_CHROMIUM"):
            pytest.fail("Chromium is not installed, and KONGCHUO_REQUIRE_CHROMIUM is set")
        pytest.skip("Chromium is not installed")


def measure_page(page: str, width: int, script: str, folder: Path) -> Any:
    """Returns the value of ``script`` (an expression over ``d``, the page's document) in a window of this width."""
    assert BINARY is not None
    frame = f"""<!DOCTYPE html><meta charset="utf-8"><iframe id="f" style="width:{width}px;height:900px;border:0"
      srcdoc="{html.escape(page, quote=True)}"></iframe><pre id="out"></pre><script>
      document.getElementById('f').onload = event => {{
        const d = event.target.contentDocument;
        document.getElementById('out').textContent = JSON.stringify({script});
      }};</script>"""
    file = folder / "frame.html"
    file.write_text(frame, "utf-8")
    done = subprocess.run(
        [
            BINARY, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
            f"--user-data-dir={folder / 'profile'}", "--virtual-time-budget=5000", "--dump-dom", file.as_uri(),
        ],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    found = re.search(r'<pre id="out">(.*?)</pre>', done.stdout, re.DOTALL)
    assert found, done.stderr[-500:]
    return json.loads(html.unescape(found[1]))
