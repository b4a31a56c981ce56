"""What a notice says of something that is not there is named with its line, before mail is read by it."""

from datetime import date
from pathlib import Path

import pytest

from config.errors import ConfigError
from config.notice.notice_doubts import doubts_about
from config.read_notice import load_notice
from config.text.punctuation import set_punctuation

HEAD = 'extends = "2023-autumn.toml"\nid = "other"\n'


def loaded(tmp_path: Path, text: str) -> str:
    """What loading says is wrong."""
    file = tmp_path / "notice.toml"
    file.write_text(HEAD + text, "utf-8")
    with pytest.raises(ConfigError) as raised:
        load_notice(file)
    return set_punctuation(str(raised.value))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[forms."附件4"]\nstages = ["小学", "中学"]\n', "第4行:附件4 的 stages 里的“中学”不认识,只能是 幼儿园、小学、初中"),
        ('[forms."附件4"]\nunit_field = "village"\n', "第4行:附件4 的 unit_field“village”不在它的 fields 里:请改正"),
        ("[forms.\"附件4\"]\ntitle_patterns = ['台账(']\n", "第4行:附件4 title_patterns:“台账(”不是正则表达式"),
        ('[fields.reason]\ncells = "[原因"\n', "第4行:fields reason cells:“[原因”不是正则表达式"),
        ("[wording.letters]\nserved = ['送到(']\n", "第4行:wording letters served:“送到(”不是正则表达式"),
        ("[wording]\nduties = ['[校长']\n", "第4行:wording duties:“[校长”不是正则表达式"),
        ("[deduction]\nvilage = 0.1\n", "第4行:deduction 里的“vilage”不是单位的类别,扣不到任何单位:请改正,或在 [units.kinds] 里加上(是不是 village)"),
        ('[forms."附件4"]\ndue = "周五"\n', "due“周五”看不懂:请写成 2023-09-25(不加引号)、“每月25日”"),
        ('[forms."附件4"]\ndue = ["2023-09-20", "月底"]\n', "due“月底”看不懂"),
        ('[forms."附件4"]\ndue = ["每周五", 2023-09-20]\n', "due 的列表里只能是日期"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, text: str, words: str) -> None:
    assert set_punctuation(words) in loaded(tmp_path, text)


def test_dates_in_quotes_are_dates(tmp_path: Path) -> None:
    file = tmp_path / "notice.toml"
    file.write_text(HEAD + '[forms."附件4"]\ndue = ["2023-09-20", "2023-10-20T12:00:00"]\n', "utf-8")

    assert [f"{due:%m-%d %H:%M}" for due in load_notice(file).form("附件4").dates] == [
        "09-20 23:59",
        "10-20 12:00",
    ]


def test_a_form_of_the_base_that_was_due_before_the_semester_is_doubted(tmp_path: Path) -> None:
    file = tmp_path / "notice.toml"
    file.write_text(HEAD + "opened = 2024-09-01\n", "utf-8")

    of_the_base = load_notice(Path("2023-autumn.toml")).forms
    assert [doubt.partition(" opened")[0] for doubt in doubts_about(load_notice(file))] == [
        f"{form.key}应于{form.due}前报,早于" for form in of_the_base if isinstance(form.due, date)
    ]
