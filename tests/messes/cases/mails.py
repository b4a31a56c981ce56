"""Mails that bring nothing, and mails of our own."""

from tests.builders.files.clerk_files import MIDDLE, dropout_row, mail, register4, xlsx
from tests.messes.mess import ONE_ON_FORM4, mess

MESSES = (
    mess(
        "chatter",
        "no file, no word of a report: ignored",
        subject="收到",
        body="好的,谢谢",
        outcomes=("ignored",),
    ),
    mess(
        "auto-reply",
        "M-16: automatic replies: ignored",
        raw=lambda: mail(subject="自动回复:附件4", extra={"Auto-Submitted": "auto-replied"}),
        outcomes=("ignored",),
    ),
    mess(
        "body-nil",
        "M-13: the mail says 零报告 and names the form: a zero report",
        subject="西沱中学附件4零报告",
        body="本校无失学、辍学、休学、延缓入学学生。",
        submissions={(MIDDLE, "附件4"): ()},
        nil=((MIDDLE, "附件4"),),
    ),
    mess(
        "body-nil-no-form",
        "says 零报告 and names no form: a person must look",
        subject="西沱中学",
        body="本校零报告。",
        outcomes=("quarantined",),
        reason="no-table",
    ),
    mess(
        "body-later",
        "M-13: 附件2稍后补: a person must look",
        subject="西沱中学附件2",
        body="附件2稍后补。",
        outcomes=("quarantined",),
        reason="no-table",
    ),
    mess(
        "linked",
        "M-09: QQ 超大附件, only a link: listed, never fetched",
        subject="西沱中学附件2",
        body="从QQ邮箱发来的超大附件\n附件2.xlsx (61.2M, 2023年10月24日 10:00 到期)\nhttps://mail.qq.com/cgi-bin/ftnExs_download?k=1",
        outcomes=("quarantined",),
        reason="linked-attachment",
    ),
    mess(
        "cloud-link",
        "M-26: a 腾讯文档 link: listed, never fetched",
        subject="西沱中学附件2",
        body="https://docs.qq.com/sheet/abc",
        outcomes=("quarantined",),
        reason="linked-attachment",
    ),
    mess(
        "our-own-mail",
        "our own digest or reminder, back in the mailbox that is polled: ignored, whatever it carries",
        raw=lambda: mail(
            {"附件4.xlsx": xlsx(register4(dropout_row()))},
            extra={"Message-ID": f"<kongchuo.{'0a' * 16}@example.org>", "Auto-Submitted": "auto-generated"},
        ),
        outcomes=("ignored",),
    ),
    mess(
        "our-marked-workbook-back",
        "a clerk's answer to a receipt with the marked workbook mended: a submission like any other",
        raw=lambda: mail(
            {"附件4(已标注).xlsx": xlsx(register4(dropout_row()))},
            extra={"In-Reply-To": f"<kongchuo.{'0a' * 16}@example.org>"},
            subject="回复:回执:西沱中学附件4已收到,有1处请更正",
        ),
        submissions=ONE_ON_FORM4,
    ),
)
