"""What a notice means, in Chinese."""

from pathlib import Path

import pytest

from config.notice.notice_in_words import describe_due, doubts_about, explain_notice
from config.read_notice import load_base, load_notice
from tests.builders.form_tables import NOTICE


def other(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "notice.toml"
    file.write_text(f'extends = "2023-autumn.toml"\nid = "other"\n{text}', "utf-8")
    return file


def test_the_autumn_notice_is_clear():
    text = "\n".join(line for section in explain_notice(NOTICE) for line in section.lines)

    assert doubts_about(NOTICE) == ()
    assert "附件4《" in text
    assert "2023年9月25日前报,没有学生也要报" in text
    assert "附件3里有失学、辍学学生时报" in text
    assert "失学、辍学——失学辍学,立个案、要劝返" in text
    assert "乡镇(街道)扣0.1分" in text


@pytest.mark.parametrize(
    ("due", "words"),
    [
        ('"每月25日"', "每月25日前"),
        ('"每周五17:00"', "每周五17:00前"),
        ('"每季度末月底"', "每季度末月底前"),
        ('"每日"', "每日前"),
        ("[2023-09-25, 2023-10-25]", "2023年9月25日、2023年10月25日前"),
        ("2023-09-25T12:00:00", "2023年9月25日12:00前"),
    ],
)
def test_dues(tmp_path: Path, due: str, words: str):
    notice = load_notice(other(tmp_path, f'[[forms]]\nkey = "附件1"\ndue = {due}\n'))

    assert describe_due(notice.form("附件1")) == words


def test_what_is_taken_over_and_what_is_doubtful(tmp_path: Path):
    path = other(
        tmp_path,
        """
[[forms]]
key = "附件7"
removed = true
[[forms]]
key = "表2"
title = "统计表"
title_patterns = ["统计表"]
sender = "vilage"
fields = ["seq"]
[vocabularies.status]
values = { "劝学中" = [] }
""",
    )
    notice, base = load_notice(path), load_base(path)
    taken = explain_notice(notice, base)[-1].lines
    doubts = "\n".join(doubts_about(notice))

    assert "附件去掉的:附件7" in taken
    assert "附件新加的:表2" in taken
    assert "表2没有写 role" in doubts
    assert "表2要报,却没有写 due" in doubts
    assert "vilage" in doubts
    assert "劝学中" in doubts
