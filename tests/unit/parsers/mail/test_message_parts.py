"""Whatever in a mail is named, attached or not text is a leaf, judged by its bytes: parts in, leaves out."""

import base64
import binascii
import io
import quopri
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.mail.mime import parse_mail

HEAD = b"From: a@example.org\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
TEXT = b"Content-Type: text/plain\r\n\r\nhi"


def workbook(serial: int = 0) -> bytes:
    """Bytes that begin like a workbook's, and are nobody else's."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in (
            ("[Content_Types].xml", "<Types/>"),
            ("xl/workbook.xml", f"<workbook n='{serial}'/>"),
        ):
            archive.writestr(zipfile.ZipInfo(name), text)
    return buffer.getvalue()


def part(*headers: bytes, content: bytes) -> bytes:
    return b"\r\n".join((*headers, b"", content))


def base64_part(kind: bytes, *headers: bytes, data: bytes | None = None) -> bytes:
    coded = base64.encodebytes(workbook() if data is None else data).replace(b"\n", b"\r\n")
    label = [b"Content-Type: " + kind] if kind else []
    return part(*label, b"Content-Transfer-Encoding: base64", *headers, content=coded)


def mixed(*parts: bytes, boundary: bytes = b"BB", shown: bytes = b'"BB"', kind: bytes = b"mixed") -> bytes:
    inside = b"".join(b"--" + boundary + b"\r\n" + each + b"\r\n" for each in parts)
    label = b"Content-Type: multipart/" + kind + b"; boundary=" + shown + b"\r\n\r\n"
    return HEAD + label + inside + b"--" + boundary + b"--\r\n"


def uuencoded(data: bytes, name: bytes = b"f3.xlsx") -> bytes:
    lines = [binascii.b2a_uu(data[at : at + 45]).rstrip(b"\n") for at in range(0, len(data), 45)]
    return b"\r\n".join((b"begin 644 " + name, *lines, b"`", b"end", b""))


NAMED = b'Content-Disposition: attachment; filename="f3.xlsx"'
LABELS = (
    b'message/rfc822; name="f3.xlsx"',
    b'message/delivery-status; name="f3.xlsx"',
    b'message/disposition-notification; name="f3.xlsx"',
    b'text/rfc822-headers; name="f3.xlsx"',
    b'message/partial; name="f3.xlsx"',
    b'message/external-body; name="f3.xlsx"',
    b'multipart/x-zip; name="f3.xlsx"',
    b'multipart/mixed; name="f3.xlsx"',
    b'multipart/mixed; boundary="none"; name="f3.xlsx"',
    b'text/plain; name="f3.xlsx"',
    b'text/html; name="f3.xlsx"',
    b"rubbish",
    b";;;=",
    b"",
)
ODD_FRAMES = {
    **{f"labelled {label.decode()}": mixed(TEXT, base64_part(label, NAMED)) for label in LABELS},
    **{f"nameless {label.decode()}": mixed(TEXT, base64_part(label.split(b";")[0])) for label in LABELS},
    "base64 that no header announces": mixed(TEXT, part(NAMED, content=base64.encodebytes(workbook()))),
    "raw bytes announced as quoted-printable": mixed(
        TEXT, part(b"Content-Transfer-Encoding: quoted-printable", NAMED, content=workbook())
    ),
    "quoted-printable": mixed(
        TEXT,
        part(b"Content-Transfer-Encoding: quoted-printable", NAMED, content=quopri.encodestring(workbook())),
    ),
    "a boundary folded at a blank": mixed(
        TEXT, base64_part(b"application/zip", NAMED), boundary=b"foo bar", shown=b'"foo\r\n bar"'
    ),
    "a boundary folded inside a word": mixed(
        TEXT, base64_part(b"application/zip", NAMED), boundary=b"foobar", shown=b'"foo\r\n\tbar"'
    ),
    "a boundary that is another one": mixed(TEXT, base64_part(b"application/zip", NAMED), shown=b'"other"'),
    "no boundary": mixed(TEXT, base64_part(b"application/zip", NAMED), shown=b""),
    "a part behind the end": mixed(TEXT) + b"--BB\r\n" + base64_part(b"application/zip", NAMED),
    "a part behind the end under another boundary": mixed(TEXT)
    + b"\r\n--CC\r\n"
    + base64_part(b"application/zip", NAMED)
    + b"\r\n--CC--\r\n",
    "a blank line before the headers": mixed(TEXT, b"\r\n" + base64_part(b"application/zip", NAMED)),
    "no blank line behind the headers": mixed(
        TEXT, base64_part(b"application/zip", NAMED).replace(b"\r\n\r\n", b"\r\n", 1)
    ),
    "bare line feeds": mixed(TEXT, base64_part(b"application/zip", NAMED)).replace(b"\r\n", b"\n"),
    "bare carriage returns": mixed(TEXT, base64_part(b"application/zip", NAMED)).replace(b"\r\n", b"\r"),
    "uuencoded in a text": mixed(
        part(b"Content-Type: text/plain", content=b"hi\r\n" + uuencoded(workbook()))
    ),
    "uuencoded in a mail without parts": HEAD + b"\r\nhi\r\n" + uuencoded(workbook()),
    "uuencoded as its transfer encoding": mixed(
        part(b"Content-Transfer-Encoding: x-uuencode", NAMED, content=uuencoded(workbook()))
    ),
    "the whole mail": HEAD + base64_part(b"application/octet-stream", NAMED),
    "the whole mail, labelled text": HEAD + base64_part(b"text/plain"),
    "a multipart in base64": HEAD
    + b"Content-Type: multipart/mixed; boundary=BB\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + base64.encodebytes(mixed(TEXT, base64_part(b"application/zip", NAMED)).split(b"\r\n\r\n", 1)[1]),
}


@pytest.mark.parametrize("frame", ODD_FRAMES)
def test_a_workbook_comes_out_of_each_odd_frame(frame):
    (attachment,) = parse_mail(ODD_FRAMES[frame]).attachments

    assert attachment.data == workbook()
    assert attachment.path[-1].endswith(".xlsx")


@pytest.mark.parametrize("size", [30, 45, 57, 100])
def test_base64_in_several_padded_blocks_is_read_to_its_end(size):
    data = workbook()
    blocks = b"".join(base64.b64encode(data[at : at + size]) + b"\r\n" for at in range(0, len(data), size))
    raw = mixed(TEXT, part(b"Content-Transfer-Encoding: base64", NAMED, content=blocks))

    assert parse_mail(raw).attachments[0].data == data


def test_text_that_is_announced_as_base64_stays_text():
    words = "我校零报告".encode()
    raw = (
        HEAD + b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" + words
    )

    assert parse_mail(raw).body == "我校零报告"


def test_a_mail_labelled_as_a_mail_is_still_opened():
    inner = (
        b"From: b@example.org\r\nSubject: inner\r\nContent-Type: multipart/mixed; boundary=CC\r\n\r\n--CC\r\n"
    )
    inner += base64_part(b"application/zip", NAMED) + b"\r\n--CC--\r\n"

    for coded in (
        part(b"Content-Type: message/rfc822", content=inner),
        base64_part(b"message/rfc822", data=inner),
    ):
        (attachment,) = parse_mail(mixed(TEXT, coded)).attachments
        assert attachment.path == ("inner.eml", "f3.xlsx")


@pytest.mark.parametrize(
    "kind", [b"text/plain", b"message/delivery-status", b"multipart/mixed", b"message/rfc822"]
)
def test_words_without_a_name_are_body_under_each_label(kind):
    mail = parse_mail(mixed(part(b"Content-Type: " + kind, content="情况说明".encode())))

    assert (mail.body, mail.attachments) == ("情况说明", ())


def test_what_the_text_beside_an_uuencoded_file_says_is_the_body():
    raw = HEAD + b"\r\n" + "请查收".encode() + b"\r\n" + uuencoded(workbook())

    assert parse_mail(raw).body == "请查收"


_KINDS = st.sampled_from(
    [label.split(b";")[0] for label in LABELS] + [b"application/octet-stream", b"image/jpeg"]
)
_FRAMES = st.sampled_from(["base64", "quoted-printable", "blocks", "8bit", "unannounced"])


@st.composite
def _files(draw: st.DrawFn, serial: int) -> tuple[bytes, bytes]:
    """(a file's bytes, the part that carries it)."""
    data = workbook(serial)
    frame, kind = draw(_FRAMES), draw(_KINDS)
    headers = [b"Content-Type: " + kind] if kind else []
    if draw(st.booleans()):
        headers.append(
            b'Content-Disposition: %s; filename="%d.xlsx"'
            % (draw(st.sampled_from([b"inline", b"attachment"])), serial)
        )
    if frame == "8bit":
        return data, part(*headers, content=data)
    if frame == "quoted-printable":
        return data, part(
            *headers, b"Content-Transfer-Encoding: quoted-printable", content=quopri.encodestring(data)
        )
    if frame == "unannounced":
        return data, part(*headers, content=base64.encodebytes(data))
    size = 50 if frame == "blocks" else len(data)
    coded = b"\r\n".join(base64.b64encode(data[at : at + size]) for at in range(0, len(data), size))
    return data, part(*headers, b"Content-Transfer-Encoding: Base64", content=coded)


@st.composite
def _mails(draw: st.DrawFn) -> tuple[list[bytes], bytes]:
    """(the files' bytes in order, the mail)."""
    files = [draw(_files(serial)) for serial in range(draw(st.integers(1, 5)))]
    parts = [each for _, each in files]
    cut = draw(st.integers(0, len(parts)))
    inner = mixed(
        *parts[cut:],
        boundary=b"inner",
        shown=b"inner",
        kind=draw(st.sampled_from([b"mixed", b"related", b"x-odd"])),
    )
    inner = (
        part(b"Content-Type: message/rfc822", content=inner)
        if draw(st.booleans())
        else inner.removeprefix(HEAD)
    )
    return [data for data, _ in files], mixed(TEXT, *parts[:cut], *([inner] if parts[cut:] else []))


@settings(deadline=None)
@given(_mails())
def test_as_many_files_come_out_as_went_in(made):
    files, raw = made

    assert [attachment.data for attachment in parse_mail(raw).attachments] == files
