"""Mails are set in Chinese punctuation, and what units wrote stays as they wrote it.

Full-width marks are written as escapes: an editor on the way turns them into their ASCII twins.
"""

import re
from datetime import UTC, datetime
from html import unescape

from ledger.results import FormState
from notify.digest.render_digest import render_digest_html, render_digest_text
from notify.units.receipts import Receipt, UnreadFile
from notify.units.render_unit_mail import render_receipt
from tests.builders.values.sample_digests import a_busy_county, a_file, a_form, a_status, a_unit, digest_of

MARK_AFTER_CHINESE = re.compile(r"[\u4e00-\u9fff][,:;?!(]")
SUBJECT, FILE = "更正:附件4(改),以此为准", "附件4(改),新.xlsx"


def text_of(page: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "\n", page))


def a_receipt(name: str = "附件4.xlsx") -> Receipt:
    unread = UnreadFile(name=name, reason="压缩包加了密码,打不开:请对方去掉密码后重发", code="encrypted")
    sent_at = datetime(2023, 9, 26, 8, 5, tzinfo=UTC)
    return Receipt(
        office="石柱县教委", notice="2023年秋季学期控辍保学", sent_at=sent_at, received=(), unread=(unread,)
    )


def test_no_ascii_mark_follows_chinese_in_a_mail() -> None:
    for mail in (
        render_digest_text(a_busy_county()),
        text_of(render_digest_html(a_busy_county())),
        *map(text_of, render_receipt(a_receipt())),
    ):
        kept = re.sub(r"“[^”]*”|\S*\.(?:xlsx|zip|png)", "", mail)
        assert MARK_AFTER_CHINESE.findall(kept) == []


def test_names_of_files_and_subjects_stay() -> None:
    digest = digest_of(
        a_status(a_unit("西沱镇", a_form("附件1", FormState.MISSING))),
        files=(a_file(subject=SUBJECT, path=("材料(全).zip", FILE)),),
    )

    for mail in (render_digest_text(digest), text_of(render_digest_html(digest))):
        assert f"材料(全).zip › {FILE}" in mail
    assert f"主题\uff1a{SUBJECT}" in text_of(render_digest_html(digest))


def test_what_stands_beside_a_name_of_a_file_is_set() -> None:
    for mail in map(text_of, render_receipt(a_receipt(FILE))):
        assert f"{FILE}\uff1a没有读出" in mail


def test_a_sign_of_ours_in_what_a_unit_wrote_breaks_nothing() -> None:
    signs = "\ufdd1\ufdd0甲\ufdd1(乙)\n\ufdd2,丙\ufdd0"
    digest = digest_of(a_status(), files=(a_file(subject=signs, reason=signs, path=(f"{signs}.xlsx",)),))

    for mail in (render_digest_text(digest), text_of(render_digest_html(digest))):
        assert "甲(乙)" in mail
        assert "\ufdd0" not in mail


def test_tags_and_characters_of_html_stay() -> None:
    digest = digest_of(a_status(), files=(a_file(subject='甲"乙"<丙>&丁', path=("甲&乙(丙).xlsx",)),))

    page = render_digest_html(digest)

    assert "甲&amp;乙(丙).xlsx" in page
    assert "&lt;丙&gt;&amp;丁" in page
