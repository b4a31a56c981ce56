"""Measures a deadline day: 400 mails, about 800 files, 80,000 rows from an IMAP server into the store.

Three ways in turn, each in a process of its own, several rounds, so that what the machine
does meanwhile falls on all of them:

* ``kongchuo``: the program's own ``poll``;
* ``floor``: the same bytes by bare imapclient, every sheet decoded by bare calamine, the same
  rows inserted by bare SQLAlchemy Core: what cannot be avoided;
* ``script``: what a user would write instead: imap_tools, ``pandas.read_excel``, ``to_sql``.

Run by ``make bench``; prints ratios, their spread and peak memory.
"""

import argparse
import json
import os
import pickle
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.compared_programs import Trial, floor, kongchuo, script
from bench.process_tree import TreeWatcher

WAYS: dict[str, Callable[[Trial], int]] = {"kongchuo": kongchuo, "floor": floor, "script": script}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--mails", type=int, default=400)
    parser.add_argument("--rows", type=int, default=80_000)
    parser.add_argument("--schools", type=int, default=360)
    parser.add_argument("--way", choices=WAYS)
    parser.add_argument("--place", type=Path)
    options = parser.parse_args()
    if options.way:
        _run_one(options.way, options.place)
    else:
        _compare(options)


def _run_one(way: str, trial_file: Path) -> None:
    trial: Trial = pickle.loads(trial_file.read_bytes())
    watcher = TreeWatcher(os.getpid())
    watcher.start()
    started = time.perf_counter()
    rows = WAYS[way](trial)
    seconds = time.perf_counter() - started
    watcher.stop()
    print(json.dumps({"seconds": seconds, "rows": rows, "peak_mb": watcher.peak_kilobytes / 1024}))


def _compare(options: argparse.Namespace) -> None:
    from bench.county_server import serve_county
    from kongchuo.demo.county import make_county

    _say(f"making {options.mails} mails with {options.rows} rows …")
    county = make_county(1, schools=options.schools, mails=options.mails, rows=options.rows)
    with tempfile.TemporaryDirectory() as scratch, serve_county(county, Path(scratch)) as trial:
        results: dict[str, list[dict[str, Any]]] = {way: [] for way in WAYS}
        for round_number in range(options.rounds):
            for way in WAYS:
                folder = Path(scratch) / f"{way}{round_number}"
                folder.mkdir()
                round_trial = trial.at(folder)
                if way == "floor":
                    round_trial = round_trial.with_rows_of(
                        Path(scratch) / f"kongchuo{round_number}" / "kongchuo.db"
                    )
                file = folder / "place.pickle"
                file.write_bytes(pickle.dumps(round_trial))
                out = subprocess.run(
                    [sys.executable, "-P", "-m", "bench.deadline_day", "--way", way, "--place", str(file)],
                    check=True,
                    stdout=subprocess.PIPE,
                    text=True,
                )
                result = json.loads(out.stdout.splitlines()[-1])
                results[way].append(result)
                _say(f"round {round_number + 1} {way}: {result['seconds']:.2f} s, {result['rows']} rows")
    _report(results, trial.files)


def _report(results: dict[str, list[dict[str, Any]]], files: int) -> None:
    seconds = {way: [run["seconds"] for run in runs] for way, runs in results.items()}
    for way, runs in results.items():
        times = seconds[way]
        total = max(run["peak_mb"] for run in runs)
        print(
            f"{way:9} median {statistics.median(times):6.2f} s  (min {min(times):.2f}, max {max(times):.2f})"
            f"  rows {runs[0]['rows']}  peak memory {total:.0f} MB"
        )
    against_floor = [a / b for a, b in zip(seconds["kongchuo"], seconds["floor"], strict=True)]
    against_script = [b / a for a, b in zip(seconds["kongchuo"], seconds["script"], strict=True)]
    print(f"{files} files; ratios by round:")
    print(f"  kongchuo / floor : {_spread(against_floor)}   (wanted: at most 2)")
    print(f"  script / kongchuo: {_spread(against_script)}   (wanted: at least 5)")


def _spread(ratios: list[float]) -> str:
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})"


def _say(text: str) -> None:
    if sys.stderr.isatty():
        print(text, file=sys.stderr)


if __name__ == "__main__":
    main()
