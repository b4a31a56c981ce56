"""The architecture (``ARCHITECTURE.md``) as a test: rooms, floors, folders and names, read from the imports themselves."""

import ast
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path, PurePosixPath

import grimp
import pytest

ROOT = Path(__file__).parents[2]
FLOORS = ("kongchuo", "ingest : notify", "ledger", "parsers : store", "config")
"""Highest first, in grimp's notation: a room imports only from floors below it, and ``:`` keeps two rooms apart."""
ROOMS = frozenset(room for floor in FLOORS for room in floor.split(" : "))
BESIDE = frozenset({"bench", "tests"})
"""Folders with code that is no part of the program."""
MOST_IN_A_FOLDER = 12
GROWING = "store/migrations/versions"
"""A folder that gets a file with each change of the schema, and loses none."""
DEEPEST_LEDGER = 8
MOST_LINES_OF_A_MODULE = 460
DATABASE = "sqlalchemy"


@cache
def modules() -> tuple[PurePosixPath, ...]:
    """Every Python file of the checkout that git knows or would take, but for packages' ``__init__``."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    return tuple(
        path for path in map(PurePosixPath, listed) if path.stem != "__init__" and (ROOT / path).exists()
    )


@cache
def imports() -> grimp.ImportGraph:
    first, *others = sorted(ROOMS)
    return grimp.build_graph(first, *others, cache_dir=None)


def of_the_program() -> list[PurePosixPath]:
    return [path for path in modules() if path.parts[0] in ROOMS]


def imported_by(members: Iterable[str]) -> dict[str, set[str]]:
    """For each module, those of ``members`` that it imports."""
    chosen = set(members)
    return {module: imports().find_modules_directly_imported_by(module) & chosen for module in chosen}


def test_every_folder_with_code_is_a_room_or_stands_beside():
    assert {path.parts[0] for path in modules()} <= ROOMS | BESIDE


def test_no_arrow_points_upward():
    layers = [grimp.Layer(*floor.split(" : "), independent=True) for floor in FLOORS]
    broken = imports().find_illegal_dependencies_for_layers(layers)
    assert [(found.importer, found.imported) for found in broken] == []


def test_no_circle_between_modules():
    TopologicalSorter(imported_by(imports().modules)).prepare()  # raises CycleError with the circle


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_no_circle_between_the_folders_of_a_room(room: str):
    def block(module: str) -> str:
        return ".".join(module.split(".")[:2])

    arrows = defaultdict[str, set[str]](set)
    for module, targets in imported_by(imports().find_descendants(room)).items():
        arrows[block(module)].update(block(t) for t in targets if block(t) != block(module))
    TopologicalSorter(arrows).prepare()


def test_the_ledger_is_at_most_eight_floors_deep():
    arrows = imported_by(imports().find_descendants("ledger"))
    floors = dict[str, int]()
    for module in TopologicalSorter(arrows).static_order():
        floors[module] = 1 + max((floors[below] for below in arrows[module]), default=0)
    too_high = sorted(module for module, floor in floors.items() if floor > DEEPEST_LEDGER)
    assert too_high == []


def test_the_ledger_judges_values_and_holds_no_store():
    """Judgement takes values, and functions that read rows: nothing that it imports knows the database."""
    first, *others = sorted(ROOMS)
    graph = grimp.build_graph(first, *others, cache_dir=None, include_external_packages=True)
    assert graph.find_shortest_chain("store.store", DATABASE) is not None
    chains = (graph.find_shortest_chain(module, DATABASE) for module in graph.find_descendants("ledger"))
    assert [" -> ".join(chain) for chain in chains if chain is not None] == []


def test_a_dozen_files_at_most_lie_flat_in_a_folder():
    flat = Counter(str(path.parent) for path in modules() if str(path.parent) != GROWING)
    assert {folder: count for folder, count in flat.items() if count > MOST_IN_A_FOLDER} == {}


def test_a_module_has_at_most_460_lines_beside_its_tables():
    """Past that it holds two things, or steps of a way that are modules of their own; a table is data, and may be long."""
    lengths = {str(path): _count_lines(path) for path in of_the_program() if not path.is_relative_to(GROWING)}
    assert {path: lines for path, lines in lengths.items() if lines > MOST_LINES_OF_A_MODULE} == {}


def _count_lines(path: PurePosixPath) -> int:
    """Counts the lines of a module without those of tables: tuples, lists, sets and dicts that have a name of their own."""
    text = (ROOT / path).read_text("utf-8")
    named = (node for node in ast.parse(text).body if isinstance(node, ast.Assign | ast.AnnAssign))
    tables = (node for node in named if isinstance(node.value, ast.Tuple | ast.List | ast.Set | ast.Dict))
    return len(text.splitlines()) - sum((node.end_lineno or node.lineno) - node.lineno + 1 for node in tables)


def test_no_two_modules_share_a_name():
    stems = Counter(path.stem for path in of_the_program())
    assert sorted(stem for stem, count in stems.items() if count > 1) == []


def test_unit_tests_mirror_the_tree():
    known = {path.with_name(f"test_{path.name}") for path in of_the_program()}
    unit = [path.relative_to("tests/unit") for path in modules() if path.is_relative_to("tests/unit")]
    assert [str(path) for path in unit if len(path.parts) > 1 and path not in known] == []


@pytest.mark.parametrize("path", of_the_program(), ids=str)
def test_the_first_line_of_a_module_says_what_it_holds(path: PurePosixPath):
    said = ast.get_docstring(ast.parse((ROOT / path).read_text("utf-8")))
    assert said
    assert said.splitlines()[0].endswith(".")


def test_no_test_imports_from_another_test():
    """What two tests share is built in ``tests/builders``."""
    importing = [path for path in modules() if path.parts[0] in BESIDE]
    assert [f"{path} imports {name}" for path in importing for name in _tests_imported_by(path)] == []


def _tests_imported_by(path: PurePosixPath) -> Iterable[str]:
    for node in ast.walk(ast.parse((ROOT / path).read_text("utf-8"))):
        names = list[str]()
        if isinstance(node, ast.Import):
            names = [each.name for each in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{each.name}" for each in node.names)]
        yield from (name for name in names if name.startswith("tests.") and _is_a_test(name))


def _is_a_test(module: str) -> bool:
    last = module.rpartition(".")[2]
    path = ROOT / f"{module.replace('.', '/')}.py"
    return (last.startswith("test_") or last == "conftest") and path.exists()


MOST_LINES, MOST_PARAMETERS = 60, 7


def test_a_function_has_at_most_sixty_lines_and_seven_parameters():
    assert list(_functions_over_the_limits()) == []


def _functions_over_the_limits() -> Iterable[str]:
    """Yields ``path:function`` of each that is too long or takes too much; migrations are lists of tables.

    The parameters of a command are its options (``kongchuo/commands``), which a person gives one by one.
    """
    for path in of_the_program():
        if path.is_relative_to(GROWING):
            continue
        is_command = path.is_relative_to("kongchuo/commands")
        for node in ast.walk(ast.parse((ROOT / path).read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                too_many = _count_parameters(node) > MOST_PARAMETERS and not is_command
                if lines > MOST_LINES or too_many:
                    yield f"{path}:{node.name}"


def _count_parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Counts the parameters of a function, without ``self`` and ``cls``."""
    given = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return len([argument for argument in given if argument.arg not in ("self", "cls")])
