"""What a sender can do about a file that was not read, by the reason it waits for."""

RESEND_ADVICE = {
    "encrypted": "请来件单位去掉密码后重发",
    "unreadable": "请来件单位用 WPS 或 Excel 另存为 .xlsx 后重发",
    "unsupported": "请来件单位另存为 .xlsx 后重发",
    "archive-bomb": "请来件单位直接发送表格,不要嵌套压缩",
    "too-large": "请来件单位拆分后重发",
    "scanned-only": "请来件单位补发电子表格",
    "linked-attachment": "请来件单位改用普通附件重发(超大附件的链接会过期)",
}
"""By reason code; for other reasons only a person at the office can help."""
