"""The installed program: what the wheel holds, that it runs, and that no folder's modules get into it."""

import json
import re
import sys
import tomllib
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.builders.files.clerk_files import dropout_row, register4, roll2, xls, xlsx
from tests.builders.files.outlook_files import compound_file
from tests.builders.files.packed_files import seven_zip
from tests.builders.offices.office_folder import an_office
from tests.integration.program.installed_wheel import (
    BASE,
    ROOT,
    Installed,
    build,
    install,
    members,
    module_names,
    required,
    top_level,
    unpacked,
)

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
ROOMS = set(PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
VERSION = PROJECT["project"]["version"]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    build(ROOT, folder, "wheel", "sdist")
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    return built / f"kongchuo-{VERSION}-py3-none-any.whl"


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return install(wheel, tmp_path_factory.mktemp("installed") / "environment")


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """An office whose one mail starts every child process: an archive that is not a zip, and old workbooks."""
    config = an_office(tmp_path / "office")
    table = register4(dropout_row())
    held = {"附件4.xls": xls(table), "附件2.xlsx": xlsx(roll2())}
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "xituo@example.org", "office@example.org", "西沱镇附件4"
    mail["Received"] = "from a by b; Sun, 24 Sep 2023 10:03:00 +0800"
    mail.set_content("见附件")
    packed = seven_zip(list(held.items()))
    mail.add_attachment(packed, maintype="application", subtype="x-7z-compressed", filename="附件.7z")
    (config.parent / "mail" / "1.eml").write_bytes(mail.as_bytes())
    return config.parent


def poisoned(folder: Path, names: set[str]) -> Path:
    """Write modules of these names into a folder; importing one leaves a file there."""
    for name in names:
        (folder / f"{name}.py").write_text(
            f"open({str(folder / f'{name}.imported')!r}, 'w').close()\nraise ImportError({name!r})\n", "utf-8"
        )
    return folder


def imported(folder: Path) -> set[str]:
    return {file.stem for file in folder.glob("*.imported")}


def imported_by_python_for_any_module(installed: Installed, folder: Path) -> set[str]:
    """What ``python -m`` imports, from the working folder too, before a module can do anything about it."""
    (folder / "bare.py").write_text("import sys; print(*sys.modules)", "utf-8")
    done = installed.run(installed.python, "-m", "bare", folder=folder)
    return {name.split(".")[0] for name in done.stdout.split()}


def test_the_sdist_builds_the_same_wheel(built: Path, wheel: Path, tmp_path: Path) -> None:
    source = unpacked(built / f"kongchuo-{VERSION}.tar.gz", tmp_path / "source")

    build(source, tmp_path, "wheel")

    assert members(tmp_path / wheel.name) == members(wheel)


def test_the_wheel_holds_every_file_of_every_room(wheel: Path) -> None:
    expected = {
        str(file.relative_to(ROOT))
        for room in ROOMS
        for file in (ROOT / room).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }

    held = {name for name in members(wheel) if ".dist-info/" not in name}

    assert held == expected
    for suffix in (".toml", ".csv", ".html.j2", ".txt.j2", ".mako"):
        assert any(name.endswith(suffix) for name in held), suffix
    assert any(re.fullmatch(r"store/migrations/(\w+/)?\w+\.py", name) for name in held)


def test_no_top_level_name_of_the_wheel_is_also_a_dependency_s_or_python_s(wheel: Path) -> None:
    ours = module_names({name.split("/")[0] for name in members(wheel)})
    theirs = {
        name: found.metadata["Name"]
        for found in required("kongchuo")
        for name in module_names(top_level(found))
    }

    assert ours == ROOMS
    assert {"typer", "PIL", "rarfile", "psycopg"} <= theirs.keys()  # packages, modules, extras are all seen
    assert ours & theirs.keys() == set()
    assert ours & sys.stdlib_module_names == set()


def test_every_room_is_read_from_the_environment_and_the_version_is_told(
    installed: Installed, tmp_path: Path
) -> None:
    files = "\n".join(f"import {room}; print({room}.__file__)" for room in sorted(ROOMS))

    where = installed.run(installed.python, "-c", files, folder=tmp_path)
    version = installed.run(installed.program, "--version", folder=tmp_path)

    assert where.returncode == 0, where.stderr
    assert len(where.stdout.splitlines()) == len(ROOMS)
    assert all(Path(line).is_relative_to(installed.folder) for line in where.stdout.splitlines())
    assert (version.stdout, version.stderr) == (f"kongchuo {VERSION}\n", "")


def test_the_demo_runs_from_another_folder(installed: Installed, tmp_path: Path) -> None:
    done = installed.run(installed.program, "demo", "made", "--schools", "1", folder=tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
    made = tmp_path / "made"
    assert (made / "kongchuo.db").is_file()
    assert {file.suffix for file in (made / "digest").iterdir()} >= {".eml", ".html", ".xlsx"}


@pytest.mark.parametrize(
    "command",
    [("bin/kongchuo",), ("bin/python", "-m", "kongchuo"), ("bin/python", "-E", "-m", "kongchuo")],
    ids=["kongchuo", "-m kongchuo", "-E -m kongchuo"],
)
def test_modules_in_the_working_folder_are_never_imported(
    installed: Installed, office: Path, tmp_path: Path, command: tuple[str, ...]
) -> None:
    theirs = {name for found in required("kongchuo") for name in module_names(top_level(found))}
    names = ROOMS | theirs | set(sys.stdlib_module_names)
    if "-m" in command:
        names -= {"kongchuo"} | imported_by_python_for_any_module(installed, tmp_path)
    folder = tmp_path / "working"
    folder.mkdir()
    assert {"config", "store", "grp", "json", "struct"} <= names
    poisoned(folder, {name for name in names if name.isidentifier()})

    done = installed.run(
        installed.folder / command[0], *command[1:], "poll", "--json", "--config", office, folder=folder
    )

    assert imported(folder) == set()
    assert '"files":2' in re.sub(r"\s", "", done.stdout), done.stderr
    assert done.returncode in (0, 1)


def test_a_search_path_that_names_the_working_folder_is_not_followed(
    installed: Installed, office: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "working"
    folder.mkdir()
    poisoned(folder, (ROOMS - {"kongchuo"}) | {"grp", "json", "struct", "typer", "py7zr"})

    done = installed.run(
        installed.program, "poll", "--json", "--config", office, folder=folder, PYTHONPATH=":.:elsewhere"
    )

    assert imported(folder) == set()
    assert '"files":2' in re.sub(r"\s", "", done.stdout), done.stderr
    assert done.returncode in (0, 1)


def test_an_archive_that_our_installation_cannot_open_is_not_the_sender_s_fault(
    installed: Installed, office: Path, tmp_path: Path
) -> None:
    library = tmp_path / "library"
    library.mkdir()
    poisoned(library, {"py7zr"})
    command = (installed.program, "poll", "--json", "--config", office)

    failed = installed.run(*command, folder=tmp_path, PYTHONPATH=str(library))
    known = installed.run(installed.program, "files", "--json", "--config", office, folder=tmp_path)
    mended = installed.run(*command, folder=tmp_path)

    assert imported(library) == {"py7zr"}
    assert (failed.returncode, failed.stdout) == (3, "")
    assert "不是来件的问题" in failed.stderr
    assert "附件" not in known.stdout
    assert '"files":2' in re.sub(r"\s", "", mended.stdout), mended.stderr


@pytest.fixture(scope="module")
def base(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return install(wheel, tmp_path_factory.mktemp("base") / "environment", BASE)


def test_a_base_installation_starts_and_says_what_the_demo_misses(base: Installed, tmp_path: Path) -> None:
    helped = base.run(base.program, "--help", folder=tmp_path)
    demo = base.run(base.program, "demo", "made", folder=tmp_path)

    assert (helped.returncode, helped.stderr) == (0, "")
    assert demo.returncode == 2
    assert demo.stderr.count("\n") == 1
    assert "kongchuo[demo]" in demo.stderr
    assert not (tmp_path / "made").exists()


def test_a_base_installation_reads_mail_and_names_what_each_file_misses(
    base: Installed, installed: Installed, office: Path, tmp_path: Path
) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "xituo@example.org", "office@example.org", "附件3"
    mail["Received"] = "from a by b; Sun, 24 Sep 2023 10:04:00 +0800"
    mail.set_content("见附件")
    document = compound_file({"WordDocument": b"\xec\xa5" + bytes(2000)})
    mail.add_attachment(document, maintype="application", subtype="msword", filename="附件3.doc")
    (office / "mail" / "2.eml").write_bytes(mail.as_bytes())
    command = ("poll", "--json", "--config", office)

    polled = base.run(base.program, *command, folder=tmp_path, PATH=str(tmp_path))
    files = base.run(base.program, "files", "--json", "--config", office, folder=tmp_path)
    reasons = {file["path"][-1]: file["reason"] for file in json.loads(files.stdout)}

    assert polled.returncode == 1, polled.stderr
    assert "kongchuo[archives]" in reasons["附件.7z"]
    assert "kongchuo[doc]" in reasons["附件3.doc"]
    again = installed.run(installed.program, "rerun", "--json", "--config", office, folder=tmp_path)
    assert json.loads(again.stdout)["files"] == 3, again.stderr


def test_every_python_that_is_started_leaves_the_working_folder_out() -> None:
    without = re.compile(r'(?:run|Popen)\(\s*\[\s*sys\.executable,(?!\s*"-P")')
    files = [file for name in (*sorted(ROOMS), "bench", "tests") for file in (ROOT / name).rglob("*.py")]

    assert [str(file) for file in files if without.search(file.read_text("utf-8"))] == []
