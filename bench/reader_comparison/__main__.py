"""Compares the reader of another checkout with this one's on a corpus, field by field, and times both in pairs.

git worktree add ../before COMMIT && make -C ../before install
python -m bench.reader_comparison ../before --mutations 2000 --pairs 5
"""

import argparse
import pickle
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from itertools import zip_longest
from pathlib import Path

from bench.reader_comparison import readings
from bench.reader_comparison.corpus import Corpus, make_corpus

_PORTION = 250
_DIED = "the process died"


def read_in(python: str, corpus_file: Path, first: int, end: int) -> Iterator[str]:
    """Yields one line per file; a file that crashes the process loses its own line only."""
    while first < end:
        done = _run(python, corpus_file, first, end).stdout.split("\n")[:-1]
        yield from done
        first += len(done)
        if first < end:
            yield _DIED
            first += 1


def _run(
    python: str, corpus_file: Path, first: int, end: int, *more: str
) -> subprocess.CompletedProcess[str]:
    command = [python, "-P", readings.__file__, str(corpus_file), str(first), str(end), *more]
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)


def compare(before: str, now: str, corpus: Corpus, corpus_file: Path) -> int:
    """Returns the number of files with different results, and prints each with the point where they begin to differ."""
    differences = 0
    for first in range(0, len(corpus.files), _PORTION):
        end = min(first + _PORTION, len(corpus.files))
        both = zip_longest(*(read_in(python, corpus_file, first, end) for python in (before, now)))
        for number, (old, new) in enumerate(both, first):
            if old != new:
                differences += 1
                place = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), 0)
                shown = slice(max(place - 200, 0), place + 120)
                print(f"file {number} ({corpus.files[number][1]}):\n  {old[shown]}\n  {new[shown]}")
        print(f"{end} files, {differences} differences", file=sys.stderr, flush=True)
    return differences


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("before", type=Path, help="the other checkout, with its own .venv")
    parser.add_argument("--mutations", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pairs", type=int, default=0, help="how often both read the deadline day, in turn")
    parser.add_argument("--corpus", type=Path, help="keep the corpus here, or take it from here")
    options = parser.parse_args()
    before, now = str(options.before / ".venv" / "bin" / "python"), sys.executable
    with tempfile.TemporaryDirectory() as scratch:
        corpus_file = options.corpus or Path(scratch) / "corpus.pickle"
        if corpus_file.exists():
            corpus = Corpus(**pickle.loads(corpus_file.read_bytes()))
        else:
            corpus = make_corpus(options.mutations, options.seed)
            corpus_file.write_bytes(pickle.dumps(asdict(corpus)))
        if options.pairs:
            seconds = [
                [float(_run(python, corpus_file, 0, corpus.day, "--time").stdout) for python in (before, now)]
                for _ in range(options.pairs)
            ]
            for old, new in seconds:
                print(f"before {old:.2f} s, now {new:.2f} s of processor: {new / old:.2f}")
            print(f"median ratio {statistics.median(new / old for old, new in seconds):.2f}")
        print(f"{len(corpus.files)} files, {compare(before, now, corpus, corpus_file)} differences")


if __name__ == "__main__":
    main()
