"""Mails saved by Outlook and winmail.dat: their files, the files of mails inside, and the text of one without files."""

import pytest

from parsers.archives.unpack import unpack
from parsers.formats.sniff import sniff
from parsers.mail.mail_contents import LoadedAttachment
from parsers.records import FileKind
from tests.builders.files.outlook_files import compound_file, msg, tnef

SHEET = b"\x00\x01" * 2500


def members(data: bytes) -> dict[str, bytes]:
    opened = unpack([LoadedAttachment(path=("来信",), data=data, inline=False)])
    assert [found.failure for found in opened if found.failure] == []
    return {"/".join(found.path[1:]): found.data.rstrip(b"\x00") for found in opened}


def test_a_saved_mail_gives_its_files():
    data = compound_file(msg("报送", "请查收", [("附件4.xlsx", SHEET)]))

    assert sniff(data) is FileKind.MSG
    assert members(data) == {"附件4.xlsx": SHEET.rstrip(b"\x00")}


def test_a_saved_mail_without_files_is_read_for_its_text():
    text = members(compound_file(msg("西沱镇小学", "附件4零报告")))

    assert {name: data.decode() for name, data in text.items()} == {"正文.txt": "西沱镇小学\n附件4零报告"}


def test_the_files_of_a_mail_inside_a_mail_are_files():
    inner = msg("补报", "补报", [("附件4.xlsx", SHEET)])
    empty = msg("说明", "本校无辍学学生")

    opened = members(compound_file(msg("转发", "见内", [("附件3.xlsx", SHEET)], [inner, empty])))

    assert sorted(opened) == ["补报/附件4.xlsx", "说明/正文.txt", "附件3.xlsx"]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_winmail_dat_gives_its_files_under_their_chinese_names(encoding):
    data = tnef("请查收".encode(encoding), [("附件4.xlsx".encode(encoding), SHEET)])

    assert members(data) == {"附件4.xlsx": SHEET.rstrip(b"\x00")}


def test_winmail_dat_without_files_is_read_for_its_text():
    assert members(tnef("附件4零报告".encode("gb18030"))) == {"正文.txt": "附件4零报告".encode()}
