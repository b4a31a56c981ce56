"""Finds contradictions between current submissions (docs/judging.md, Findings), one function per check.

A finding is a question that shows both sides; none lowers the count of open cases.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise

from rapidfuzz.distance import OSA

from ledger.cases.episodes import Episode, visits_of_episode
from ledger.cases.responsible_unit import RowsByOwner
from ledger.cases.statements import Says
from ledger.cases.visits import is_return, merged_visits, visits_only_counted
from ledger.children.columns.child_columns import number_of
from ledger.children.linked_children import Enrolment, PossibleMatch, Student, Students
from ledger.children.student_keys import case_id, child_key, group_by_student
from ledger.crosscheck.making_findings import make_finding
from ledger.lists.households import is_priority
from ledger.lists.roll_attendance import is_in_school
from ledger.lists.roll_words import OutByRoll
from ledger.results import CaseState, Finding
from ledger.snapshot import Snapshot
from ledger.state_words import CASE_STATE_WORDS
from ledger.submissions.obligations import Triggers
from store.stored_values import StoredRecord

_CROWD = 60  # more children of one name and year cannot be distinguished by a slip
_SHOWN = 3


@dataclass(frozen=True, kw_only=True)
class CheckInput:
    """The input of every check in this module."""

    snapshot: Snapshot
    students: Students
    episodes: Mapping[str, Episode]
    """By student key, the latest time out of school by the responsible unit's reports."""
    withdrawn: Collection[str]
    """Keys of students whose case is closed and that no unit reports as out any more."""
    enrolment: Enrolment
    out_by_roll: Sequence[OutByRoll]
    own_rows: RowsByOwner
    absent_rows: Sequence[StoredRecord]
    possible_matches: Sequence[PossibleMatch]
    triggers: Triggers

    def enrolled(self, number: str | None) -> list[StoredRecord]:
        """Returns the roll rows that show a child with this identity number in school."""
        rolls = self.snapshot.rolls
        rows = rolls.rows.at(rolls.places_of(number) if number is not None else ())
        return [row for row in rows if is_in_school(self.snapshot.notice, row)]


def find_contradictions(given: CheckInput) -> Iterator[Finding]:
    """Yields the findings of each check in this module."""
    for check in _CHECKS:
        yield from check(given)


def _enrolment(given: CheckInput) -> Iterator[Finding]:
    """Yields ``enrolled-twice`` and ``in-and-out``."""
    for rows in map(given.enrolled, given.snapshot.rolls.repeated):
        units = {row.unit for row in rows}
        forms = {row.form for row in rows}
        outside = {form for form in forms if given.snapshot.notice.form(form).region == "outside"}
        if outside and forms - outside:
            yield make_finding(
                "in-and-out",
                rows,
                f"同一学生既在县外({_units_of_forms(rows, outside)})又在县内"
                f"({_units_of_forms(rows, forms - outside)})就读:请两家核对",
            )
        elif len(units) > 1:
            yield make_finding(
                "enrolled-twice", rows, f"{_units(rows)}都报了这名学生在读:请核对实际在哪里就读"
            )


def _out_but_enrolled(given: CheckInput) -> Iterator[Finding]:
    """Yields ``out-but-enrolled``: a register says that a child is out, a roll shows it in school."""
    for student in given.students.all:
        episode = given.episodes[student.key]
        if episode.returned is not None or student.key in given.withdrawn:
            continue
        matches = [given.enrolment.sure.get(part.person.key) for part in student.parts]
        matched = [
            row
            for match in matches
            if match is not None
            for row in match.rows
            if is_in_school(given.snapshot.notice, row)
        ]
        for row, since in _out_rows(given.snapshot, episode):
            by_number = given.enrolled(number_of(row))
            rolls = {roll.record_id: roll for roll in (*by_number, *matched)}.values()
            # A unit's earlier roll is no contradiction: it need not send another one for a child that left (五(二)3).
            others = [
                roll for roll in rolls if roll.unit != row.unit or given.snapshot.told_on(roll) >= since
            ]
            if others:
                yield make_finding(
                    "out-but-enrolled",
                    [row, *others],
                    f"{row.unit}报{row.values['status']},{_units(others)}报在读:请核对",
                )


