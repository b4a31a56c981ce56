"""Reads photographs and scanned pages as lines of text, by tesseract with simplified Chinese.

The text shows what a picture is about, and is never good enough for a record. Tesseract runs in a process of its
own within the reading process's memory limit; the caller gives the time (:mod:`parsers.scan_readers`).
"""

import io
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache

import pypdfium2
from PIL import Image, ImageOps, UnidentifiedImageError

from config.text.document_words import PAGE_WORDS
from config.text.text_folding import fold_text
from parsers.records import FileKind

PROGRAM, LANGUAGE = "tesseract", "chi_sim"
_MIN_SIDE, _MAX_SIDE = 400, 2400  # pixels: smaller is a logo, larger takes longer and reads no better
_MAX_PIXELS = 120_000_000
_MAX_PAGES = 3
_MOST_WALL = (
    5  # times the processor's time that is left: on a busy machine a picture is not to blame for others
)
_DOTS_PER_POINT = 2.5
_TURNS = (0, 90, 270, 180)
_MEANING = re.compile("|".join(PAGE_WORDS))
_BETWEEN_HAN = re.compile(r"(?<=[\u4e00-\u9fff]) +(?=[\u4e00-\u9fff])")
_NOT_READ = (
    OSError, ValueError, SyntaxError, Image.DecompressionBombError, pypdfium2.PdfiumError,
)  # fmt: skip
"""The errors of a picture that cannot be opened, which is then reported as not read."""


class _NoTimeError(Exception):
    """The time for pictures is used up."""


@cache
def find_tesseract() -> str | None:
    """Returns the path of tesseract, if it is installed with simplified Chinese; else None."""
    program = shutil.which(PROGRAM)
    if program is None:
        return None
    try:
        listed = subprocess.run([program, "--list-langs"], capture_output=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return program if LANGUAGE in listed.stdout.decode("utf-8", "replace").split() else None


def read_scan(data: bytes, kind: FileKind, seconds_left: Callable[[], float]) -> tuple[str, ...] | None:
    """Returns the lines of a picture or of a PDF's first pages; empty without tesseract or without text.

    Returns None if there is no time for it.
    """
    program = find_tesseract()
    if program is None:
        return ()
    lines: list[str] = []
    try:
        with suppress(*_NOT_READ):
            for page in _pages(data, kind):
                lines += _read_page(program, page, seconds_left)
    except _NoTimeError:
        return tuple(lines) or None
    return tuple(lines)


def _pages(data: bytes, kind: FileKind) -> Iterator[Image.Image]:
    if kind is FileKind.PDF:
        document = pypdfium2.PdfDocument(data)
        try:
            for number in range(min(len(document), _MAX_PAGES)):
                yield _prepared(document[number].render(scale=_DOTS_PER_POINT).to_pil())
        finally:
            document.close()
        return
    try:
        picture = Image.open(io.BytesIO(data))
    except UnidentifiedImageError:
        return
    if min(picture.size) >= _MIN_SIDE and picture.width * picture.height <= _MAX_PIXELS:
        picture.draft("L", (_MAX_SIDE, _MAX_SIDE))
        yield _prepared(ImageOps.exif_transpose(picture))


def _prepared(picture: Image.Image) -> Image.Image:
    grey = picture.convert("L")
    grey.thumbnail((_MAX_SIDE, _MAX_SIDE))
    return grey


def _read_page(program: str, page: Image.Image, seconds_left: Callable[[], float]) -> list[str]:
    """Returns the page's lines in the first orientation that gives Chinese text; empty if none does."""
    for turn in _TURNS:
        lines = _recognise(program, page.rotate(turn, expand=True), seconds_left())
        if len(_MEANING.findall(fold_text("".join(lines)))) >= 2:
            return lines
    return []


def _recognise(program: str, page: Image.Image, seconds: float) -> list[str]:
    if seconds <= 0:
        raise _NoTimeError
    out = io.BytesIO()
    page.save(out, "PPM")
    try:
        completed = subprocess.run(
            [program, "stdin", "stdout", "-l", LANGUAGE, "--psm", "1"],
            input=out.getvalue(),
            capture_output=True,
            timeout=_MOST_WALL * seconds,
            check=False,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
    except subprocess.TimeoutExpired as error:
        raise _NoTimeError from error
    text = completed.stdout.decode("utf-8", "replace")
    return [_BETWEEN_HAN.sub("", line).strip() for line in text.splitlines() if line.strip()]
