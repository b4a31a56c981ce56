"""Unpacks containers other than plain zip (7z, rar, tar, gz, winmail.dat, .msg, any encrypted file) in a process of its own.

The process (``python -m parsers.archives.containers``) reads passwords and bytes from its standard input and writes
a plain zip to its standard output, under limits of memory, time and size. Its exit code says why it failed.
"""

import bz2
import gzip
import importlib
import io
import json
import lzma
import struct
import subprocess
import sys
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from config.errors import WorkerError
from config.installation.extras import Extra, is_installed
from config.installation.operating_system import exceeded_limit, lower_limits
from config.text.os_reasons import reason_of
from parsers.archives.member_names import decode_rar_name, decode_tar_name, decode_zip_name
from parsers.formats.sniff import sniff
from parsers.records import FileKind

if TYPE_CHECKING:
    import rarfile

TIMEOUT_SECONDS = 5  # of a processor, below what a reading process has for a mail
_WALL_SECONDS = (
    30  # on a busy machine an archive is not to blame for others; whoever waits has a limit of its own
)
MAX_TOTAL_BYTES = 100_000_000
MAX_MEMBERS = 2_000
_MEMORY_BYTES = 1 << 30
_EXIT_LOCKED, _EXIT_NO_TOOL, _EXIT_TOO_LARGE, _EXIT_BROKEN, _NO_LIBRARY, _EXIT_NOT_INSTALLED = (
    4,
    5,
    6,
    7,
    8,
    9,
)
NOT_INSTALLED = "not-installed"
"""The code for a kind of archive whose library is an extra that is not installed."""
_STARTED = b"started\n"
"""The first bytes on the standard output; a failure before them is not caused by the archive."""

Members = Iterator[tuple[str, bytes]]


class ContainerError(Exception):
    """The container could not be opened; ``code`` is the key of a problem code, or :data:`NOT_INSTALLED`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def convert_to_zip(data: bytes, passwords: Sequence[str] = ()) -> bytes:
    """Returns the members as a zip; for an encrypted document, the decrypted document as its only member.

    Args:
        passwords: tried on an encrypted container. They are sent through the pipe, since a process list shows arguments.

    Raises:
        ContainerError: the container cannot be opened; its code gives the reason.
        WorkerError: the process did not start, or its library cannot be loaded.
    """
    try:
        completed = subprocess.run(
            [sys.executable, "-P", "-m", __name__],
            input=_pack_input(data, passwords),
            capture_output=True,
            timeout=_WALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        if not (error.output or b"").startswith(_STARTED):
            raise WorkerError(f"{_WALL_SECONDS} s") from error
        raise ContainerError("archive-bomb") from error
    except OSError as error:
        raise WorkerError(reason_of(error)) from error
    if completed.returncode == _NO_LIBRARY or not completed.stdout.startswith(_STARTED):
        lines = completed.stderr.decode("utf-8", "replace").splitlines()
        raise WorkerError(lines[-1] if lines else f"{completed.returncode}")
    if completed.returncode == 0:
        return completed.stdout.removeprefix(_STARTED)
    codes = {
        _EXIT_LOCKED: "encrypted",
        _EXIT_NO_TOOL: "unsupported",
        _EXIT_TOO_LARGE: "archive-bomb",
        _EXIT_NOT_INSTALLED: NOT_INSTALLED,
    }
    if exceeded_limit(completed.returncode):
        raise ContainerError("archive-bomb")
    raise ContainerError(codes.get(completed.returncode, "unreadable"))


def _pack_input(data: bytes, passwords: Sequence[str]) -> bytes:
    header = json.dumps(list(passwords)).encode()
    return struct.pack(">I", len(header)) + header + data


def _read_input(stream: IO[bytes]) -> tuple[tuple[str, ...], bytes]:
    (size,) = struct.unpack(">I", stream.read(4))
    return tuple(json.loads(stream.read(size))), stream.read()


class _ExitWithCode(Exception):
    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def _main() -> int:
    lower_limits(memory_bytes=_MEMORY_BYTES + (1 << 29), processor_seconds=TIMEOUT_SECONDS)
    sys.stdout.buffer.write(_STARTED)
    sys.stdout.buffer.flush()
    passwords, data = _read_input(sys.stdin.buffer)
    decompress = _choose_opener(data)
    if decompress is _open_seven_zip and not is_installed(Extra.ARCHIVES):
        return _EXIT_NOT_INSTALLED
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
            for number, (name, member) in enumerate(decompress(data, passwords)):
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


Opener = Callable[[bytes, Sequence[str]], Members]
"""A function from a container's bytes and the passwords to try to its members."""


def _choose_opener(data: bytes) -> Opener:
    if data.startswith(b"7z\xbc\xaf\x27\x1c"):
        return _open_seven_zip
    if data.startswith(b"Rar!"):
        return _open_rar
    kind = sniff(data)
    openers: dict[FileKind, Opener] = {
        FileKind.TNEF: _open_tnef,
        FileKind.MSG: _open_msg,
        FileKind.ENCRYPTED: _open_locked_document,
        FileKind.ZIP: _open_locked_zip,
    }
    return openers.get(kind, _open_tar_or_single)