def _out_rows(snapshot: Snapshot, episode: Episode) -> list[tuple[StoredRecord, date]]:
    """Returns each unit's and form's newest row with 失学 or 辍学 in this episode, with the first day out of school."""
    out = snapshot.notice.persuasion.statuses
    newest: dict[tuple[str, str], tuple[StoredRecord, date]] = {}
    for one in episode.gone:
        if one.says is Says.OUT and one.row is not None and one.row.values.get("status") in out:
            newest[one.row.unit, one.row.form] = (one.row, one.began or one.told_on)
    return list(newest.values())


def _absent(given: CheckInput) -> Iterator[Finding]:
    """Yields ``gone-silent`` for children that no unit reports any more, until an officer accounts for them."""
    for row in given.absent_rows:
        finding = make_finding(
            "gone-silent", [row], f"上次在{row.unit}{row.form}(第{row.row}行),这次谁都没报:请问{row.unit}去向"
        )
        yield replace(finding, child=case_id(child_key(row)))


def _names(given: CheckInput) -> Iterator[Finding]:
    """Yields ``same-id-other-name``."""
    for child_rows in _stated_by_number(given.snapshot):
        names = {str(row.values.get("name")) for row in child_rows if row.values.get("name")}
        if len(names) > 1:
            yield make_finding(
                "same-id-other-name",
                child_rows,
                f"同一身份证号有{len(names)}个姓名({'、'.join(sorted(names)[:_SHOWN])}):请核对",
            )


def _slips(given: CheckInput) -> Iterator[Finding]:
    """Yields ``maybe-same`` for children on two rolls whose numbers differ by one slip."""
    rolls = given.snapshot.rolls
    by_name_and_year: dict[tuple[str | None, str], list[int]] = defaultdict(list)
    columns = zip(rolls.names, rolls.written_numbers, rolls.numbers, strict=True)
    names = {name for name, written, number in columns if name and written and number is None}
    for row_index, (name, written) in enumerate(zip(rolls.names, rolls.written_numbers, strict=True)):
        if written and name in names:
            by_name_and_year[name, str(rolls.births[row_index])[:4]].append(row_index)
    for group in by_name_and_year.values():
        if len(group) > _CROWD:
            continue
        by_number = {str(row.values["id_number"]): row for row in rolls.rows.at(group)}
        numbers = sorted(by_number)
        for index, one in enumerate(numbers):
            for other in numbers[index + 1 :]:
                # Two sound numbers that differ are two children, so one of them must be unsound.
                if OSA.distance(one, other, score_cutoff=1) <= 1 and not (
                    number_of(by_number[one]) and number_of(by_number[other])
                ):
                    yield make_finding(
                        "maybe-same",
                        [by_number[one], by_number[other]],
                        "姓名、出生年相同,身份证号只差一位:可能是同一人,请核对",
                    )


def _possible_matches(given: CheckInput) -> Iterator[Finding]:
    """Yields ``maybe-same`` where an open case or a 疑似 entry depends on the answer."""
    for possible_match in given.possible_matches:
        ids = tuple(sorted(possible_match.ids))
        finding = make_finding("maybe-same", possible_match.rows, possible_match.message, *ids)
        yield replace(finding, pair=ids)


def _relapses(given: CheckInput) -> Iterator[Finding]:
    """Yields ``relapse`` for a child that is out again after a return."""
    for student in given.students.all:
        episode = given.episodes[student.key]
        gone = [one.row for one in episode.gone if one.says is not Says.LEAVE and one.row is not None]
        out_again = gone[-1] if gone else None
        if episode.before is None or out_again is None:
            continue
        rows = [row for row in (episode.before.row, out_again) if row is not None]
        status = out_again.values.get("status") or CASE_STATE_WORDS[CaseState.OPEN]
        yield make_finding("relapse", rows, f"曾返校,又{status}({out_again.unit}):请重点劝返")


