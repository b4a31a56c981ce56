import gzip
import io
import resource
import struct
import subprocess
import sys
import tarfile
import zipfile
import zlib

import openpyxl
import py7zr
import pytest
import pyzipper
from msoffcrypto.format.ooxml import OOXMLFile

from config.errors import WorkerError
from parsers.archives.unpack import unpack
from parsers.mail.mail_budget import MailBudget
from parsers.mail.mail_contents import LoadedAttachment
from parsers.reading.read_mail import take_apart
from tests.builders.files.clerk_files import MIDDLE, dropout_row, mail, process_mail, register4, xlsx, zipped
from tests.builders.files.packed_files import seven_zip, tarred


def packed(members, **options) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return buffer.getvalue()


def attachment(data: bytes, name: str = "材料.zip") -> LoadedAttachment:
    return LoadedAttachment(path=(name,), data=data, inline=False)


def gbk_named(name: str, data: bytes) -> bytes:
    """A zip as Windows packs it in China: the name in GBK, no flag that says so."""
    stand_in = "n" * len(name.encode("gbk"))
    return packed([(stand_in, data)]).replace(stand_in.encode(), name.encode("gbk"))


def failures(data: bytes) -> list[tuple[str, ...]]:
    return [(found.path[-1], found.failure[0]) for found in unpack([attachment(data)]) if found.failure]


def test_members_come_in_order_under_the_archive_s_name():
    data = packed([("b.txt", b"2"), ("夹/a.txt", b"1")])

    assert [(found.path, found.data) for found in unpack([attachment(data)])] == [
        (("材料.zip", "b.txt"), b"2"),
        (("材料.zip", "夹/a.txt"), b"1"),
    ]


def test_names_packed_in_gbk_are_read():
    assert unpack([attachment(gbk_named("西沱镇附件3.xls", b"x"))])[0].path[-1] == "西沱镇附件3.xls"


def test_an_archive_in_an_archive_is_opened():
    data = packed([("内.zip", packed([("c.txt", b"3")]))])

    assert [found.path for found in unpack([attachment(data)])] == [("材料.zip", "内.zip", "c.txt")]


def test_a_workbook_is_no_archive():
    data = packed([("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", b"<workbook/>")])

    assert unpack([attachment(data, "附件1.xlsx")]) == (attachment(data, "附件1.xlsx"),)


def test_what_systems_add_is_listed_last_and_marked():
    names = ("__MACOSX/._a.txt", "夹/Thumbs.db", "~$附件3.xlsx", "a.txt")
    data = packed([(name, name.encode()) for name in names])

    found = unpack([attachment(data), attachment(b"x", "b.txt")])

    assert [(each.path[-1], each.litter) for each in found] == [
        ("a.txt", False),
        ("b.txt", False),
        *((name, True) for name in names[:3]),
    ]


def test_an_archive_of_nothing_but_litter_is_empty():
    assert failures(packed([("Thumbs.db", b"1")])) == [("材料.zip", "unreadable")]


def nested(depth: int) -> bytes:
    data = packed([("a.txt", b"1")])
    for _ in range(depth):
        data = packed([("b.zip", data)])
    return data


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (packed([("zeros.bin", bytes(30_000_000))]), "archive-bomb"),
        (packed([("a.txt", b"1" * 5000)])[:-40], "unreadable"),
        (packed([]), "unreadable"),
        (b"Rar!\x1a\x07\x01\x00" + bytes(50), "unreadable"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(50), "unreadable"),
    ],
    ids=["one huge member", "cut off", "empty", "bad rar", "bad 7z"],
)
def test_what_cannot_be_opened_stays_with_its_reason(data, code):
    assert failures(data) == [("材料.zip", code)]


@pytest.mark.parametrize(
    ("name", "called"), [("材料.zip", "压缩包"), ("附件4.xlsx", "文件"), ("附件6.DOCX", "文件")]
)
def test_a_broken_document_is_not_called_an_archive(name: str, called: str):
    cut = packed([("a.txt", b"1" * 5000)])[:-40]

    (broken,) = unpack([attachment(cut, name)])

    assert broken.failure is not None
    assert broken.failure[1].startswith(f"{called}已损坏")