def _open_seven_zip(data: bytes, passwords: Sequence[str]) -> Members:
    import py7zr

    for password in (None, *passwords):
        try:
            with (
                py7zr.SevenZipFile(io.BytesIO(data), password=password) as archive,
                tempfile.TemporaryDirectory() as folder,
            ):
                if archive.needs_password() and password is None:
                    continue
                if sum(info.uncompressed for info in archive.list()) > MAX_TOTAL_BYTES:
                    raise _ExitWithCode(_EXIT_TOO_LARGE)
                archive.extractall(folder)
                yield from _files_below(Path(folder))
                return
        except py7zr.PasswordRequired:
            continue
        except (py7zr.exceptions.ArchiveError, lzma.LZMAError, zlib.error, EOFError, ValueError, IndexError):
            if password is None:
                raise  # broken; behind a password it is the password that is wrong
    raise _ExitWithCode(_EXIT_LOCKED)


def _open_rar(data: bytes, passwords: Sequence[str]) -> Members:
    import rarfile

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "archive.rar"
        file.write_bytes(data)
        for password in (None, *passwords):
            try:
                with rarfile.RarFile(file) as archive:
                    if archive.needs_password() and password is None:
                        continue
                    archive.setpassword(password)
                    yield from [
                        (
                            decode_rar_name(info.filename, info.orig_filename, info.flags),
                            _read_rar_member(archive, info),
                        )
                        for info in archive.infolist()
                        if not info.is_dir()
                    ]
                    return
            except rarfile.RarCannotExec as error:
                raise _ExitWithCode(_EXIT_NO_TOOL) from error
            except rarfile.Error:
                if password is None:
                    raise
    raise _ExitWithCode(_EXIT_LOCKED)


def _read_rar_member(archive: "rarfile.RarFile", info: "rarfile.RarInfo") -> bytes:
    if info.file_size > MAX_TOTAL_BYTES:
        raise _ExitWithCode(_EXIT_TOO_LARGE)
    return bytes(archive.read(info))


def _open_locked_zip(data: bytes, passwords: Sequence[str]) -> Members:
    import pyzipper

    for password in passwords:
        try:
            with pyzipper.AESZipFile(io.BytesIO(data)) as archive:
                archive.setpassword(password.encode())
                yield from [
                    (decode_zip_name(info)[0], _read_limited(archive.open(info)))
                    for info in archive.infolist()
                    if not info.filename.endswith("/")
                ]
                return
        except (RuntimeError, zipfile.BadZipFile, pyzipper.BadZipFile, zlib.error, EOFError):
            continue  # pyzipper's ways to say that it is another password
    raise _ExitWithCode(_EXIT_LOCKED)


def _open_locked_document(data: bytes, passwords: Sequence[str]) -> Members:
    """Yields an encrypted workbook or Word document, decrypted, as its only member."""
    import msoffcrypto
    from msoffcrypto.exceptions import DecryptionError, InvalidKeyError

    for password in passwords:
        unlocked = io.BytesIO()
        try:
            document = msoffcrypto.OfficeFile(io.BytesIO(data))
            document.load_key(password=password)
            document.decrypt(unlocked)
        except (DecryptionError, InvalidKeyError):
            continue
        yield "内容", unlocked.getvalue()
        return
    raise _ExitWithCode(_EXIT_LOCKED)


def _open_tar_or_single(data: bytes, _passwords: Sequence[str]) -> Members:
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
                        yield decode_tar_name(info.name), _read_limited(member)
                return
        except tarfile.TarError:
            if decompress:
                yield "内容", plain
                return
    raise _ExitWithCode(_EXIT_BROKEN)


def _open_tnef(data: bytes, _passwords: Sequence[str]) -> Members:
    from parsers.archives.outlook import open_tnef

    return open_tnef(data)


def _open_msg(data: bytes, _passwords: Sequence[str]) -> Members:
    from parsers.archives.outlook import open_msg

    return open_msg(data)


_LIBRARIES: dict[Opener, str] = {
    _open_seven_zip: "py7zr",
    _open_rar: "rarfile",
    _open_tnef: "tnefparse",
    _open_msg: "olefile",
    _open_locked_zip: "pyzipper",
    _open_locked_document: "msoffcrypto",
}


def _files_below(folder: Path) -> Members:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path.relative_to(folder).as_posix(), path.read_bytes()


def _read_limited(stream: IO[bytes]) -> bytes:
    data = stream.read(MAX_TOTAL_BYTES + 1)
    if len(data) > MAX_TOTAL_BYTES:
        raise _ExitWithCode(_EXIT_TOO_LARGE)
    return data


if __name__ == "__main__":
    sys.exit(_main())
