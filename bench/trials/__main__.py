"""``make trials``: as many points as asked for, over all scenes; repeats from its seed."""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from bench.trials.crash_trials import attempt, choose_plans, expected_of
from bench.trials.databases import DatabaseFiles, databases_on_server
from bench.trials.scenes import scenes, workshop


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.trials", description=__doc__)
    parser.add_argument("--count", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=20230925)
    parser.add_argument("--scene", action="append", help="only this one; may be given again")
    parser.add_argument("--postgres", action="store_true", help="on a PostgreSQL server of its own")
    options = parser.parse_args()
    chance = random.Random(options.seed)
    started, tally, wrong = time.monotonic(), Counter[str](), 0
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kongchuo-trials-")))
        databases = stack.enter_context(databases_on_server()) if options.postgres else DatabaseFiles()
        shop = stack.enter_context(workshop(folder, databases))
        chosen = [scene for scene in scenes(shop) if not options.scene or scene.name in options.scene]
        print(f"ready after {time.monotonic() - started:.0f} s", flush=True)
        for scene in chosen:
            expected = expected_of(shop, scene)
            plans = choose_plans(len(expected.calls), options.count // len(chosen), chance)
            print(f"{scene.name}: {len(expected.calls)} calls, {len(plans)} points", flush=True)
            for plan in plans:
                findings = list(attempt(shop, scene, plan, expected))
                tally[plan.blow] += 1
                wrong += bool(findings)
                for finding in findings:
                    print(f"  {finding}", flush=True)
    print(
        f"{sum(tally.values())} points in {time.monotonic() - started:.0f} s: {dict(tally)}; wrong: {wrong}"
    )
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
