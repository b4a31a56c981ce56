"""Containers other than zip: 7z, rar, tar, gz, winmail.dat, Outlook's .msg; opened by a process of its own.

The process (``python -m parsers.archives.containers``) takes the bytes on its standard input and answers with a plain
zip on its standard output, under limits of memory, time and size; what it cannot do it says by its exit code.
"""

import bz2
import gzip
import importlib
import io
import lzma
import resource
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, cast

from config.errors import WorkerError

SECONDS = 20
MOST_BYTES = 200_000_000
MOST_MEMBERS = 2_000
_MEMORY = 1 << 30
_LOCKED, _NO_TOOL, _TOO_MUCH, _BROKEN, _NO_LIBRARY = 4, 5, 6, 7, 8
_STARTED = b"started\n"
"""First on the standard output: what goes wrong before it is no fault of the archive."""

Members = Iterator[tuple[str, bytes]]


class ContainerError(Exception):
    """It could not be opened; ``code`` is one of ``encrypted``, ``unsupported``, ``archive-bomb``, ``unreadable``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def as_zip(data: bytes) -> bytes:
    """The same members as a zip.

    Raises:
        ContainerError: why not.
        WorkerError: the process did not start, or its library is not installed.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", __name__],
            input=data,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        if not (error.output or b"").startswith(_STARTED):
            raise WorkerError(f"{SECONDS} s") from error
        raise ContainerError("archive-bomb") from error
    except OSError as error:
        raise WorkerError(error.strerror or type(error).__name__) from error
    if done.returncode == _NO_LIBRARY or not done.stdout.startswith(_STARTED):
        lines = done.stderr.decode("utf-8", "replace").splitlines()
        raise WorkerError(lines[-1] if lines else f"{done.returncode}")
    if done.returncode == 0:
        return done.stdout.removeprefix(_STARTED)
    codes = {
        _LOCKED: "encrypted",
        _NO_TOOL: "unsupported",
        _TOO_MUCH: "archive-bomb",
        -24: "archive-bomb",
        -9: "archive-bomb",
    }
    raise ContainerError(codes.get(done.returncode, "unreadable"))


class _Leave(Exception):
    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def _main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY + (1 << 29), _MEMORY + (1 << 29)))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    sys.stdout.buffer.write(_STARTED)
    sys.stdout.buffer.flush()
    data = sys.stdin.buffer.read()
    opened = _opener(data)
    if opened in _LIBRARIES:
        try:
            importlib.import_module(_LIBRARIES[opened])
        except ImportError as error:
            print(repr(error), file=sys.stderr)
            return _NO_LIBRARY
    out = io.BytesIO()
    total = 0
    try:
        with zipfile.ZipFile(out, "w") as archive:
            for number, (name, member) in enumerate(opened(data)):
                total += len(member)
                if total > MOST_BYTES or number >= MOST_MEMBERS:
                    return _TOO_MUCH
                archive.writestr(name or f"未命名{number + 1}.bin", member)
    except _Leave as leaving:
        return leaving.code
    except MemoryError:
        return _TOO_MUCH
    except Exception as error:  # noqa: BLE001  hostile bytes, many libraries: the exit code is the whole answer
        print(repr(error), file=sys.stderr)
        return _BROKEN
    sys.stdout.buffer.write(out.getvalue())
    return 0


def _opener(data: bytes) -> Callable[[bytes], Members]:
    if data.startswith(b"7z\xbc\xaf\x27\x1c"):
        return _seven_zip
    if data.startswith(b"Rar!"):
        return _rar
    if data.startswith(b"\x78\x9f\x3e\x22"):
        return _tnef
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return _msg
    return _tar_or_single


def _seven_zip(data: bytes) -> Members:
    import py7zr

    try:
        with py7zr.SevenZipFile(io.BytesIO(data)) as archive, tempfile.TemporaryDirectory() as folder:
            if archive.needs_password():
                raise _Leave(_LOCKED)
            if sum(info.uncompressed for info in archive.list()) > MOST_BYTES:
                raise _Leave(_TOO_MUCH)
            archive.extractall(folder)
            yield from _files_below(Path(folder))
    except py7zr.PasswordRequired as error:
        raise _Leave(_LOCKED) from error


def _rar(data: bytes) -> Members:
    import rarfile

    with tempfile.NamedTemporaryFile(suffix=".rar") as file:
        file.write(data)
        file.flush()
        try:
            with rarfile.RarFile(file.name) as archive:
                if archive.needs_password():
                    raise _Leave(_LOCKED)
                for info in archive.infolist():
                    if info.is_dir():
                        continue
                    if info.file_size > MOST_BYTES:
                        raise _Leave(_TOO_MUCH)
                    yield info.filename, archive.read(info)
        except rarfile.RarCannotExec as error:
            raise _Leave(_NO_TOOL) from error


def _tar_or_single(data: bytes) -> Members:
    openers: tuple[Callable[[IO[bytes]], object] | None, ...] = (gzip.open, bz2.open, lzma.open, None)
    for opened in openers:
        try:
            plain = _limited(cast(IO[bytes], opened(io.BytesIO(data)))) if opened else data
        except (OSError, EOFError, lzma.LZMAError):
            continue
        try:
            with tarfile.open(fileobj=io.BytesIO(plain)) as archive:
                for info in archive:
                    member = archive.extractfile(info) if info.isfile() else None
                    if member is not None:
                        yield _decoded(info.name), _limited(member)
                return
        except tarfile.TarError:
            if opened:
                yield "内容", plain
                return
    raise _Leave(_BROKEN)


def _tnef(data: bytes) -> Members:
    from tnefparse import TNEF

    for attachment in TNEF(data, do_checksum=False).attachments:
        yield str(attachment.long_filename() or attachment.name or ""), bytes(attachment.data)


def _msg(data: bytes) -> Members:
    from oxmsg import Message

    message = Message.load(io.BytesIO(data))
    for attachment in message.attachments:
        if attachment.file_bytes is not None:
            yield attachment.file_name or "", attachment.file_bytes


_LIBRARIES: dict[Callable[[bytes], Members], str] = {
    _seven_zip: "py7zr",
    _rar: "rarfile",
    _tnef: "tnefparse",
    _msg: "oxmsg",
}


def _files_below(folder: Path) -> Members:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield str(path.relative_to(folder)), path.read_bytes()


def _limited(stream: IO[bytes]) -> bytes:
    data = stream.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise _Leave(_TOO_MUCH)
    return data


def _decoded(name: str) -> str:
    """Tar keeps names as bytes: UTF-8, or GBK from old Windows packers."""
    raw = name.encode("utf-8", "surrogateescape")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")


if __name__ == "__main__":
    sys.exit(_main())
