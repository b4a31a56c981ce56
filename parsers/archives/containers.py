"""Unpacks containers other than zip (7z, rar, tar, gz, winmail.dat, .msg) in a process of its own.

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

TIMEOUT_SECONDS = 20
MAX_TOTAL_BYTES = 200_000_000
MAX_MEMBERS = 2_000
_MEMORY_BYTES = 1 << 30
_EXIT_LOCKED, _EXIT_NO_TOOL, _EXIT_TOO_LARGE, _EXIT_BROKEN, _NO_LIBRARY = 4, 5, 6, 7, 8
_STARTED = b"started\n"
"""First on the standard output: what goes wrong before it is no fault of the archive."""

Members = Iterator[tuple[str, bytes]]


class ContainerError(Exception):
    """It could not be opened; ``code`` is one of ``encrypted``, ``unsupported``, ``archive-bomb``, ``unreadable``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def convert_to_zip(data: bytes) -> bytes:
    """The same members as a zip.

    Raises:
        ContainerError: why not.
        WorkerError: the process did not start, or its library is not installed.
    """
    try:
        completed = subprocess.run(
            [sys.executable, "-P", "-m", __name__],
            input=data,
            capture_output=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        if not (error.output or b"").startswith(_STARTED):
            raise WorkerError(f"{TIMEOUT_SECONDS} s") from error
        raise ContainerError("archive-bomb") from error
    except OSError as error:
        raise WorkerError(error.strerror or type(error).__name__) from error
    if completed.returncode == _NO_LIBRARY or not completed.stdout.startswith(_STARTED):
        lines = completed.stderr.decode("utf-8", "replace").splitlines()
        raise WorkerError(lines[-1] if lines else f"{completed.returncode}")
    if completed.returncode == 0:
        return completed.stdout.removeprefix(_STARTED)
    codes = {
        _EXIT_LOCKED: "encrypted",
        _EXIT_NO_TOOL: "unsupported",
        _EXIT_TOO_LARGE: "archive-bomb",
        -24: "archive-bomb",
        -9: "archive-bomb",
    }
    raise ContainerError(codes.get(completed.returncode, "unreadable"))


class _ExitWithCode(Exception):
    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def _main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES + (1 << 29), _MEMORY_BYTES + (1 << 29)))
    resource.setrlimit(resource.RLIMIT_CPU, (TIMEOUT_SECONDS, TIMEOUT_SECONDS))
    sys.stdout.buffer.write(_STARTED)
    sys.stdout.buffer.flush()
    data = sys.stdin.buffer.read()
    decompress = _choose_opener(data)
    if decompress in _LIBRARIES:
        try:
            importlib.import_module(_LIBRARIES[decompress])
        except ImportError as error:
            print(repr(error), file=sys.stderr)
            return _NO_LIBRARY
    out = io.BytesIO()
    total = 0
    try:
        with zipfile.ZipFile(out, "w") as archive:
            for number, (name, member) in enumerate(decompress(data)):
                total += len(member)
                if total > MAX_TOTAL_BYTES or number >= MAX_MEMBERS:
                    return _EXIT_TOO_LARGE
                archive.writestr(name or f"未命名{number + 1}.bin", member)
    except _ExitWithCode as error:
        return error.code
    except MemoryError:
        return _EXIT_TOO_LARGE
    except Exception as error:  # noqa: BLE001  hostile bytes, many libraries: the exit code is the whole answer
        print(repr(error), file=sys.stderr)
        return _EXIT_BROKEN
    sys.stdout.buffer.write(out.getvalue())
    return 0


def _choose_opener(data: bytes) -> Callable[[bytes], Members]:
    if data.startswith(b"7z\xbc\xaf\x27\x1c"):
        return _open_seven_zip
    if data.startswith(b"Rar!"):
        return _open_rar
    if data.startswith(b"\x78\x9f\x3e\x22"):
        return _open_tnef
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return _open_msg
    return _open_tar_or_single


def _open_seven_zip(data: bytes) -> Members:
    import py7zr

    try:
        with py7zr.SevenZipFile(io.BytesIO(data)) as archive, tempfile.TemporaryDirectory() as folder:
            if archive.needs_password():
                raise _ExitWithCode(_EXIT_LOCKED)
            if sum(info.uncompressed for info in archive.list()) > MAX_TOTAL_BYTES:
                raise _ExitWithCode(_EXIT_TOO_LARGE)
            archive.extractall(folder)
            yield from _files_below(Path(folder))
    except py7zr.PasswordRequired as error:
        raise _ExitWithCode(_EXIT_LOCKED) from error


def _open_rar(data: bytes) -> Members:
    import rarfile

    with tempfile.NamedTemporaryFile(suffix=".rar") as file:
        file.write(data)
        file.flush()
        try:
            with rarfile.RarFile(file.name) as archive:
                if archive.needs_password():
                    raise _ExitWithCode(_EXIT_LOCKED)
                for info in archive.infolist():
                    if info.is_dir():
                        continue
                    if info.file_size > MAX_TOTAL_BYTES:
                        raise _ExitWithCode(_EXIT_TOO_LARGE)
                    yield info.filename, archive.read(info)
        except rarfile.RarCannotExec as error:
            raise _ExitWithCode(_EXIT_NO_TOOL) from error


def _open_tar_or_single(data: bytes) -> Members:
    decompressors: tuple[Callable[[IO[bytes]], object] | None, ...] = (gzip.open, bz2.open, lzma.open, None)
    for decompress in decompressors:
        try:
            plain = _read_limited(cast(IO[bytes], decompress(io.BytesIO(data)))) if decompress else data
        except (OSError, EOFError, lzma.LZMAError):
            continue
        try:
            with tarfile.open(fileobj=io.BytesIO(plain)) as archive:
                for info in archive:
                    member = archive.extractfile(info) if info.isfile() else None
                    if member is not None:
                        yield _decode_member_name(info.name), _read_limited(member)
                return
        except tarfile.TarError:
            if decompress:
                yield "内容", plain
                return
    raise _ExitWithCode(_EXIT_BROKEN)


def _open_tnef(data: bytes) -> Members:
    from tnefparse import TNEF

    for attachment in TNEF(data, do_checksum=False).attachments:
        yield str(attachment.long_filename() or attachment.name or ""), bytes(attachment.data)


def _open_msg(data: bytes) -> Members:
    from oxmsg import Message

    message = Message.load(io.BytesIO(data))
    for attachment in message.attachments:
        if attachment.file_bytes is not None:
            yield attachment.file_name or "", attachment.file_bytes


_LIBRARIES: dict[Callable[[bytes], Members], str] = {
    _open_seven_zip: "py7zr",
    _open_rar: "rarfile",
    _open_tnef: "tnefparse",
    _open_msg: "oxmsg",
}


def _files_below(folder: Path) -> Members:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield str(path.relative_to(folder)), path.read_bytes()


def _read_limited(stream: IO[bytes]) -> bytes:
    data = stream.read(MAX_TOTAL_BYTES + 1)
    if len(data) > MAX_TOTAL_BYTES:
        raise _ExitWithCode(_EXIT_TOO_LARGE)
    return data


def _decode_member_name(name: str) -> str:
    """Tar keeps names as bytes: UTF-8, or GBK from old Windows packers."""
    raw = name.encode("utf-8", "surrogateescape")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")


if __name__ == "__main__":
    sys.exit(_main())
