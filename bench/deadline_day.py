"""Measures a deadline day: 400 mails, about 800 files, 80,000 rows from an IMAP server into the store.

The ways in turn, each in a process of its own, several rounds, so that what the machine
does meanwhile falls on all of them:

* ``kongchuo``: the program's own ``poll``;
* ``sealed``: the same into a store with a key;
* ``floor``: the same bytes by bare imapclient, every sheet decoded by bare calamine, in zips too, the same
  blocks of rows inserted by bare SQLAlchemy Core: what cannot be avoided;
* ``script``: what a user would write instead: imap_tools, ``pandas.read_excel``, ``to_sql``;
* ``fast_script``: the same with ``engine="calamine"``.

Run by ``make bench``; prints ratios of processor time (of each way's whole tree) and of wall time, their
spread, peak memory, and what the database takes a row.
"""

import argparse
import json
import os
import pickle
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.compared_programs import Trial, fast_script, floor, kongchuo, script, sealed
from bench.process_tree import TreeWatcher

WAYS: dict[str, Callable[[Trial], int]] = {
    "kongchuo": kongchuo,
    "sealed": sealed,
    "floor": floor,
    "script": script,
    "fast_script": fast_script,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--mails", type=int, default=400)
    parser.add_argument("--rows", type=int, default=80_000)
    parser.add_argument("--schools", type=int, default=360)
    parser.add_argument(
        "--ways", nargs="+", choices=WAYS, default=list(WAYS), help="the first is compared with"
    )
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
    used = resource.getrusage(resource.RUSAGE_SELF)
    result = {
        "seconds": seconds,
        # Readers are children of a server of forks, for which nobody waits: the kernel adds them to no parent's use.
        "processor": used.ru_utime + used.ru_stime + watcher.processor_seconds_below,
        "rows": rows,
        "peak_mb": watcher.peak_kilobytes / 1024,
        "bytes_a_row": sum(file.stat().st_size for file in trial.folder.glob("*.db*")) / max(rows, 1),
    }
    print(json.dumps(result))


def _compare(options: argparse.Namespace) -> None:
    from bench.county_server import serve_county
    from kongchuo.demo.county import make_county

    _say(f"making {options.mails} mails with {options.rows} rows …")
    county = make_county(1, schools=options.schools, mails=options.mails, rows=options.rows)
    with tempfile.TemporaryDirectory() as scratch, serve_county(county, Path(scratch)) as trial:
        results: dict[str, list[dict[str, Any]]] = {way: [] for way in options.ways}
        for round_number in range(options.rounds):
            for way in options.ways:
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
                _say(f"round {round_number + 1} {way}: {result['processor']:.2f} s, {result['rows']} rows")
    _report(results, trial.files)


def _report(results: dict[str, list[dict[str, Any]]], files: int) -> None:
    print(
        f"{files} files; seconds of a processor, of the clock, and what the program takes of each way's, by round:"
    )
    for way, runs in results.items():
        shares = [
            _spread([a[unit] / b[unit] for a, b in zip(results["kongchuo"], runs, strict=True)])
            for unit in ("processor", "seconds")
        ]
        print(
            f"{way:12} {_spread([run['processor'] for run in runs])}  {_spread([run['seconds'] for run in runs])}"
            f"  {shares[0]}  {shares[1]}  rows {runs[0]['rows']}"
            f"  peak memory {max(run['peak_mb'] for run in runs):.0f} MB"
            f"  database {runs[0]['bytes_a_row']:.0f} bytes a row"
        )
    print(
        "wanted, processor: at most 1.5 of the floor, 1.0 of fast_script, 0.29 of script, 0.91 of sealed; clock on two: 0.9 of the floor"
    )


def _spread(ratios: list[float]) -> str:
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})"


def _say(text: str) -> None:
    if sys.stderr.isatty():
        print(text, file=sys.stderr)


if __name__ == "__main__":
    main()
