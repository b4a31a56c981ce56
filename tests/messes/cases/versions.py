"""What a mail says of its own material: which version counts, links, passwords."""

import io

import pyzipper

from tests.builders.files.clerk_files import MIDDLE, dropout_row, register4, xlsx
from tests.messes.mess import ONE_ON_FORM4, mess


def _form4() -> dict[str, bytes]:
    return {"附件4.xlsx": xlsx(register4(dropout_row()))}


def _locked(password: str) -> bytes:
    out = io.BytesIO()
    with pyzipper.AESZipFile(out, "w", encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(password.encode())
        archive.writestr("附件4.xlsx", _form4()["附件4.xlsx"])
    return out.getvalue()


MESSES = (
    mess(
        "replaces",
        "M-13, M-14: 以此为准: the list counts alone",
        _form4,
        subject="西沱中学附件4(更正)",
        body="前一份有误,以此次为准。",
        submissions=ONE_ON_FORM4,
    ),
    mess(
        "keeps-earlier",
        "M-13: 以前一份为准: not recorded until a person has looked",
        _form4,
        subject="西沱中学附件4",
        body="这份发错了,以前一份为准。",
        outcomes=("quarantined",),
        reason="version-unclear",
    ),
    mess(
        "withdraws",
        "M-15: a mail that withdraws what was sent, without a file: a person must look",
        subject="西沱中学",
        body="上午发的附件4作废,请不要登记。",
        outcomes=("quarantined",),
        reason="version-unclear",
    ),
    mess(
        "link-beside",
        "M-09: a file and a link to another: the file is recorded, the link asked about",
        _form4,
        subject="西沱中学",
        body="其余材料见 https://pan.baidu.com/s/1abcDEF 提取码 1234",
        submissions=ONE_ON_FORM4,
        outcomes=("forms", "quarantined"),
    ),
    mess(
        "child-in-words",
        "a mail without a file that tells of a child: a person must look",
        subject="西沱中学",
        body="八年级2班谭晓雨一直没来上学。",
        outcomes=("quarantined",),
        reason="no-table",
    ),
    mess(
        "password-in-the-mail",
        "M-21: a zip behind a password that stands in the mail: opened with it",
        lambda: {"材料.zip": _locked("xituo2023")},
        subject=MIDDLE,
        body="解压密码:xituo2023",
        submissions=ONE_ON_FORM4,
    ),
    mess(
        "password-elsewhere",
        "M-21: a zip behind a password that stands nowhere: said so",
        lambda: {"材料.zip": _locked("xituo2023")},
        subject=MIDDLE,
        outcomes=("quarantined",),
        reason="encrypted",
    ),
    mess(
        "password-alone",
        "M-21: a mail that brings only a password: a person must look; it is tried on no other mail",
        subject=MIDDLE,
        body="上一封附件的密码是xituo2023",
        outcomes=("quarantined",),
        reason="encrypted",
    ),
)
