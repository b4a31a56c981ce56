"""``make bombs``: polls each hostile mail with a harmless one; its cost is measured above a poll of the harmless one alone.

A bomb passes if its mail is listed, the harmless one is recorded, and neither time nor memory exceeds what
one mail may cost. ``--readers`` measures the reading process alone, ``--together`` 66 bombs with a hundred
harmless mails.
"""

import argparse
import statistics
import sys
from collections import Counter
from dataclasses import replace

from bench.bombs import archives, documents, mails, words, workbooks
from bench.bombs.measured_poll import (
    MAIN_MEGABYTES,
    SECONDS,
    SOUND_MAIL,
    TREE_MEGABYTES,
    Cost,
    poll_mails,
)
from bench.bombs.measured_reader import measure_reading, one_reader
from bench.bombs.raw_mails import Bombs
from bench.bombs.together import poll_together

_ROUNDS = 3
_OF_A_LOADED_MACHINE = 1.5  # seconds of a processor that the start of further readers takes


def main() -> None:
    """Runs the bombs chosen on the command line, and prints a line each."""
    parser = argparse.ArgumentParser(prog="python -m bench.bombs", description=__doc__)
    parser.add_argument("--only", help="the bombs whose name holds this")
    parser.add_argument(
        "--readers", action="store_true", help="in a reading process alone, without the program"
    )
    parser.add_argument(
        "--together", action="store_true", help="66 bombs in one poll with the mails of a county"
    )
    options = parser.parse_args()
    if options.together:
        sys.exit(_poll_together())
    bombs = {
        name: make
        for catalogue in (archives, workbooks, documents, mails, words)
        for name, make in catalogue.BOMBS.items()
        if not options.only or options.only in name
    }
    sys.exit(_read_all(bombs) if options.readers else _poll_all(bombs))


def _read_all(bombs: Bombs) -> int:
    failed = 0
    with one_reader() as pool:
        measure_reading(pool, SOUND_MAIL)
        for name, make in bombs.items():
            raw = make()
            cost = measure_reading(pool, raw)
            too_much = (
                cost.processor_seconds > SECONDS + _OF_A_LOADED_MACHINE or cost.megabytes > TREE_MEGABYTES
            )
            failed += too_much
            print(
                f"{'FAIL' if too_much else 'held'} {name:45.45} {len(raw) / 1e6:6.1f} MB: {cost.seconds:5.1f} s,"
                f" processor {cost.processor_seconds:5.1f} s, {cost.megabytes:4.0f} MB;"
                f" {', '.join(f'{number} {outcome}' for outcome, number in cost.outcomes.items())}",
                flush=True,
            )
    print(f"{len(bombs)} bombs, {failed} not held")
    return failed > 0


def _poll_all(bombs: Bombs) -> int:
    sound = [poll_mails({"sound": SOUND_MAIL}) for _ in range(_ROUNDS)]
    plain = replace(
        sound[0],
        seconds=statistics.median(each.seconds for each in sound),
        processor_seconds=statistics.median(each.processor_seconds for each in sound),
        main_megabytes=max(each.main_megabytes for each in sound),
        tree_megabytes=max(each.tree_megabytes for each in sound),
    )
    print(f"a sound mail alone: {_figures(plain)}", flush=True)
    failed = 0
    for name, make in bombs.items():
        raw = make()
        cost = poll_mails({"bomb": raw, "sound": SOUND_MAIL}).above(plain)
        faults = list(_faults(cost))
        failed += bool(faults)
        counted = Counter(cost.outcomes["bomb"])
        print(
            f"{'FAIL' if faults else 'held'} {name:45.45} {len(raw) / 1e6:6.1f} MB: {_figures(cost)};"
            f" {', '.join(f'{number} {outcome}' for outcome, number in counted.items())} {'; '.join(faults)}",
            flush=True,
        )
    print(f"{len(bombs)} bombs, {failed} not held")
    return failed > 0


def _poll_together() -> int:
    alone, together = poll_together()
    print(f"the county alone: {_figures(alone)}", flush=True)
    print(f"with the bombs:   {_figures(together)}", flush=True)
    changed = [name for name, outcomes in alone.outcomes.items() if together.outcomes[name] != outcomes]
    unlisted = [name for name, outcomes in together.outcomes.items() if not outcomes]
    print(
        f"mails of the county with another outcome: {changed or 'none'}; listed nowhere: {unlisted or 'none'}"
    )
    return bool(changed or unlisted or together.exit_code not in (0, 1))


def _faults(cost: Cost) -> list[str]:
    checks = {
        f"exit code {cost.exit_code}": cost.exit_code not in (0, 1),
        "the sound mail is not recorded": cost.outcomes["sound"] != ("recorded",),
        "the bomb is listed nowhere": not cost.outcomes["bomb"],
        "too long": cost.processor_seconds > SECONDS + _OF_A_LOADED_MACHINE,
        "too much in the main process": cost.main_megabytes > MAIN_MEGABYTES,
        "too much in all processes": cost.tree_megabytes > TREE_MEGABYTES,
    }
    return [fault for fault, is_so in checks.items() if is_so]


def _figures(cost: Cost) -> str:
    return (
        f"{cost.seconds:5.1f} s, processor {cost.processor_seconds:5.1f} s,"
        f" main {cost.main_megabytes:4.0f} MB, all {cost.tree_megabytes:4.0f} MB"
    )


if __name__ == "__main__":
    main()
