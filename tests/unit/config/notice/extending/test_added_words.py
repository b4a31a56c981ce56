"""A notice's words stand beside those of its base; taking one back is said."""

from pathlib import Path

import pytest

from config.errors import ConfigError
from config.notice import Notice
from config.notice.notice_in_words import explain_notice
from config.read_notice import load_base, load_notice
from tests.builders.values.form_tables import NOTICE


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "notice.toml"
    file.write_text(f'extends = "2023-autumn.toml"\nid = "other"\n{text}', "utf-8")
    return file


def load(tmp_path: Path, text: str) -> Notice:
    return load_notice(written(tmp_path, text))


def test_a_list_of_words_adds_to_the_base_s(tmp_path: Path):
    notice = load(
        tmp_path,
        """
absence_words = ["不来了", "失学"]
nil_words = ['平安\uff08无事\uff09']
[rolls]
work = ["进厂"]
[wording]
zero_report = ["平安报告"]
[wording.visits]
names = ["帮返"]
[wording.visits.date]
endings = ["日子"]
""",
    )

    assert notice.absence_words[:2] == ("不来了", "失学")
    assert sorted(notice.absence_words) == sorted({"不来了", *NOTICE.absence_words})
    assert notice.nil_words == (r"平安\(无事\)", *NOTICE.nil_words)
    assert notice.rolls.work == ("进厂", *NOTICE.rolls.work)
    assert notice.wording.zero_report == ("平安报告", *NOTICE.wording.zero_report)
    assert notice.wording.visits.names == ("帮返", *NOTICE.wording.visits.names)
    assert notice.wording.visits.date.endings == ("日子", *NOTICE.wording.visits.date.endings)
    assert notice.wording.visits.date.headings == NOTICE.wording.visits.date.headings
    assert notice.wording.letters == NOTICE.wording.letters


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ('{ words = ["帮返"], "走访" = "removed" }', ("帮返", "劝返", "家访")),
        ('{ "走访" = "removed" }', ("劝返", "家访")),
        ('{ words = ["帮返"], base = "removed" }', ("帮返",)),
        ('"removed"', ()),
    ],
)
def test_words_of_the_base_are_taken_back_by_saying_so(tmp_path: Path, said: str, names: tuple[str, ...]):
    assert load(tmp_path, f"[wording.visits]\nnames = {said}\n").wording.visits.names == names


def test_all_words_of_a_table_are_taken_back_at_once(tmp_path: Path):
    answers = load(tmp_path, '[wording.answers]\nbase = "removed"\nyes = ["对"]\n').wording.answers

    assert (answers.yes, answers.no, answers.ticks) == (("对",), (), ())


def test_what_is_no_list_of_words_replaces(tmp_path: Path):
    notice = load(tmp_path, 'county_words = ["清溪"]\n[rolls]\npaired = ["孤儿"]\n')

    assert notice.county_words == ("清溪",)
    assert notice.rolls.paired == ("孤儿",)


def test_a_word_of_an_extended_county_stays_in_the_next_semester(tmp_path: Path):
    (tmp_path / "base.toml").write_text(
        'extends = "2023-autumn.toml"\n[wording.visits]\nnames = { words = ["帮返"], "走访" = "removed" }\n',
        "utf-8",
    )
    file = tmp_path / "notice.toml"
    file.write_text('extends = "base.toml"\n[wording.visits]\nnames = ["劝学"]\n', "utf-8")

    assert load_notice(file).wording.visits.names == ("劝学", "帮返", "劝返", "家访")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[wording.visits]\nnames = { "走放" = "removed" }\n', ["第4行", "走放", "走访"]),
        ('absence_words = { "流矢" = "removed" }\n', ["第3行", "absence_words", "流矢"]),
        ('[wording.visits]\nnames = "劝学"\n', ["第4行", "方括号"]),
        ('[wording.visits]\nnames = { word = ["劝学"] }\n', ["第4行", "names"]),
    ],
)
def test_what_takes_back_nothing_is_refused_with_its_line(tmp_path: Path, text: str, words: list[str]):
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text)

    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_what_words_were_added_and_taken_back_is_said(tmp_path: Path):
    path = written(
        tmp_path,
        'absence_words = ["不来了"]\n[wording.visits]\nnames = { words = ["帮返"], "走访" = "removed" }\n',
    )
    lines = explain_notice(load_notice(path), load_base(path))[-1].lines

    assert f"用词 absence_words:新加不来了;沿用{len(NOTICE.absence_words)}个" in lines
    assert "用词 wording visits names:新加帮返;沿用2个;不要了走访" in lines
