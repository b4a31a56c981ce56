"""What official papers are called in Chinese, whoever writes them: known before it is known which notice they answer."""

import re

LETTER_TITLES = ("送达书", "送达回证", "通知书")
"""Letters to a guardian."""
FORM_TITLES = ("登记表", "记录表", "台账", "摸排表")
"""What titles of forms end with."""
LIST_TITLES = (*FORM_TITLES, "花名册", "细化表")
"""The same, and titles that also stand above a part of a list: that of one class."""
TABLE_NAMES = ("台账", "摸排", "登记表", "记录表", "统计表", "报表")
"""Words in the name of a file that is a table."""
FORM_NAMES = (*TABLE_NAMES, *LETTER_TITLES[:1])
"""Words in the name of a file that is a form and no proof."""
SENSIBLE_WORDS = (
    "附件", "台账", "摸排", "登记", "记录", "填报", "姓名", "身份证", "证明", "诊断", "医院", "申请", "休学", "学校", "小学", "中学",
    "幼儿园", "乡", "镇", "街道",
)  # fmt: skip
"""Of which a page has some that is read the right way up."""
_NAMES_BY_PROGRAMS = re.compile("(?:微信|qq|钉钉|手机|屏幕|网页)(?:图片|截图|照片|拍照|快照)", re.IGNORECASE)


def without_names_by_programs(file_name: str) -> str:
    """A file's name without what phones and chat programs call any picture: 微信图片_20230924.jpg says nothing of it."""
    return _NAMES_BY_PROGRAMS.sub("", file_name)
