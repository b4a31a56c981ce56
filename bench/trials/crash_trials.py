"""Kills a command, or makes it fail, at one call after another, and compares the office with an undisturbed one."""

import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.trials.command_server import Ended
from bench.trials.fault_points import FAILURES, KILLS, Plan
from bench.trials.outcomes import Outcome, outcome_of
from bench.trials.scenes import Scene, Workshop
from tests.builders.offices.installed_office import InstalledOffice

_DOCUMENTED = (0, 1, 2, 3)
_CHINESE = re.compile("[\u4e00-\u9fff]")
_ADVICE = re.compile(r"kongchuo (rebuild|restore)")
_ADVISES_EMPTY_DATABASE = "\u65b0\u5efa\u4e00\u4e2a\u7a7a\u7684\u6570\u636e\u5e93"
BLOWS = (*KILLS, *FAILURES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A fault that a trial found."""

    scene: str
    plan: Plan
    call: str
    what: str

    def __str__(self) -> str:
        return f"{self.scene} @{self.plan.at} {self.call} {self.plan.blow}{' full' if self.plan.full else ''}: {self.what}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """The state of an undisturbed office at the end."""

    outcome: Outcome
    received: Counter[tuple[str, str]]
    calls: tuple[str, ...]


def expected_of(shop: Workshop, scene: Scene) -> Expected:
    """Runs a scene undisturbed and returns its result."""
    shop.sink.messages.clear()
    office = shop.copy(scene.template)
    ended = shop.must(office, *_filled(scene.arguments, office))
    for arguments in scene.again:
        assert not list(_run_as_told(shop, office, _filled(arguments, office)))
    result = Expected(outcome=outcome_of(office), received=shop.received(), calls=ended.calls)
    assert not result.outcome.faults, f"{scene.name}: {result.outcome.faults}"
    assert all(message_id != "None" for message_id, _ in result.received), f"{scene.name}: an empty mail"
    shop.remove(office)
    return result


def choose_plans(calls: int, count: int, chance: random.Random) -> list[Plan]:
    """Returns plans spread over all calls of a scene and all kinds of disturbance."""
    every = [
        Plan(at, blow, full)
        for at in range(1, calls + 1)
        for blow in BLOWS
        for full in (False, True)
        if not full or blow in FAILURES
    ]
    return sorted(chance.sample(every, min(count, len(every))), key=lambda plan: (plan.at, plan.blow))


def attempt(shop: Workshop, scene: Scene, plan: Plan, expected: Expected) -> Iterator[Finding]:
    """Disturbs one call, runs the next steps undisturbed, and yields what is wrong."""
    shop.sink.messages.clear()
    office = shop.copy(scene.template)
    struck = shop.run(office, _filled(scene.arguments, office), plan)
    call = struck.calls[plan.at - 1] if len(struck.calls) >= plan.at else "-"

    def finding(what: str) -> Finding:
        return Finding(scene=scene.name, plan=plan, call=call, what=what)

    if plan.blow in FAILURES:
        yield from map(finding, _untold(struck))
    for arguments in scene.again:
        for what in _run_as_told(shop, office, _filled(arguments, office)):
            yield finding(what)
    yield from map(finding, _differences(expected, outcome_of(office, expected.outcome), shop.received()))
    if scene.arguments[0] in {arguments[0] for arguments in scene.again}:
        yield from map(finding, _left_behind(office))
    shop.remove(office)


def _filled(arguments: tuple[str, ...], office: InstalledOffice) -> tuple[str, ...]:
    return tuple(argument.replace("{folder}", str(office.folder)) for argument in arguments)


def _untold(ended: Ended) -> Iterator[str]:
    """Yields why a failed command did not end as documented: with an exit status, and a sentence unless all went well."""
    if ended.code not in _DOCUMENTED:
        yield f"exit status {ended.code}: {ended.err[-300:]}"
    if "Traceback" in ended.err or "\u7a0b\u5e8f\u51fa\u9519" in ended.err:
        yield f"no sentence of its own: {ended.err[-300:]}"
    if ended.code in (2, 3) and not _CHINESE.search(ended.err):
        yield f"no sentence: {ended.err[-300:]}"


def advice_in(ended: Ended) -> str | None:
    """Returns the command that the user is told to run first, ``rebuild`` or ``restore``, or None."""
    advice = _ADVICE.search(ended.err)
    return advice[1] if advice else None


def _run_as_told(shop: Workshop, office: InstalledOffice, arguments: tuple[str, ...]) -> Iterator[str]:
    """Runs a command; if it advises another one, runs that first, as a user would."""
    ended = shop.run(office, arguments)
    if ended.code == 2 and _ADVISES_EMPTY_DATABASE in ended.err:
        shop.databases.make_empty(office.folder)
        ended = shop.run(
            office, tuple(word for word in arguments if word != "--yes" or "restore" in arguments)
        )
    if ended.code in (2, 3) and (advice := advice_in(ended)):
        renamed = () if shop.databases.url_of(office.folder) else ("--yes",)  # a server's is not renamed
        told = (
            ("rebuild", *renamed)
            if advice == "rebuild"
            else ("restore", f"{office.folder}/backup.zip", "--yes")
        )
        healed = shop.run(office, told)
        if healed.code not in (0, 1):
            yield f"{told[0]}, as advised, exit {healed.code}: {healed.err[-300:]}"
        if arguments[0] == told[0]:
            return
        ended = shop.run(office, arguments)
    there_already = arguments[0] == "backup" and Path(arguments[1]).exists()
    if ended.code not in (0, 1) and not there_already:
        yield f"{arguments[0]} afterwards, exit {ended.code}: {ended.err[-300:]}"


def _differences(expected: Expected, outcome: Outcome, received: Counter[tuple[str, str]]) -> Iterator[str]:
    for question, answer in expected.outcome.answers.items():
        if outcome.answers[question] != answer:
            yield f"another answer: {question}"
    if outcome.decisions.keys() != expected.outcome.decisions.keys():
        yield f"decisions: {outcome.decisions.keys() ^ expected.outcome.decisions.keys()}"
    if doubled := outcome.decisions - expected.outcome.decisions:
        yield f"doubled: {sorted(doubled)}"
    if outcome.faults:
        yield f"verify: {'; '.join(outcome.faults)[:300]}"
    for mail, times in received.items():
        if times > max(expected.received[mail], 1) or (not expected.received[mail]):
            yield f"sent twice: {mail}"
    uncertain = sum(state == "uncertain" for state in outcome.mails.values())
    if outcome.mails.keys() != expected.outcome.mails.keys():
        yield f"outbox: {sorted(outcome.mails.keys() ^ expected.outcome.mails.keys())}"
    if len(expected.received - received) > uncertain:
        yield f"not sent: {expected.received - received}"


def _left_behind(office: InstalledOffice) -> Iterator[str]:
    """Yields files left by an interrupted command that the next one did not remove."""
    for path in office.folder.rglob("*"):
        if path.suffix in (".part", ".restoring") or path.name.startswith(".kongchuo-"):
            yield f"left behind: {path.name}"