def _visit_counts(given: CheckInput) -> Iterator[Finding]:
    """Yields ``visits-disagree`` and ``visits-undated``: 劝返次数 compared with the listed visits."""
    for student in given.students.all:
        episode = given.episodes[student.key]
        merged = len(merged_visits(given.snapshot.notice, student.rows, given.snapshot.today))
        visits = visits_of_episode(given.snapshot, student.rows, episode)
        for row in _newest_rows(student):
            made, listed = row.values.get("visits_made"), row.values.get("visits")
            if not isinstance(made, int):
                continue
            # In a form with one visit per row this is the ordinal of that visit, not a total.
            is_number_of_visit = given.snapshot.notice.form(row.form).role == "visits" and 0 < made <= merged
            # A register has room for three visits and gives a total; a persuasion form lists the others.
            lists_all = isinstance(listed, list) and made in (len(listed), merged)
            if isinstance(listed, list) and not lists_all and not is_number_of_visit:
                yield make_finding("visits-disagree", [row], f"填劝返{made}次,列出{len(listed)}次:请核对")
            elif not listed and not is_number_of_visit and 0 < merged < made and episode.returned is None:
                yield make_finding(
                    "visits-disagree", [row], f"填劝返{made}次,各表一共列出{merged}次:请核对,缺的请补填日期"
                )
            is_dated = any(visit.date is not None for visit in visits)
            if visits_only_counted(row) and not is_dated and episode.returned is None:
                yield make_finding("visits-undated", [row], f"填劝返{made}次,没有日期:请补填每次劝返的日期")


def _newest_rows(student: Student) -> list[StoredRecord]:
    """Returns the rows of each unit's and form's last submission that contains the child."""
    latest: dict[tuple[str, str], datetime] = {}
    for row in student.rows:
        latest[row.unit, row.form] = max(latest.get((row.unit, row.form), row.received_at), row.received_at)
    return [row for row in student.rows if row.received_at == latest[row.unit, row.form]]


def _visits(given: CheckInput) -> Iterator[Finding]:
    """Yields ``visit-gap``, ``visits-alike`` and ``persuasion-form-missing`` for the latest episode."""
    notice = given.snapshot.notice
    interval = timedelta(days=notice.persuasion.interval_days)
    stated: dict[tuple[str, str], list[StoredRecord]] = defaultdict(list)
    days: dict[tuple[str, date], list[StoredRecord]] = defaultdict(list)
    for student in given.students.all:
        episode, last = given.episodes[student.key], student.rows[-1]
        visits = [
            visit
            for visit in visits_of_episode(given.snapshot, student.rows, episode)
            if visit.date is not None
        ]
        dates = [visit.date for visit in visits if visit.date is not None]
        if any(later - earlier > interval for earlier, later in pairwise(dates)):
            yield make_finding(
                "visit-gap", [last], f"两次劝返相隔超过{interval.days}天:请按每{interval.days}天一次劝返"
            )
        stated_days = [one.began for one in episode.stated if one.row is not None and one.began is not None]
        began = stated_days[-1] if stated_days else None
        if began is not None and any(day < began for day in dates):
            yield make_finding(
                "visits-alike", [last], f"有劝返早于{began}的{notice.persuasion.unstated}时间:请核对"
            )
        for visit in visits:
            if visit.content and len(visit.content) >= 8:
                stated[last.unit, re.sub(r"[0-9\s年月日.\-/]", "", visit.content)].append(last)
            if visit.date is not None:
                days[last.unit, visit.date].append(last)
    for (unit, _), rows in stated.items():
        if len({str(row.values.get("name")) for row in rows}) > 1:
            yield make_finding("visits-alike", rows, f"{unit}给{len(rows)}名学生写的劝返情况一字不差:请核实")
    for (unit, day), rows in days.items():
        if len({str(row.values.get("name")) for row in rows}) >= notice.persuasion.many_a_day:
            yield make_finding("visits-alike", rows, f"{unit}在{day}一天劝返{len(rows)}名学生:请核实")
    for obligation, students in given.triggers.items():
        unit, form = obligation.unit, obligation.form
        rows_of = dict(group_by_student(given.own_rows[form].get(unit, ())))
        for key, trigger in students.items():
            if trigger.is_uncovered and key in rows_of:
                yield make_finding(
                    "persuasion-form-missing",
                    [rows_of[key][-1]],
                    f"已报{'、'.join(notice.persuasion.statuses)},{form}里没有这名学生:请{unit}补报",
                    asks_for=obligation,
                )


