"""Every regular expression over text from outside ends in time on growing input of its worst kinds.

Each is tried in another process on strings that nearly match it, as long as the text that it may see: a whole body
for what reads mails, a cell for the rest. A processor time of two seconds a pattern is a hundred times what is needed;
an expression whose time grows faster than its input needs minutes or for ever.
"""

import importlib
import pkgutil
import random
import re
import re._constants as constants  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

from ingest import mail_words
from ingest.mail_words import compile_mail_patterns
from parsers.formats.clean_sheets import MAX_CELL_LENGTH
from parsers.forms import stated_unit
from parsers.forms.left_over import child_mentions, child_sentences
from parsers.forms.rows import signatures
from parsers.forms.sheets import filled_blanks
from parsers.mail.mail_budget import MAX_BODY_LENGTH
from tests.builders.values.form_tables import NOTICE

ROOMS = ("parsers", "ingest", "config")
SEE_BODIES = ("parsers.mail.", "ingest.", "config.text.", "parsers.archives.")
HEADER_LENGTH = 16_384
SEE_HEADERS = ("parsers.mail.header_parameters", "parsers.mail.header_names")
SECONDS = 2.0
READ_NO_MAIL = frozenset({"config.text.punctuation:_TOML_COMMENT:0"})
"""Read the notices that come with the program."""
CLASSES = {
    constants.CATEGORY_DIGIT: "1",
    constants.CATEGORY_SPACE: " ",
    constants.CATEGORY_NOT_WORD: "-",
}


def is_searched(module: str, name: str) -> bool:
    """Whether a module uses a pattern anywhere but at the place where it is asked to match."""
    source = Path(importlib.import_module(module).__file__ or "").read_text("utf-8")
    methods = set(re.findall(rf"\b{name}\b(?:\[[^\]]*\])?\.([a-z]+)\(", source))
    return not methods or bool(methods - {"match", "fullmatch"})


def patterns() -> dict[str, re.Pattern[Any]]:
    """By place, every compiled pattern that a module of the three rooms holds."""
    found: dict[str, re.Pattern[Any]] = {}
    for room in ROOMS:
        package = importlib.import_module(room)
        for info in pkgutil.walk_packages(package.__path__, f"{room}."):
            for name, value in vars(importlib.import_module(info.name)).items():
                for number, pattern in enumerate(inside(value)):
                    found.setdefault(f"{info.name}:{name}:{number}", pattern)
    found |= patterns_of_the_notice()
    return {place: pattern for place, pattern in found.items() if place not in READ_NO_MAIL}


def patterns_of_the_notice() -> dict[str, re.Pattern[Any]]:
    """Those that are made of its words, which no module holds."""
    mails = compile_mail_patterns(NOTICE.wording.mail)
    units = stated_unit._patterns_of(NOTICE)
    wording = NOTICE.wording
    signed = signatures._compile_patterns(wording.signatures)
    children = child_mentions._compile_patterns(
        NOTICE.absence_words, wording.duties, wording.denials.in_cells, wording.signatures.seals
    )
    sentences = child_sentences._compile_patterns(NOTICE.absence_words, wording)
    names, days = filled_blanks._compile_patterns(wording.signatures)
    return {
        f"{module.__name__}:{field.name}:0": getattr(made, field.name)
        for module, made in (
            (mail_words, mails), (stated_unit, units), (signatures, signed), (child_mentions, children), (child_sentences, sentences),
        )
        for field in fields(made)
    } | {"parsers.forms.sheets.filled_blanks:name:0": names, "parsers.forms.sheets.filled_blanks:day:0": days}  # fmt: skip


def inside(value: object, depth: int = 0) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, (list, tuple)) and depth < 3:
        for each in value:
            yield from inside(each, depth + 1)
    elif isinstance(value, dict) and depth < 3:
        for each in value.values():
            yield from inside(each, depth + 1)


def sample(tree, choose: random.Random) -> str:
    """A text that nearly matches a parsed pattern."""
    text = ""
    for kind, value in tree:
        if kind in (constants.MAX_REPEAT, constants.MIN_REPEAT, constants.POSSESSIVE_REPEAT):
            text += "".join(sample(value[2], choose) for _ in range(min(value[1], max(value[0], 2))))
        elif kind is constants.SUBPATTERN:
            text += sample(value[3], choose)
        elif kind is constants.ATOMIC_GROUP:
            text += sample(value, choose)
        elif kind is constants.BRANCH:
            text += sample(choose.choice(value[1]), choose)
        elif kind is constants.LITERAL:
            text += chr(value)
        elif kind in (constants.NOT_LITERAL, constants.ANY):
            text += "a"
        elif kind is constants.IN:
            text += one_of(value, choose)
    return text


def one_of(members, choose: random.Random) -> str:
    kind, value = choose.choice(members)
    if kind is constants.LITERAL:
        return chr(value)
    if kind is constants.RANGE:
        return chr(value[0])
    return CLASSES.get(value, "a") if kind is constants.CATEGORY else "a"


def bad_inputs(pattern: re.Pattern[Any], length: int) -> Iterator[str]:
    choose = random.Random(1)
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    tree = parser.parse(source, pattern.flags & ~re.UNICODE)
    near = [sample(tree, choose) for _ in range(6)]
    pieces = [
        *near,
        *(text[:-1] for text in near),
        *(char for text in near[:2] for char in text[:6]),
        " ",
        "\n",
        "a",
    ]
    for piece in dict.fromkeys(filter(None, pieces)):
        repeated = (piece * (length // len(piece) + 1))[:length]
        yield repeated + "\x01"
        yield near[0][:1] + repeated + "\x01"


def try_pattern(place: str, pattern: re.Pattern[Any]) -> None:
    length = MAX_CELL_LENGTH
    if place.startswith(SEE_HEADERS):
        length = HEADER_LENGTH
    elif place.startswith(SEE_BODIES):
        length = MAX_BODY_LENGTH // 4
    for text in bad_inputs(pattern, length):
        data = text.encode("latin-1", "replace") if isinstance(pattern.pattern, bytes) else text
        if is_searched(*place.split(":")[:2]):
            pattern.search(data)
        pattern.match(data)


def main(start: int) -> None:
    """Try the patterns from number ``start`` on; a signal ends the process at one that takes too long."""
    for place, pattern in sorted(patterns().items())[start:]:
        print(place, pattern.pattern[:80], flush=True)
        signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
        try_pattern(place, pattern)
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def test_every_pattern_ends_in_time_on_its_worst_input():
    total = len(patterns())
    slow: list[str] = []
    done = 0
    while done < total:
        tried = subprocess.run(
            [sys.executable, "-P", "-c", f"from tests.unit.test_linear_patterns import main; main({done})"],
            capture_output=True,
            text=True,
            check=False,
        )
        lines = tried.stdout.splitlines()
        done += len(lines)
        if tried.returncode == -signal.SIGVTALRM:
            slow.append(lines[-1])
        else:
            assert tried.returncode == 0, tried.stderr
    assert total > 100
    assert slow == []


def test_a_quadratic_pattern_is_found_out():
    child = subprocess.run(
        [
            sys.executable,
            "-P",
            "-c",
            "import re, signal\n"
            "from tests.unit.test_linear_patterns import try_pattern\n"
            "signal.setitimer(signal.ITIMER_VIRTUAL, 1)\n"
            "try_pattern('ingest.pipeline:x:0', re.compile(r'<[^>]*>'))",
        ],
        check=False,
    )
    assert child.returncode == -signal.SIGVTALRM
