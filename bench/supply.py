"""Tells what the program is made of: every locked distribution with its licence, and a bill of materials (SBOM).

``make licences`` prints the list, ``make sbom`` writes ``bom.json`` in CycloneDX 1.6 (JSON). Both read ``requirements.lock``;
licences are those that the installed distributions declare, and of what is not installed here, or declares none, a table.
"""

import json
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata, version
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCK, BASE_LOCK = ROOT / "requirements.lock", ROOT / "requirements-base.lock"
_ENTRY = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)((?:.*\\\n)?(?:\s+--hash=sha256:.*\n?)*)", re.MULTILINE)
_HASH = re.compile(r"sha256:([0-9a-f]{64})")
UNKNOWN = "unknown"
_DECLARED_ELSEWHERE = {
    "backports-tarfile": "MIT",
    "backports-zstd": "PSF-2.0",
    "brotli": "MIT",
    "brotlicffi": "MIT",
    "colorama": "BSD-3-Clause",
    "imapclient": "BSD-3-Clause",
    "importlib-metadata": "Apache-2.0",
    "jeepney": "MIT",
    "lazy-importer": "Apache-2.0",
    "librt": "MIT",
    "psutil": "BSD-3-Clause",
    "psycopg-binary": "LGPL-3.0-only",
    "pycparser": "BSD-3-Clause",
    "pypdfium2": "BSD-3-Clause AND Apache-2.0",
    "pywin32-ctypes": "BSD-3-Clause",
    "secretstorage": "BSD-3-Clause",
    "zipp": "MIT",
}
"""Of those that one system or Python installs and another does not, and of two whose metadata have no plain words."""
_BY_CLASSIFIER = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "MIT License": "MIT",
    "ISC License (ISCL)": "ISC",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.1-or-later",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "GNU Library or Lesser General Public License (LGPL)": "LGPL-3.0-or-later",
    "Public Domain": "Unlicense",
}
_SHORT = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """One locked distribution; ``licence`` is an SPDX expression, or its own short declaration."""

    name: str
    version: str
    licence: str
    hashes: tuple[str, ...]
    """SHA-256 of its files, any of which may be installed."""


def read_distributions(lock: Path) -> tuple[Distribution, ...]:
    """Returns the distributions pinned in a lock file, by name and version; one that differs between Pythons is listed twice."""
    return tuple(
        Distribution(
            name=name, version=version, licence=find_licence(name), hashes=tuple(_HASH.findall(rest))
        )
        for name, version, rest in _ENTRY.findall(lock.read_text("utf-8"))
    )


def find_licence(name: str) -> str:
    """Returns the licence of a distribution, or :data:`UNKNOWN`."""
    try:
        declared = _declared(metadata(name))
    except PackageNotFoundError:
        declared = None
    return declared or _DECLARED_ELSEWHERE.get(name, UNKNOWN)


def _declared(says: PackageMetadata) -> str | None:
    if expressions := says.get_all("License-Expression"):
        return str(expressions[0])
    classifiers = [
        line.rpartition("::")[2].strip()
        for line in says.get_all("Classifier") or []
        if line.startswith("License")
    ]
    known = [_BY_CLASSIFIER[one] for one in classifiers if one in _BY_CLASSIFIER]
    if known:
        return " OR ".join(known)
    words = str((says.get_all("License") or [""])[0]).strip()
    return words if 0 < len(words) <= _SHORT and "\n" not in words else None


def render_licences(distributions: Iterable[Distribution]) -> str:
    """Returns a line per distribution: name, version, licence."""
    return "\n".join(f"{one.name}\t{one.version}\t{one.licence}" for one in distributions)


def render_sbom(distributions: Iterable[Distribution]) -> str:
    """Returns the bill of materials as CycloneDX 1.6 JSON, without times or random numbers, so that one lock gives one file."""
    return json.dumps(
        {
            "bomFormat": "CycloneDX",
            "specVersion": "1.6",
            "version": 1,
            "metadata": {
                "component": {
                    "type": "application",
                    "bom-ref": "kongchuo",
                    "name": "kongchuo",
                    "version": version("kongchuo"),
                }
            },
            "components": list(_components(distributions)),
        },
        ensure_ascii=False,
        indent=1,
    )


def _components(distributions: Iterable[Distribution]) -> Iterator[dict[str, object]]:
    for one in distributions:
        url = f"pkg:pypi/{one.name.lower().replace('_', '-')}@{one.version}"
        yield {
            "type": "library",
            "bom-ref": url,
            "name": one.name,
            "version": one.version,
            "purl": url,
            "licenses": [{"license": {"name": one.licence}}],
            "properties": [{"name": "sha256", "value": digest} for digest in one.hashes],
        }


if __name__ == "__main__":
    everything = read_distributions(LOCK)
    if sys.argv[1:] == ["--sbom"]:
        (ROOT / "bom.json").write_text(render_sbom(everything), "utf-8")
    else:
        print(render_licences(everything))