def _remarks(given: CheckInput) -> Iterator[Finding]:
    """Yields ``remark-says-otherwise``: a zero report contradicted by the unit's own roll."""
    snapshot = given.snapshot
    newest = [snapshot.current_versions[facts[-1].key] for facts in snapshot.latest_versions.values()]
    nil = {facts[-1].unit for facts in newest if facts[-1].nil and not any(f.records for f in facts)}
    for one in given.out_by_roll:
        if one.row.unit in nil and not (one.moved and one.elsewhere):
            yield make_finding(
                "remark-says-otherwise",
                [one.row],
                f"{one.row.unit}报零报告,但{one.row.form}第{one.row.row}行写着“{one.words}”:请核对",
            )


def _children(given: CheckInput) -> Iterator[Finding]:
    """Yields ``priority-household`` and ``not-placed`` (R22)."""
    notice = given.snapshot.notice
    severe = re.compile("|".join(notice.rolls.severe_disability) or "(?!)")
    for row in _current_cases(given.students):
        values = row.values
        out = values.get("status") in notice.persuasion.statuses and not is_return(
            given.snapshot.notice, values.get("outcome")
        )
        category = values.get("household_category")
        if out and isinstance(category, str) and is_priority(notice, category):
            yield make_finding(
                "priority-household", [row], f"{category}家庭的孩子{values['status']}:请优先劝返"
            )
        disability = values.get("disability")
        if (
            out
            and isinstance(disability, str)
            and severe.search(disability)
            and not values.get("attendance_mode")
        ):
            placements = "、".join(sorted(notice.meant("attendance_mode", "placed", "supported")))
            yield make_finding("not-placed", [row], f"{disability},尚未安置({placements}):请落实")


def _current_cases(students: Students) -> list[StoredRecord]:
    """Returns the newest row with a status about each child, by unit and form."""
    result: dict[tuple[str, str, str], StoredRecord] = {}
    for student in students.all:
        for row in student.rows:
            if row.values.get("status"):
                result[student.key, row.unit, row.form] = row
    return list(result.values())


def _stated_by_number(snapshot: Snapshot) -> list[list[StoredRecord]]:
    """Returns the rows of each number that occurs in several rows of rolls and registers, earlier registers included."""
    rolls = snapshot.rolls
    registers = (row for form in snapshot.case_forms for row in snapshot.latest_rows(form.key))
    stated = {row.record_id: row for row in (*registers, *snapshot.case_rows)}
    others: dict[str, list[StoredRecord]] = defaultdict(list)
    for row in stated.values():
        if (number := number_of(row)) is not None:
            others[number].append(row)
    on_rolls = {
        number: indexes for number in (*rolls.repeated, *others) if (indexes := rolls.places_of(number))
    }
    of_rolls = (
        [*rolls.rows.at(indexes), *others.pop(number, ())]
        for number, indexes in sorted(on_rolls.items(), key=lambda item: item[1][0])
    )
    return [rows for rows in (*of_rolls, *others.values()) if len(rows) > 1]


def _units(rows: Iterable[StoredRecord]) -> str:
    return "、".join(dict.fromkeys(row.unit for row in rows))


def _units_of_forms(rows: Iterable[StoredRecord], forms: Collection[str]) -> str:
    return _units(row for row in rows if row.form in forms)


_CHECKS = (
    _enrolment,
    _out_but_enrolled,
    _absent,
    _names,
    _slips,
    _possible_matches,
    _relapses,
    _visit_counts,
    _visits,
    _remarks,
    _children,
)