def test_archives_too_deep_are_not_followed():
    assert failures(nested(6)) == [("b.zip", "archive-bomb")]


@pytest.mark.parametrize("pack", [seven_zip, tarred, lambda members: tarred(members, "w:xz")])
def test_other_archives_are_opened_too(pack):
    data = pack([("西沱镇附件3.xlsx", b"3"), ("夹/证明.jpg", b"4")])

    assert sorted((found.path, found.data) for found in unpack([attachment(data, "材料.7z")])) == [
        (("材料.7z", "夹/证明.jpg"), b"4"),
        (("材料.7z", "西沱镇附件3.xlsx"), b"3"),
    ]


def test_a_bomb_in_another_archive_is_refused():
    assert failures(tarred([("zeros.bin", bytes(210_000_000))])) == [("材料.zip", "archive-bomb")]


def test_damage_inside_a_member_that_is_packed_by_lzma_costs_this_archive_only():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.txt", bytes(range(256)) * 400)
    whole = buffer.getvalue()

    for place in range(30, 120):
        damaged = whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]
        assert all(code == "unreadable" for _, code in failures(damaged))


@pytest.mark.parametrize(
    "data",
    [packed([]), tarred([]), packed([("a.txt", b"1")])[:-40]],
    ids=["empty zip", "empty tar", "cut off"],
)
def test_what_cannot_be_opened_keeps_the_bytes_that_were_sent(data):
    (found,) = unpack([attachment(data)])

    assert (found.data, found.failure is None) == (data, False)


def test_a_locked_archive_asks_for_one_without_a_password():
    data = bytearray(packed([("a.txt", b"1")]))
    for head, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(head) + flags] |= 1

    (found,) = unpack([attachment(bytes(data))])

    assert found.failure is not None
    assert found.failure[0] == "encrypted"
    assert "密码" in found.failure[1]


def stored_rar(name: str, data: bytes, locked: bool = False, codec: str = "utf-8") -> bytes:
    """A RAR 4 archive of one member without compression, block by block as the format's technote has them."""

    def block(kind: int, flags: int, body: bytes, after: bytes = b"") -> bytes:
        head = struct.pack("<BHH", kind, flags, 7 + len(body)) + body
        return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head + after

    plain = name.encode(codec)
    member = struct.pack("<IIBIIBBHI", len(data), len(data), 2, zlib.crc32(data), 0x57210000, 29, 0x30, len(plain), 0x20)  # fmt: skip
    flags = 0x8000 | (0x04 if locked else 0)
    return (
        b"Rar!\x1a\x07\x00"
        + block(0x73, 0, bytes(6))
        + block(0x74, flags, member + plain, data)
        + block(0x7B, 0x4000, b"")
    )


def test_a_rar_is_opened():
    (found,) = unpack([attachment(stored_rar("fj3.xlsx", b"rows"), "材料.rar")])

    assert (found.path, found.data, found.failure) == (("材料.rar", "fj3.xlsx"), b"rows", None)


@pytest.mark.parametrize("codec", ["utf-8", "gbk"])
@pytest.mark.parametrize("name", ["西沱镇附件3.xlsx", "乗運/場誠.xls"])
def test_names_in_a_rar_are_read(codec, name):
    (found,) = unpack([attachment(stored_rar(name, b"rows", codec=codec), "材料.rar")])

    assert (found.path, found.data) == (("材料.rar", name), b"rows")


def test_names_in_a_tar_are_read_though_they_are_gbk():
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", encoding="gbk", format=tarfile.GNU_FORMAT) as archive:
        info = tarfile.TarInfo("西沱镇附件3.xlsx")
        info.size = 1
        archive.addfile(info, io.BytesIO(b"x"))

    assert unpack([attachment(buffer.getvalue(), "材料.tar.gz")])[0].path[-1] == "西沱镇附件3.xlsx"


