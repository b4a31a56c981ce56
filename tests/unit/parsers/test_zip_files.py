import zipfile

import pytest

from bench.bombs import archives
from parsers.archives.unpack import unpack
from parsers.formats.sniff import sniff
from parsers.mail.mail_contents import LoadedAttachment
from parsers.records import FileKind
from parsers.zip_files import (
    MAX_DIRECTORY_BYTES,
    MAX_SHARED_BYTES,
    ZipDirectoryTooLarge,
    open_zip_file,
    share_zip_file,
)
from tests.builders.files.clerk_files import zipped

ENTRY = 46 + len(b"a.csv")


def test_a_zip_that_lists_more_than_anybody_packs_is_refused_unread(monkeypatch):
    data = archives.overlapping(MAX_DIRECTORY_BYTES // ENTRY + 1, b"a,b")
    monkeypatch.setattr(zipfile, "ZipFile", None)

    with pytest.raises(ZipDirectoryTooLarge):
        open_zip_file(data)


def test_such_a_zip_is_a_bomb_and_stays_a_zip():
    data = archives.overlapping(MAX_DIRECTORY_BYTES // ENTRY + 1, b"a,b")
    (leaf,) = unpack([LoadedAttachment(path=("a.zip",), data=data, inline=False)])

    assert sniff(data) is FileKind.ZIP
    assert leaf.failure is not None
    assert leaf.failure[0] == "archive-bomb"


def test_what_the_zip64_record_says_counts():
    with pytest.raises(ZipDirectoryTooLarge):
        open_zip_file(bytes(MAX_DIRECTORY_BYTES) + archives.zip64_lies(directory_bytes=1 << 40))


@pytest.mark.parametrize("data", [zipped({}), zipped({"a.csv": b"a"}), zipped({"a.csv": b"a"}) + b"comment?"])
def test_a_sound_zip_is_opened(data):
    with open_zip_file(data) as archive:
        assert archive.testzip() is None


@pytest.mark.parametrize("data", [b"", b"PK\5\6", b"PK\3\4"])
def test_what_is_no_zip_raises_what_the_library_raises(data):
    with pytest.raises(zipfile.BadZipFile):
        open_zip_file(data)
    with pytest.raises(zipfile.BadZipFile):
        share_zip_file(data)


def test_a_small_zip_is_opened_once_for_all_who_look_into_it_and_stays_open():
    data, other = zipped({"a.csv": b"a"}), zipped({"a.csv": b"b"})

    with share_zip_file(data) as first:
        assert first.read("a.csv") == b"a"
    with share_zip_file(bytes(bytearray(data))) as second:
        assert second is first
        assert second.read("a.csv") == b"a"
    with share_zip_file(other) as third:
        assert third.read("a.csv") == b"b"


def test_a_large_zip_is_not_kept():
    data = bytes(MAX_SHARED_BYTES) + zipped({"a.csv": b"a"})

    with share_zip_file(data) as first:
        pass
    with share_zip_file(data) as second:
        assert second is not first
    assert first.fp is None
