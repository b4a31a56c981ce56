"""What the program says of three counties is in Chinese punctuation; read from the golden files.

Tables are left out: what units wrote stands in them, folded at any place.
"""

import re

import pytest

from tests.golden.golden_files import HERE

pytestmark = pytest.mark.usefixtures("golden_files_stand")
_AS_WRITTEN = re.compile(
    r"“[^”\n]*”|[^\s›]*\.(?:xlsx|csv|zip|png)|remind:\S+|\"[^\"\n]*\"|^\$ .*$", re.MULTILINE
)
"""Quoted values, names of files, keys of mails, command lines."""
_ASCII_MARK = re.compile(r".{0,20}(?:[\u4e00-\u9fff][,:;?!(]|[,:;)][\u4e00-\u9fff]).{0,20}")
ANSWERS = sorted(
    file.relative_to(HERE).as_posix()
    for pattern in (
        "help.txt",
        "*/story.txt",
        "*/*/command.txt",
        "*/digest/*.txt",
        "*/bulletin/*.txt",
        "*/units/*.txt",
    )
    for file in HERE.glob(pattern)
    if not file.name.endswith(".xlsx.txt")
)


@pytest.mark.parametrize("name", ANSWERS)
def test_no_ascii_mark_stands_beside_chinese(name: str):
    said = (HERE / name).read_text("utf-8")

    assert _ASCII_MARK.findall(_AS_WRITTEN.sub("", said)) == []
