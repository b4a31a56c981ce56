"""Measures status, gaps, cases and cross-checks as a county's rows grow: microseconds a row, and memory.

``python -m bench.judging_speed`` makes counties of 25,000, 100,000 and 400,000 students with twelve months of
changes (52,000, 208,000 and 837,000 rows), each in a store of its own and without files: reading is measured
elsewhere. Each judgement runs in a process of its own, as a command does, and pays for what it loads; what is
counted is that process's own processor time from the snapshot to the judgement, the median of ``--rounds``.
"""

import argparse
import hashlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import cast
from zoneinfo import ZoneInfo

from config.identity_numbers import check_digit
from config.read_notice import load_notice
from config.records.record import Json, Record
from config.records.row_block import RowBlock
from config.units.roster import Roster, Unit
from kongchuo.cli import collect_garbage_seldom
from ledger.assessment import Judgements
from ledger.take_snapshot import take_snapshot
from store import Store
from store.drafts import Arrival, FileDraft, MessageDraft, SubmissionDraft

ZONE = ZoneInfo("Asia/Shanghai")
NOTICE = load_notice(Path("2023-autumn.toml"))
MONTHS = 12
CHANGED_SHARE = 0.1
"""The share (0..1) of units that send their roll anew each month, with slightly fewer or more children."""
JUDGEMENTS: dict[str, Callable[[Judgements], object]] = {
    "status": lambda judgements: judgements.status,
    "gaps": lambda judgements: judgements.gaps,
    "cases": lambda judgements: judgements.cases,
    "crosscheck": lambda judgements: judgements.findings,
    "suspected": lambda judgements: judgements.suspected,
}
WANTED = "wanted: cases at most 4, cross-checks at most 8, each within 1.2 times of itself, at most 700 MB"
_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗"
_GIVEN = "一明华秀英强丽军敏静磊洋勇艳杰娟涛超霞平刚桂芳玲伟"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--students", type=int, nargs="+", default=[25_000, 100_000, 400_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--judge", choices=JUDGEMENTS)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    if options.judge:
        _judge(options.judge, options.folder, options.students[0])
        return
    print(f"{'rows':>9} " + " ".join(f"{name:>20}" for name in JUDGEMENTS))
    for students in options.students:
        with tempfile.TemporaryDirectory() as folder:
            store = _open_store(Path(folder))
            rows = _fill(store, _units_of(students), students)
            store.close()
            cells = [_measure(name, Path(folder), students, rows, options.rounds) for name in JUDGEMENTS]
        print(f"{rows:>9} " + " ".join(f"{cell:>20}" for cell in cells), flush=True)
    print(WANTED)


def _measure(name: str, folder: Path, students: int, rows: int, rounds: int) -> str:
    """Returns microseconds per row and megabytes of a judgement, as a line."""
    command = [sys.executable, "-P", "-m", "bench.judging_speed", "--judge", name]
    runs = [
        json.loads(
            subprocess.run(
                [*command, "--folder", str(folder), "--students", str(students)],
                check=True,
                stdout=subprocess.PIPE,
            ).stdout
        )
        for _ in range(rounds)
    ]
    seconds = statistics.median(run["seconds"] for run in runs)
    return f"{1e6 * seconds / rows:.1f} µs {max(run['megabytes'] for run in runs):.0f} MB"


def _judge(name: str, folder: Path, students: int) -> None:
    """Makes one judgement and prints its cost."""
    collect_garbage_seldom()
    store = _open_store(folder)
    started = time.process_time()
    snapshot = take_snapshot(store.recorded(), NOTICE, Roster(_units_of(students)), ZONE, _day(360))
    JUDGEMENTS[name](Judgements(snapshot))
    seconds = time.process_time() - started
    store.close()
    print(json.dumps({"seconds": seconds, "megabytes": _most_held()}))


