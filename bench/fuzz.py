"""Mutates mails, archives, workbooks and documents by the thousand; each must end in a disposition, within bounds.

``make fuzz`` (20,000 of them; ``--count`` and ``--seed`` to choose) repeats from its seed. Every third time the mail
is mutated, the files in it, or the members of the zips that those are, so that what stands behind a checksum or a
compression is reached too. Files are read in the reading processes as in earnest; a mutation that fells one costs that
file only, and is counted; that a whole mail cannot be taken apart is a fault.
"""

import argparse
import io
import logging
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from random import Random
from unittest.mock import patch

from ingest.drafting.draft_message import draft_message
from parsers.archives import unpack
from parsers.archives.containers import ContainerError
from parsers.mail.mail_contents import WHOLE_MAIL
from parsers.mail.mime import parse_mail
from parsers.reading.mail_journal import MailJournal
from parsers.reading.read_mail import take_apart
from parsers.reading.reader_pool import MAIL_SECONDS, ReaderPool
from tests.builders.files.clerk_files import (
    CONTEXT,
    DAY,
    MIDDLE,
    SCHOOL,
    dropout_row,
    mail,
    pupil_row,
    register4,
    roll2,
    word,
    xls,
    xlsx,
    zipped,
)
from tests.builders.files.inserted_objects import packaged_object, with_members
from tests.builders.files.outlook_files import compound_file, msg, tnef
from tests.builders.files.pdf_pages import grid, pdf
from tests.builders.values.form_tables import NOTICE, ROSTER
from tests.messes.cases import MESSES

_OUTCOMES = {"forms", "evidence", "ignored", "quarantined"}
_SECONDS = 2 * MAIL_SECONDS


def _containers() -> list[bytes]:
    """Mails with files that hold others, and compound files: the messes have few of them."""
    rows = register4(dropout_row(), unit=MIDDLE)
    book, roll = xlsx(rows), roll2(pupil_row(), unit=SCHOOL)
    inner = mail({"附件4.xlsx": book, "附件2.xls": xls(roll)}, body="王场镇附件4")
    inserted = with_members(
        book,
        {
            "xl/embeddings/oleObject1.bin": compound_file(
                {"\1Ole10Native": packaged_object("附件2.xlsx", xlsx(roll))}
            )
        },
    )
    held = [("附件4.xlsx", book), ("附件2.xls", xls(roll))]
    return [
        mail(files)
        for files in (
            {
                "a.zip": zipped(
                    {"b.zip": zipped({"附件4.xlsx": book, "附件2.xls": xls(roll)}), "c.xls": xls(rows)}
                )
            },
            {"附件4.xls": xls(rows)},
            {"a.zip": zipped({"a.eml": inner, "附件4.xlsx": book})},
            {"a.eml": inner},
            {"a.xlsx": inserted},
            {"a.msg": compound_file(msg("附件4", "请查收", held))},
            {"winmail.dat": tnef(b"hello", [(name.encode("gb18030"), data) for name, data in held])},
            {"a.docx": word(([], rows), ([], roll))},
            {"a.pdf": pdf(grid([[str(cell or "") for cell in row] for row in rows], 800))},
        )
    ]


def with_mutated_members(data: bytes, random: Random) -> bytes:
    """A zip with a mutated member, or one in a zip in it; anything else mutated as it is."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {info.filename: archive.read(info) for info in archive.infolist()}
    except (zipfile.BadZipFile, RuntimeError):  # no zip, or a locked one
        return mutated(data, random)
    if not members:
        return data
    chosen = random.choice(sorted(members))
    members[chosen] = with_mutated_members(members[chosen], random)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, member in members.items():
            archive.writestr(name, member)
    return out.getvalue()


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


def mutations(count: int, seed: int) -> Iterator[bytes]:
    """So many mails, each mutated in one of three ways."""
    random = Random(seed)
    seeds = [*(mess.raw() for mess in MESSES), *2 * _containers()]
    for number in range(count):
        raw = random.choice(seeds)
        if number % 3 == 0:
            yield mutated(raw, random)
        else:  # the files themselves, as if the mail had carried them so
            change = mutated if number % 3 == 1 else with_mutated_members
            yield mail({a.path[-1]: change(a.data, random) for a in parse_mail(raw).attachments})


def take_all_apart(count: int, seed: int) -> Counter[str]:
    """Failures of files by code, where mails are only taken apart, in this process, and no other is started.

    Raises:
        AssertionError: a mail could not be taken apart.
        Exception: whatever taking apart raised.
    """

    def convert_to_zip(data: bytes, passwords: Sequence[str] = ()) -> bytes:
        raise ContainerError("unreadable")

    codes: Counter[str] = Counter()
    with patch.object(unpack, "convert_to_zip", convert_to_zip):
        for number, raw in enumerate(mutations(count, seed)):
            attachments = take_apart(raw).attachments
            assert not any(a.path == WHOLE_MAIL for a in attachments), number
            codes.update(a.failure[0] if a.failure else "taken out" for a in attachments)
    return codes


def fuzz(count: int, seed: int) -> Counter[str]:
    """Outcomes by name; ``slow`` and ``felled`` count what came near a limit.

    Raises:
        AssertionError: something ended in no disposition.
    """
    outcomes: Counter[str] = Counter()
    with ReaderPool([NOTICE], ROSTER) as pool:
        for number, raw in enumerate(mutations(count, seed)):
            started = time.monotonic()
            reading = pool.submit(MailJournal.create([raw]), "0" * 64, NOTICE.id, {}).result()
            parts = reading.parts
            draft = draft_message("0" * 64, DAY, parts.mail, parts.attachments, reading.readings, CONTEXT)
            assert draft.files, number
            assert not any(a.path == WHOLE_MAIL for a in parts.attachments), number
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
    parser.add_argument("--apart", action="store_true", help="only take mails apart: many times faster")
    options = parser.parse_args()
    logging.disable(logging.ERROR)
    started = time.monotonic()
    outcomes = (take_all_apart if options.apart else fuzz)(options.count, options.seed)
    print(
        f"{options.count} mutations in {time.monotonic() - started:.0f} s: {dict(sorted(outcomes.items()))}"
    )


if __name__ == "__main__":
    main()
