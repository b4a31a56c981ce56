"""What other users of the machine see of a running command from a wide shell: no file, no secret, no child, no core dump."""

import os
import resource
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from kongchuo.demo.county import make_county
from tests.builders.offices.installed_office import AS_OF, InstalledOffice, write_mails, write_office

PASSPHRASE, MAILBOX_PASSWORD = "correct horse battery", "sixteenletters01"
_NOTE_ARGUMENTS = """
import os, sys
def note(event, arguments, file={file!r}):
    if event in ("subprocess.Popen", "os.exec", "os.posix_spawn", "os.system"):
        written = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(written, (repr(arguments[:2]) + chr(10)).encode("utf-8", "backslashreplace"))
        os.close(written)
sys.addaudithook(note)
"""
"""Python imports this as it starts: a process that ends sooner than anybody looks is noted all the same."""


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A short folder, as the sockets of the reading processes lie in it."""
    with tempfile.TemporaryDirectory(prefix="t-") as folder:
        monkeypatch.setenv("TMPDIR", folder)
        yield Path(folder)


@dataclass(frozen=True)
class Seen:
    """A process as /proc shows it: its arguments and its limits of a core dump, soft and hard."""

    pid: int
    arguments: str
    core: list[str]


@dataclass(frozen=True)
class WideShell:
    """A sealed office whose commands are given in a shell with umask 022."""

    office: InstalledOffice
    out: Path
    temporary: Path
    secrets: frozenset[str]
    started: Path
    """The arguments of every process that a command of Python started, a line each."""
    names: set[str] = field(default_factory=set)

    def watch(self, *arguments: str) -> list[Seen]:
        """Runs a command, which must not fail, and looks at its files and processes all the while."""
        process = self.office.start(*arguments)
        seen: list[Seen] = []
        found: set[str] = set()
        while process.poll() is None:
            found |= wide(self.office.folder, self.out, self.temporary)
            self.names.update(
                path.name for folder in (self.office.folder, self.temporary) for path in folder.rglob("*")
            )
            seen += look_at(process.pid)
            time.sleep(0.01)
        out, err = process.communicate(timeout=120)
        assert process.returncode in (0, 1), f"{arguments}: exit {process.returncode}\n{out}{err}"
        assert found | wide(self.office.folder, self.out, self.temporary) == set()
        assert [one for one in seen if any(secret in one.arguments for secret in self.secrets)] == []
        assert [line for line in self.noted() if any(secret in line for secret in self.secrets)] == []
        return seen

    def noted(self) -> list[str]:
        return self.started.read_text("utf-8").splitlines() if self.started.exists() else []


@pytest.fixture
def shell(tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WideShell]:
    county = make_county(11, schools=6, mails=60, rows=400)
    mails = write_mails(tmp_path / "mail", county.mails)
    office = write_office(tmp_path / "office", county, f'maildir = "{mails}"')
    (tmp_path / "out").mkdir()
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("KONGCHUO_BACKUP_PASSWORD", PASSPHRASE)
    monkeypatch.setenv("KONGCHUO_MAILBOX_PASSWORD", MAILBOX_PASSWORD)
    monkeypatch.setenv("KONGCHUO_CONFIG", str(office.folder))
    done = subprocess.run(
        [sys.executable, "-P", "-m", "kongchuo", "key", "new"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    recovery = next(line for line in done.stdout.splitlines() if "恢复码" in line).split("\uff1a")[1].strip()
    monkeypatch.setenv("KONGCHUO_STORE_KEY", recovery)
    numbers = set(county.truth.cases)
    assert numbers
    (tmp_path / "hook").mkdir()
    started = tmp_path / "hook" / "started"
    (tmp_path / "hook" / "sitecustomize.py").write_text(_NOTE_ARGUMENTS.format(file=str(started)), "utf-8")
    monkeypatch.setenv(
        "PYTHONPATH", os.pathsep.join([str(tmp_path / "hook"), os.environ.get("PYTHONPATH", "")])
    )
    before = os.umask(0o022)
    secrets = frozenset({PASSPHRASE, recovery, MAILBOX_PASSWORD, *numbers})
    yield WideShell(office, tmp_path / "out", temporary, secrets, started)
    os.umask(before)


def wide(*folders: Path) -> set[str]:
    """Returns what below these folders another user may enter, read or write."""
    found = set()
    for folder in folders:
        for path in folder.rglob("*"):
            try:
                mode = path.lstat().st_mode
            except FileNotFoundError:  # gone since it was listed
                continue
            if not stat.S_ISLNK(mode) and stat.S_IMODE(mode) & 0o077:
                found.add(f"{path} {stat.S_IMODE(mode):o}")
    return found


def descendants(root: int) -> list[Path]:
    """Returns the folders in /proc of a process and of all that it started."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        children.setdefault(parent, []).append(int(folder.name))
    found, left = [], [root]
    while left:
        pid = left.pop()
        found.append(Path(f"/proc/{pid}"))
        left += children.get(pid, [])
    return found


def look_at(root: int) -> list[Seen]:
    """Returns what anybody sees of a process and of all that it started."""
    seen = []
    for folder in descendants(root):
        try:
            arguments = (folder / "cmdline").read_text("utf-8", "replace")
            limits = (folder / "limits").read_text("utf-8")
        except (FileNotFoundError, ProcessLookupError):
            continue
        cores = [line.split()[4:6] for line in limits.splitlines() if line.startswith("Max core file size")]
        if cores:
            seen.append(Seen(int(folder.name), arguments, cores[0]))
    return seen


def test_a_shell_with_umask_022_makes_wide_files(shell: WideShell) -> None:
    (shell.out / "list.csv").write_text("x", "utf-8")

    assert wide(shell.out) == {f"{shell.out / 'list.csv'} 644"}


def test_a_process_that_a_command_starts_is_noted(shell: WideShell) -> None:
    program = "import subprocess; subprocess.run(['true', 'correct horse battery'])"
    subprocess.run([sys.executable, "-P", "-c", program], check=True)

    [line] = shell.noted()
    assert PASSPHRASE in line


def test_no_command_shows_a_file_a_secret_or_a_number_to_other_users(shell: WideShell) -> None:
    assert resource.getrlimit(resource.RLIMIT_CORE)[1] != 0, (
        "where no process may write a core dump, none can be seen to forbid it"
    )
    seen = shell.watch("poll")
    main = [one for one in seen if "forkserver" not in one.arguments]
    readers = [one for one in seen if "forkserver" in one.arguments]
    assert readers
    assert {tuple(one.core) for one in readers} == {("0", "0")}
    assert main[-1].core == ["0", "0"]
    assert {name[-4:] for name in shell.names if name.endswith(("-wal", "-shm"))} == {"-wal", "-shm"}
    assert any(name.startswith("kongchuo-") for name in shell.names)

    out = shell.out
    shell.watch("digest", "--as-of", AS_OF, "--out", str(out / "digest"))
    shell.watch("export", "--as-of", AS_OF, "--out", str(out / "export"))
    shell.watch("forms", "--as-of", AS_OF, "--why", "核对", "--out", str(out / "forms"))
    shell.watch("ledgers", "--as-of", AS_OF, "--out", str(out / "ledgers"))
    shell.watch("backup", str(out / "backup.zip"))
    shell.watch("purge", "--why", "过了保存期")
    assert {path.name for path in out.iterdir()} == {"digest", "export", "forms", "ledgers", "backup.zip"}
