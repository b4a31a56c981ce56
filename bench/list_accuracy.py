"""``python -m bench.list_accuracy [counties]``: are rolls and the differences with the platform exact, and how long do ledgers take?

For each seeded county the platform's numbers and its list of children are made of the truth, with known
faults put in; every fault must be found and nothing else. Then the four ledgers are written for growing rolls.
"""

import json
import sys
import tempfile
from collections import Counter
from contextlib import redirect_stdout
from datetime import timedelta
from io import StringIO
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

from bench.judging_speed import NOTICE, ZONE, fill_county
from config.text.output_mask import OutputMask
from config.units.roster import Roster
from kongchuo.cli import app
from kongchuo.demo.county import AS_OF, County, make_county
from ledger.assessment import Judgements, assess
from ledger.lists.rolls import build_care_lists, map_rows_to_cases
from ledger.take_snapshot import take_snapshot
from notify.reports.register_workbooks import RegisterSources, build_register_workbooks
from store import Store
from tests.builders.offices.installed_office import write_mails, write_office

_SIZES = (20_000, 60_000)
_ROLLS = ("附件1", "附件2")


def main() -> None:
    counties = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    units = children = wrong_rolls = wrong_numbers = wrong_children = 0
    for seed in range(counties):
        county = make_county(seed, schools=26, mails=150, rows=2_500)
        with tempfile.TemporaryDirectory() as folder:
            office_folder = Path(folder)
            write_office(
                office_folder, county, f'maildir = "{write_mails(office_folder / "mail", county.mails)}"'
            )
            _run_command(office_folder, "poll")
            wrong_rolls += _rolls_wrong(office_folder, county)
            checked, wrong = _numbers_wrong(office_folder, county, Random(seed))
            units, wrong_numbers = units + checked, wrong_numbers + wrong
            checked, wrong = _children_wrong(office_folder, county, Random(seed))
            children, wrong_children = children + checked, wrong_children + wrong
    print(f"counties {counties}: rolls with a wrong count {wrong_rolls}")
    print(f"numbers of the platform {units}, differences missed or invented {wrong_numbers}")
    print(f"children of the platform {children}, differences missed or invented {wrong_children}")
    for size in _SIZES:
        rows, judging, writing = _export(size)
        print(f"ledgers of {rows} rows: judged in {judging:.1f} s, written in {writing:.1f} s")


def _run_command(office_folder: Path, *arguments: str) -> Any:
    out = StringIO()
    with redirect_stdout(out):
        app(
            [*arguments, "--config", str(office_folder / "kongchuo.toml"), *_as_of_option(arguments)],
            standalone_mode=False,
        )
    return json.loads(out.getvalue()) if "--json" in arguments else None


def _as_of_option(arguments: tuple[str, ...]) -> tuple[str, ...]:
    return () if arguments[0] == "poll" else ("--as-of", AS_OF.isoformat())


def _rolls_wrong(office_folder: Path, county: County) -> int:
    answered = {
        (line["unit"], line["form"]): line["total"]
        for line in _run_command(office_folder, "roll", "--json")["units"]
    }
    expected = Counter((row.unit, row.form) for row in county.truth.records if row.form in _ROLLS)
    return sum(answered.get(filing) != expected.get(filing) for filing in answered.keys() | expected.keys())


def _numbers_wrong(office_folder: Path, county: County, random: Random) -> tuple[int, int]:
    expected = Counter(row.unit for row in county.truth.records if row.form in _ROLLS)
    offsets = {unit: random.choice((-2, -1, 1, 5)) for unit in random.sample(sorted(expected), 10)}
    lines = ["单位,在读", *(f"{unit},{count + offsets.get(unit, 0)}" for unit, count in expected.items())]
    (office_folder / "数字.csv").write_text("\n".join(lines), "utf-8")
    _run_command(office_folder, "platform", "load", str(office_folder / "数字.csv"), "--month", "2023-09")
    answer = _run_command(office_folder, "platform", "diff", "--month", "2023-09", "--json")["units"]
    answered = {one["unit"]: -one["difference"] for one in answer if one["difference"]}
    return len(expected), sum(
        answered.get(unit) != offsets.get(unit) for unit in answered.keys() | offsets.keys()
    )


def _children_wrong(office_folder: Path, county: County, random: Random) -> tuple[int, int]:
    """Loads a platform list with known faults; returns the number of its children, and of differences reported wrongly or not at all.

    The faults are children left out, numbers with a slip, and children that no unit reports.
    """
    out = {
        str(row.values["id_number"]): str(row.values["name"])
        for row in county.truth.records
        if row.form in ("附件3", "附件4") and row.values["status"] in NOTICE.persuasion.statuses
        if county.truth.cases.get(str(row.values["id_number"])) == "open"
    }
    chosen = random.sample(sorted(out), 6)
    left_out, slipped = chosen[:3], chosen[3:]
    listed = [(name, number) for number, name in out.items() if number not in chosen]
    listed += [(out[number], number[:-1] + ("1" if number[-1] != "1" else "2")) for number in slipped]
    listed += [(f"某{n}", f"50999920120304{n}23X") for n in "12"]
    lines = ["姓名,身份证号", *(f"{name},{number}" for name, number in listed)]
    (office_folder / "名单.csv").write_text("\n".join(lines), "utf-8")
    _run_command(office_folder, "platform", "load", str(office_folder / "名单.csv"), "--month", "2023-09")
    answer = _run_command(office_folder, "platform", "diff", "--month", "2023-09", "--json")["children"]
    answered = Counter((one["name"], one["only_in"]) for one in answer)
    expected = Counter([(out[number], "ours") for number in left_out])
    expected.update([(out[number], "both") for number in slipped])
    expected.update([(f"某{n}", "platform") for n in "12"])
    return len(listed), ((answered - expected) + (expected - answered)).total()


def _export(size: int) -> tuple[int, float, float]:
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(f"sqlite:///{folder}/k.db", Path(folder) / "archive")
        units = fill_county(store, size)
        snapshot = take_snapshot(store.recorded(), NOTICE, Roster(units), ZONE, AS_OF + timedelta(days=360))
        begun = perf_counter()
        assessment = assess(snapshot)
        judgements = Judgements(snapshot)
        sources = RegisterSources(
            assessment=assessment,
            rolls=snapshot.rolls.rows,
            care_lists=build_care_lists(snapshot),
            case_by_roll_record=map_rows_to_cases(judgements.students, judgements.enrolment),
            notice=NOTICE,
            roster=snapshot.roster,
            office="县教委",
            mask=OutputMask(),
        )
        judging = perf_counter() - begun
        begun = perf_counter()
        build_register_workbooks(sources)
        writing = perf_counter() - begun
        store.close()
    return len(sources.rolls), judging, writing


if __name__ == "__main__":
    main()
