"""The program is killed, or its calls fail, at chosen points, and lives through a history: a part of ``make trials``."""

from collections.abc import Iterator

import pytest

from bench.trials.crash_trials import Expected, attempt, expected_of
from bench.trials.fault_points import Blow, Plan
from bench.trials.history import play
from bench.trials.scenes import Scene, Workshop, scenes, workshop

# Scene, the call that is struck (its last occurrence), and how.
POINTS = (
    ("extend", "write", Blow.KILL_WITHIN, False),
    ("extend", "do_commit", Blow.KILL_BEFORE, False),
    ("backup", "write", Blow.FAIL_FROM, True),
    ("backup", "os.replace", Blow.KILL_BEFORE, False),
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    with workshop(tmp_path_factory.mktemp("trials")) as shop:
        yield shop


@pytest.fixture(scope="module")
def undisturbed(shop: Workshop) -> dict[str, tuple[Scene, Expected]]:
    names = {name for name, _, _, _ in POINTS}
    return {scene.name: (scene, expected_of(shop, scene)) for scene in scenes(shop) if scene.name in names}


@pytest.mark.parametrize(("name", "call", "blow", "full"), POINTS)
def test_nothing_is_lost_doubled_or_sent_twice(
    shop: Workshop,
    undisturbed: dict[str, tuple[Scene, Expected]],
    name: str,
    call: str,
    blow: Blow,
    full: bool,
) -> None:
    scene, expected = undisturbed[name]
    places = [number for number, each in enumerate(expected.calls, start=1) if each.startswith(call)]

    assert list(map(str, attempt(shop, scene, Plan(places[-1], blow, full), expected))) == []


def test_a_history_ends_as_the_plain_model_says(shop: Workshop) -> None:
    assert list(play(shop, seed=3, steps=15)) == []
