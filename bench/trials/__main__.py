"""``make trials``: crash points over all scenes and random histories; both repeat from their seed."""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from bench.trials.crash_trials import attempt, choose_plans, expected_of
from bench.trials.databases import DatabaseFiles, databases_on_server
from bench.trials.history import play
from bench.trials.scenes import Workshop, scenes, workshop


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.trials", description=__doc__)
    parser.add_argument("--count", type=int, default=1_000, help="crash points")
    parser.add_argument("--seed", type=int, default=20230925)
    parser.add_argument("--scene", action="append", help="only this one; may be given again")
    parser.add_argument(
        "--histories", type=int, default=50, help="random histories, of the seeds that follow"
    )
    parser.add_argument("--steps", type=int, default=40, help="of a history")
    parser.add_argument("--postgres", action="store_true", help="on a PostgreSQL server of its own")
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kongchuo-trials-")))
        databases = stack.enter_context(databases_on_server()) if options.postgres else DatabaseFiles()
        shop = stack.enter_context(workshop(folder, databases))
        wrong = try_points(shop, options.count, options.scene, options.seed) if options.count else 0
        wrong += play_histories(shop, range(options.seed, options.seed + options.histories), options.steps)
    sys.exit(wrong > 0)


def try_points(shop: Workshop, count: int, names: Sequence[str] | None, seed: int) -> int:
    """Tries so many crash points; returns the number of those with a fault."""
    started, tally, wrong = time.monotonic(), Counter[str](), 0
    chance = random.Random(seed)
    chosen = [scene for scene in scenes(shop) if not names or scene.name in names]
    for scene in chosen:
        expected = expected_of(shop, scene)
        plans = choose_plans(len(expected.calls), count // len(chosen), chance)
        print(f"{scene.name}: {len(expected.calls)} calls, {len(plans)} points", flush=True)
        for plan in plans:
            findings = list(attempt(shop, scene, plan, expected))
            tally[plan.blow] += 1
            wrong += bool(findings)
            for finding in findings:
                print(f"  {finding}", flush=True)
    seconds = time.monotonic() - started
    print(f"{sum(tally.values())} points in {seconds:.0f} s: {dict(tally)}; wrong: {wrong}", flush=True)
    return wrong


def play_histories(shop: Workshop, seeds: range, steps: int) -> int:
    """Plays a history for each seed; returns the number of those with a fault."""
    started, wrong = time.monotonic(), 0
    for seed in seeds:
        findings = 0
        for finding in play(shop, seed, steps):
            findings += 1
            print(f"  {finding}", flush=True)
        wrong += findings > 0
        print(f"history {seed}: {findings or 'nothing'} wrong", flush=True)
    seconds = time.monotonic() - started
    print(f"{len(seeds)} histories of {steps} steps in {seconds:.0f} s; wrong: {wrong}", flush=True)
    return wrong


if __name__ == "__main__":
    main()