def _most_held() -> float:
    """Returns the greatest memory of this process alone; ``ru_maxrss`` would include its parent's."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _open_store(folder: Path) -> Store:
    return Store.open(f"sqlite:///{folder}/k.db", folder / "archive")


def _units_of(students: int) -> tuple[Unit, ...]:
    return _units(max(150, students // 700))


def _units(schools: int) -> tuple[Unit, ...]:
    names = [f"第{n}镇" for n in range(33)]
    towns = [
        Unit(name=name, kind="township", stage=None, township=None, emails=(_address(name),))
        for name in names
    ]
    return (
        *towns,
        *(
            Unit(name=name, kind="school", stage="小学", township=names[n % 33], emails=(_address(name),))
            for n in range(schools)
            for name in (f"第{n}小学",)
        ),
    )


def _address(unit: str) -> str:
    """Returns the unit's own address, as mail from other addresses does not count."""
    return f"{hashlib.sha256(unit.encode()).hexdigest()[:12]}@example.org"


def fill_county(store: Store, students: int) -> tuple[Unit, ...]:
    """Writes a county of so many students with twelve months of changes into a store; returns its units."""
    units = _units_of(students)
    _fill(store, units, students)
    return units


def _fill(store: Store, units: tuple[Unit, ...], students: int) -> int:
    """Records a roll per unit, then month by month some rolls anew and children that drop out."""
    random = Random(1)
    written = 0
    rolls: dict[str, list[dict[str, object]]] = {}
    serial = 0

    def child() -> dict[str, object]:
        nonlocal serial
        serial += 1
        born = datetime(2008, 1, 1) + timedelta(days=serial % 3000)
        first17 = f"{509000 + serial // 3_000_000:06}{born:%Y%m%d}{serial // 3000 % 1000:03}"
        return {
            "name": random.choice(_SURNAMES) + random.choice(_GIVEN) + random.choice(_GIVEN),
            "id_number": first17 + check_digit(first17), "birth_date": f"{born:%Y-%m-%d}", "study_status": "在校",
            "grade": "五年级", "guardian": "甲父", "guardian_phone": f"138{serial % 100_000_000:08}",
        }  # fmt: skip

    def file(unit: Unit, form: str, rows: list[dict[str, object]], day: int) -> None:
        nonlocal written
        written += len(rows)
        _record(store, unit.name, form, rows, day)
        if sys.stderr.isatty():
            print(f"\r{written} rows", end="", file=sys.stderr)

    each = students // len(units)
    for unit in units:
        rolls[unit.name] = [child() for _ in range(each)]
        file(unit, "附件1" if unit.kind == "township" else "附件2", rolls[unit.name], 0)
        file(unit, "附件3" if unit.kind == "township" else "附件4", [], 0)
    for month in range(1, MONTHS):
        for unit in random.sample(units, int(len(units) * CHANGED_SHARE)):
            roll = rolls[unit.name]
            leavers = roll[:3]
            rolls[unit.name] = [*roll[3:], child(), child()]
            file(unit, "附件1" if unit.kind == "township" else "附件2", rolls[unit.name], month * 30)
            out = [
                {**row, "status": "辍学", "since": f"{_day(month * 30):%Y-%m-%d}", "reason": "厌学"}
                for row in leavers[:2]
            ]
            file(unit, "附件3" if unit.kind == "township" else "附件4", out, month * 30)
    return written


def _record(store: Store, unit: str, form: str, rows: list[dict[str, object]], day: int) -> None:
    key = hashlib.sha256(f"{unit}{form}{day}".encode()).hexdigest()
    block = RowBlock.of(
        Record(sheet="Sheet1", row=n, values=cast(dict[str, Json], row)) for n, row in enumerate(rows, 5)
    )
    submission = SubmissionDraft.of_rows(block, unit=unit, form=form, nil=not rows)
    sent = FileDraft(
        position=0,
        path=("1.xlsx",),
        size=1,
        sha256=key,
        kind="xlsx",
        outcome="forms",
        submissions=(submission,),
    )
    store.mailboxes.record_arrivals(
        [Arrival(message_id=key, received_at=_day(day), mailbox="m", uidvalidity=1, uid=int(key[:8], 16))],
        None,
    )
    store.messages.record(
        NOTICE.id,
        [
            MessageDraft(
                message_id=key, sender="", sender_name="", subject="", author=_address(unit), files=(sent,)
            )
        ],
    )


def _day(number: int) -> datetime:
    return datetime(2023, 9, 20, 10, tzinfo=ZONE) + timedelta(days=number)


if __name__ == "__main__":
    main()