def test_names_in_gbk_that_the_archive_calls_utf_8_are_read():
    name = "西沱镇附件3.xls"
    stand_in = "é" + "n" * (len(name.encode("gbk")) - 2)  # not ASCII: flagged as UTF-8
    data = packed([(stand_in, b"x")]).replace(stand_in.encode(), name.encode("gbk"))

    assert [(found.path[-1], found.data) for found in unpack([attachment(data)])] == [(name, b"x")]


@pytest.mark.parametrize("kind", ["rar", "7z"])
def test_a_locked_one_asks_for_one_without_a_password(kind):
    if kind == "rar":
        data = stored_rar("fj3.xlsx", b"rows", locked=True)
    else:
        buffer = io.BytesIO()
        with py7zr.SevenZipFile(buffer, "w", password="secret") as archive:
            archive.writestr(b"rows", "fj3.xlsx")
        data = buffer.getvalue()

    assert failures(data) == [("材料.zip", "encrypted")]


@pytest.mark.parametrize("program", ["/nowhere/python", "/bin/false"], ids=["missing", "ends at once"])
def test_an_opener_that_does_not_start_is_our_fault_and_not_the_archive_s(monkeypatch, program):
    monkeypatch.setattr("sys.executable", program)

    with pytest.raises(WorkerError, match="不是来件的问题"):
        unpack([attachment(seven_zip([("a.txt", b"1")]), "材料.7z")])


