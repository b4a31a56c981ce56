"""Measures status, gaps, cases and cross-checks over 100,000 students and 12 months of changes.

``python -m bench.judging_speed --rows 100000 300000 1000000`` prints seconds a judgement and how they grow.
The county is written into a store of its own, without files: reading is measured elsewhere.
"""

import argparse
import hashlib
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
from ledger.assessment import Judgements
from ledger.snapshot import Snapshot, take_snapshot
from store import Store
from store.drafts import Arrival, FileDraft, MessageDraft, SubmissionDraft

ZONE = ZoneInfo("Asia/Shanghai")
NOTICE = load_notice(Path("2023-autumn.toml"))
MONTHS = 12
CHANGED_SHARE = 0.1
"""The share of units that send their roll anew each month, some children fewer, some more."""
TARGET_SECONDS = {"status": 2.0, "gaps": 2.0, "cases": 2.0, "crosscheck": 10.0}
_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗"
_GIVEN = "一明华秀英强丽军敏静磊洋勇艳杰娟涛超霞平刚桂芳玲伟"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000])
    options = parser.parse_args()
    print(
        f"{'students':>9} {'rows':>9} " + " ".join(f"{name:>11}" for name in (*TARGET_SECONDS, "suspected"))
    )
    for students in options.rows:
        with tempfile.TemporaryDirectory() as folder:
            store = Store.open(f"sqlite:///{folder}/k.db", Path(folder) / "archive")
            units = _units(max(150, students // 700))
            rows = _fill(store, units, students)
            times = _measure(lambda: take_snapshot(store, NOTICE, Roster(units), ZONE, _day(360)))  # noqa: B023
            store.close()
        print(f"{students:>9} {rows:>9} " + " ".join(f"{seconds:>10.2f}s" for seconds in times.values()))
    print(f"wanted at 100000: {TARGET_SECONDS}")


def _measure(load_snapshot: Callable[[], Snapshot]) -> dict[str, float]:
    judgements: dict[str, Callable[[Judgements], object]] = {
        "status": lambda judgements: judgements.status,
        "gaps": lambda judgements: judgements.gaps,
        "cases": lambda judgements: judgements.cases,
        "crosscheck": lambda judgements: judgements.findings,
        "suspected": lambda judgements: judgements.suspected,
    }
    times = {}
    for name, judge in judgements.items():
        snapshot = load_snapshot()  # each pays for what it loads
        started = time.perf_counter()
        judge(Judgements(snapshot))
        times[name] = time.perf_counter() - started
    return times


def _units(schools: int) -> tuple[Unit, ...]:
    towns = [Unit(name=f"第{n}镇", kind="township", stage=None, township=None) for n in range(33)]
    return (
        *towns,
        *(
            Unit(name=f"第{n}小学", kind="school", stage="小学", township=towns[n % 33].name)
            for n in range(schools)
        ),
    )


def fill_county(store: Store, students: int) -> tuple[Unit, ...]:
    """A county of so many students written into a store, with twelve months of changes; its units."""
    units = _units(max(150, students // 700))
    _fill(store, units, students)
    return units


def _fill(store: Store, units: tuple[Unit, ...], students: int) -> int:
    """A roll each at first; then month by month some rolls anew, and children who drop out."""
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
    store.record_arrivals(
        [Arrival(message_id=key, received_at=_day(day), mailbox="m", uidvalidity=1, uid=int(key[:8], 16))],
        None,
    )
    store.record_messages(
        NOTICE.id, [MessageDraft(message_id=key, sender="", sender_name="", subject="", files=(sent,))]
    )


def _day(number: int) -> datetime:
    return datetime(2023, 9, 20, 10, tzinfo=ZONE) + timedelta(days=number)


if __name__ == "__main__":
    main()
