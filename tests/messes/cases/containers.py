"""Archives, mails in mails, forms in a mail's words."""

import base64
import binascii
from email.message import EmailMessage

from tests.builders.files.clerk_files import (
    MIDDLE,
    dropout_row,
    html,
    mail,
    pupil_row,
    register4,
    roll2,
    xlsx,
    zipped,
)
from tests.builders.files.outlook_files import compound_file, msg, tnef
from tests.builders.values.form_tables import REGISTER_HEADING
from tests.messes.mess import ONE_ON_FORM3, ONE_ON_FORM4, mess


def _locked_zip() -> bytes:
    data = bytearray(zipped({"a.xlsx": b"x" * 100}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    return bytes(data)


def _forwarded(raw: bytes) -> bytes:
    mark = f"=_fwd{len(raw)}".encode()
    subject = base64.b64encode("转发:材料".encode())
    return (
        b"From: a@example.org\r\nSubject: =?utf-8?B?" + subject + b"?=\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/mixed; boundary="' + mark + b'"\r\n\r\n'
        b"--" + mark + b"\r\nContent-Type: message/rfc822\r\n\r\n" + raw + b"\r\n--" + mark + b"--\r\n"
    )


def _html_body(text: str) -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "a@example.org", "西沱中学材料"
    message.set_content("见下表")
    message.add_alternative(text.replace("gb2312", "utf-8"), subtype="html")
    return message.as_bytes()


def _labelled(label: bytes) -> bytes:
    """A mail whose only file has this label."""
    raw = mail({"附件4.xlsx": xlsx(register4(dropout_row()))})
    return raw.replace(b"application/octet-stream", label, 1)


def _uuencoded(data: bytes) -> bytes:
    lines = [binascii.b2a_uu(data[at : at + 45]).rstrip(b"\n") for at in range(0, len(data), 45)]
    return b"\r\n".join(
        (b"From: a@example.org", b"Subject: f4", b"", b"begin 644 f4.xlsx", *lines, b"`", b"end", b"")
    )


MESSES = (
    mess(
        "zip",
        "a zip: each member is a file of its own",
        lambda: {
            "材料.zip": zipped(
                {
                    "附件4.xlsx": xlsx(register4(dropout_row())),
                    "附件2.xlsx": xlsx(roll2(pupil_row("乙二", school=MIDDLE), unit=MIDDLE)),
                }
            )
        },
        submissions={**ONE_ON_FORM4, (MIDDLE, "附件2"): ("乙二",)},
        outcomes=("forms", "forms"),
    ),
    mess(
        "zip-folder",
        "M-24: the unit only in the folder's name: found there",
        lambda: {"材料.zip": zipped({"西沱镇/附件3.xlsx": xlsx([REGISTER_HEADING, dropout_row()])})},
        submissions=ONE_ON_FORM3,
    ),
    mess(
        "zip-locked",
        "M-21: a zip behind a password: said so",
        lambda: {"材料.zip": _locked_zip()},
        outcomes=("quarantined",),
        reason="encrypted",
    ),
    mess(
        "zip-litter",
        "M-23: __MACOSX and Thumbs.db: listed and ignored",
        lambda: {"材料.zip": zipped({"__MACOSX/._a": b"x", "附件4.xlsx": xlsx(register4(dropout_row()))})},
        submissions=ONE_ON_FORM4,
        outcomes=("forms", "ignored"),
    ),
    mess(
        "forwarded",
        "M-07: forwarded as an attached mail: opened",
        raw=lambda: _forwarded(mail({"附件4.xlsx": xlsx(register4(dropout_row()))})),
        submissions=ONE_ON_FORM4,
    ),
    mess(
        "forwarded-twice",
        "M-07: forwarded twice: opened twice",
        raw=lambda: _forwarded(_forwarded(mail({"附件4.xlsx": xlsx(register4(dropout_row()))}))),
        submissions=ONE_ON_FORM4,
    ),
    mess(
        "body-table",
        "a form pasted into the mail: read",
        raw=lambda: _html_body(html(register4(dropout_row()), "utf-8").decode()),
        submissions=ONE_ON_FORM4,
    ),
    mess(
        "labelled-as-a-mail",
        "a workbook whose part is labelled message/rfc822: known by its bytes",
        raw=lambda: _labelled(b"message/rfc822"),
        submissions=ONE_ON_FORM4,
    ),
    mess(
        "labelled-as-text",
        "a workbook whose part is labelled text/plain: known by its bytes",
        raw=lambda: _labelled(b"text/plain"),
        submissions=ONE_ON_FORM4,
    ),
    mess(
        "uuencoded",
        "a workbook uuencoded in the text of the mail: read",
        raw=lambda: _uuencoded(xlsx(register4(dropout_row()))),
        submissions=ONE_ON_FORM4,
    ),
    mess(
        "winmail",
        "M-22: winmail.dat of Outlook: its files are read",
        lambda: {"winmail.dat": tnef(b"", [("附件4.xlsx".encode("gbk"), xlsx(register4(dropout_row())))])},
        submissions=ONE_ON_FORM4,
    ),
    mess(
        "saved-mail",
        "a mail saved by Outlook (.msg): its files are read",
        lambda: {
            "转发.msg": compound_file(msg("材料", "请查收", [("附件4.xlsx", xlsx(register4(dropout_row())))]))
        },
        submissions=ONE_ON_FORM4,
    ),
)