def locked_zip(members, password: str) -> bytes:
    buffer = io.BytesIO()
    with pyzipper.AESZipFile(buffer, "w", encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(password.encode())
        for name, data in members:
            archive.writestr(name, data)
    return buffer.getvalue()


def locked_seven_zip(members, password: str) -> bytes:
    buffer = io.BytesIO()
    with py7zr.SevenZipFile(buffer, "w", password=password) as archive:
        for name, data in members:
            archive.writestr(data, name)
    return buffer.getvalue()


def locked_workbook(password: str) -> tuple[bytes, bytes]:
    """(a workbook, the same behind a password)."""
    book, plain, locked = openpyxl.Workbook(), io.BytesIO(), io.BytesIO()
    book.save(plain)
    OOXMLFile(plain).encrypt(password, locked)
    return plain.getvalue(), locked.getvalue()


@pytest.mark.parametrize("lock", [locked_zip, locked_seven_zip])
def test_an_archive_is_opened_with_the_password_that_the_mail_says(lock):
    data = lock([("西沱镇附件3.xlsx", b"3"), ("夹/证明.jpg", b"4")], "西沱2023")

    assert sorted(
        (found.path, found.data) for found in unpack([attachment(data)], ("wrong", "西沱2023"))
    ) == [
        (("材料.zip", "夹/证明.jpg"), b"4"),
        (("材料.zip", "西沱镇附件3.xlsx"), b"3"),
    ]


@pytest.mark.parametrize("lock", [locked_zip, locked_seven_zip])
def test_a_password_that_does_not_fit_is_said_to_be_wrong(lock):
    (found,) = unpack([attachment(lock([("a.xlsx", b"3")], "right"))], ("wrong",))

    assert found.failure is not None
    assert (found.failure[0], "邮件里写的密码打不开" in found.failure[1]) == ("encrypted", True)


def test_a_workbook_is_opened_with_the_password_that_the_mail_says():
    plain, locked = locked_workbook("sz2023")

    assert unpack([attachment(locked, "附件4.xlsx")], ("sz2023",)) == (attachment(plain, "附件4.xlsx"),)
    assert unpack([attachment(locked, "附件4.xlsx")], ("wrong",)) == (attachment(locked, "附件4.xlsx"),)


def test_a_locked_workbook_in_a_locked_archive_is_opened():
    plain, locked = locked_workbook("sz2023")

    (found,) = unpack([attachment(locked_zip([("附件4.xlsx", locked)], "123"))], ("123", "sz2023"))

    assert (found.path, found.data) == (("材料.zip", "附件4.xlsx"), plain)


def test_a_member_without_a_name_gets_one():
    data = packed([("a.txt", b"hi")]).replace(b"a.txt", b"\0.txt")

    assert [(found.path, found.data) for found in unpack([attachment(data)])] == [
        (("材料.zip", "未命名"), b"hi")
    ]


def test_a_document_whose_type_is_damaged_is_a_leaf_all_the_same():
    data = bytearray(
        packed(
            [("mimetype", b"application/vnd.oasis.opendocument.spreadsheet" * 20), ("content.xml", b"<x/>")]
        )
    )
    data[38:42] = b"\xff" * 4

    (found,) = unpack([attachment(bytes(data), "a.ods")])

    assert found.data == bytes(data)


@pytest.mark.parametrize("limit", [resource.RLIMIT_AS, resource.RLIMIT_CPU])
def test_an_archive_is_opened_below_lower_limits_of_the_reading_process(limit):
    lowest = {resource.RLIMIT_AS: 1 << 30, resource.RLIMIT_CPU: 15}[limit]
    code = (
        "import resource, sys; from parsers.archives.containers import convert_to_zip;"
        f"resource.setrlimit({limit}, ({lowest}, {lowest}));"
        "sys.stdout.buffer.write(convert_to_zip(sys.stdin.buffer.read()))"
    )

    opened = subprocess.run(
        [sys.executable, "-P", "-c", code],
        input=seven_zip([("一.txt", b"1")]),
        capture_output=True,
        check=True,
    )

    assert zipfile.ZipFile(io.BytesIO(opened.stdout)).namelist() == ["一.txt"]


def test_a_mail_that_was_saved_and_packed_is_taken_apart():
    packed_mail = zipped({"转来/a.eml": mail({"附件4.xlsx": xlsx(register4(dropout_row()))}, subject="转来")})

    outcome = process_mail(mail({"材料.zip": packed_mail}))

    assert outcome.submissions == {(MIDDLE, "附件4"): ("甲一",)}
    assert outcome.draft.files[0].path == ("材料.zip", "转来/a.eml", "附件4.xlsx")


def test_a_packed_copy_of_our_own_mail_is_no_filing():
    own = mail(
        {"附件4.xlsx": xlsx(register4(dropout_row()))},
        extra={"Message-ID": f"<kongchuo.{'0a' * 16}@example.org>", "Auto-Submitted": "auto-generated"},
    )

    outcome = process_mail(mail({"材料.zip": zipped({"a.eml": own})}))

    assert (outcome.outcomes, outcome.submissions) == (("ignored",), {})


def test_a_packed_mail_without_files_is_asked_about():
    outcome = process_mail(mail({"材料.zip": zipped({"a.eml": mail(body="八年级2班谭晓雨一直没来上学。")})}))

    assert outcome.outcomes == ("quarantined",)


def test_the_words_of_a_packed_mail_are_words_of_the_mail():
    raw = mail({"材料.zip": zipped({"a.eml": mail({"附件4.xlsx": b"x"}, body="密码是西沱")})})

    assert "密码是西沱" in take_apart(raw).whole_body


def test_mails_packed_into_each_other_without_end_are_not_followed():
    inner = mail({"a.txt": b"1"})
    for _ in range(8):
        inner = mail({"a.zip": zipped({"a.eml": inner})})

    assert [leaf.failure[0] for leaf in take_apart(inner).attachments if leaf.failure] == ["archive-bomb"]


def test_when_the_time_for_containers_is_used_up_the_other_files_are_taken_out_all_the_same():
    packed_alone, table = gzip.compress(b"a,b"), b"a,b\n1,2\n"
    files = [attachment(packed_alone, "1.gz"), attachment(table, "2.csv"), attachment(packed_alone, "3.gz")]

    found = unpack(files, budget=MailBudget(container_seconds=0.001))

    assert [(each.path[-1], each.failure and each.failure[0]) for each in found] == [
        ("内容", None),
        ("2.csv", None),
        ("3.gz", "too-large"),
    ]
