"""Mutates mails, workbooks and documents by the thousand; each must end in a disposition, within bounds.

``make fuzz`` (20,000 of them; ``--count`` and ``--seed`` to choose) repeats from its seed. Files are read in the
reading processes as in earnest; a mutation that fells one costs that file only, and is counted.
"""

import argparse
import logging
import sys
import time
from collections import Counter
from random import Random

from ingest.draft_message import draft_message
from parsers.mail.mime import parse_mail
from parsers.reader_pool import MAIL_SECONDS, ReaderPool
from tests.builders.clerk_files import CONTEXT, DAY, mail
from tests.builders.form_tables import NOTICE, ROSTER
from tests.messes.cases import MESSES

_OUTCOMES = {"forms", "evidence", "ignored", "quarantined"}
_SECONDS = 2 * MAIL_SECONDS


def mutated(raw: bytes, random: Random) -> bytes:
    """The bytes with a few changed, dropped, doubled or cut off; a third of the time inside the base64."""
    data = bytearray(raw)
    for _ in range(random.choice((1, 1, 2, 4, 16))):
        if len(data) < 8:
            break
        position = random.randrange(len(data))
        match random.randrange(6):
            case 0:
                data[position] = random.randrange(256)
            case 1:
                data[position] ^= 1 << random.randrange(8)
            case 2:
                del data[position : position + random.choice((1, 4, 64, 1024))]
            case 3:
                data[position:position] = data[position : position + random.choice((1, 16, 256))]
            case 4:
                del data[position:]
            case 5:
                data[position : position + 4] = random.choice(
                    (b"\xff\xff\xff\xff", b"\0\0\0\0", b"\r\n\r\n", b"=?utf")
                )
    return bytes(data)


def fuzz(count: int, seed: int) -> Counter[str]:
    """Outcomes by name; ``slow`` and ``felled`` count what came near a limit.

    Raises:
        AssertionError: something ended in no disposition.
    """
    random = Random(seed)
    seeds = [mess.raw() for mess in MESSES]
    outcomes: Counter[str] = Counter()
    with ReaderPool([NOTICE], ROSTER) as pool:
        for number in range(count):
            raw = random.choice(seeds)
            started = time.monotonic()
            # Every other time the files themselves, as if the mail had carried them so.
            files = {a.path[-1]: mutated(a.data, random) for a in parse_mail(raw).attachments}
            raw = mutated(raw, random) if number % 2 else mail(files)
            reading = pool.submit(raw, "0" * 64, NOTICE.id, {}).result()
            parts = reading.parts
            draft = draft_message("0" * 64, DAY, parts.mail, parts.attachments, reading.readings, CONTEXT)
            assert draft.files, number
            assert all(
                file.outcome in _OUTCOMES and (file.outcome == "forms" or file.reason) for file in draft.files
            ), number
            outcomes.update(file.outcome for file in draft.files)
            outcomes["slow"] += time.monotonic() - started > _SECONDS
            if sys.stderr.isatty() and number % 100 == 0:
                print(f"\r{number}/{count}", end="", file=sys.stderr)
    return outcomes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=20230925)
    options = parser.parse_args()
    logging.disable(logging.ERROR)
    started = time.monotonic()
    outcomes = fuzz(options.count, options.seed)
    print(
        f"{options.count} mutations in {time.monotonic() - started:.0f} s: {dict(sorted(outcomes.items()))}"
    )


if __name__ == "__main__":
    main()
