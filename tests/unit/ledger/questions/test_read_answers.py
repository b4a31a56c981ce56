"""What people write as answers: each way of writing is understood, and what can be read in two ways is handed back."""

import random
from datetime import date

import pytest

from config.answers.answer_words import Meaning, QuestionKind, answer_table
from config.units.resolve_unit_names import UnitNames
from config.units.roster import Roster, Unit
from ledger.questions.answer_readings import Answer, AnswerContext, Command, Unclear
from ledger.questions.read_answers import only_asks, read_answers, read_row, read_tapped, says_an_answer
from tests.builders.counties.full_width import widen
from tests.builders.values.form_tables import NOTICE

UNITS = (
    Unit(name="西沱镇", kind="township", stage=None, township=None),
    Unit(name="西沱镇小学", kind="school", stage="小学", township="西沱镇", aliases=("西沱小学",)),
    Unit(name="王场中学", kind="school", stage="初中", township=None),
    Unit(name="沙子镇", kind="township", stage=None, township=None),
)
KINDS = {
    12: QuestionKind.FILE,
    13: QuestionKind.CASE,
    14: QuestionKind.SAME,
    15: QuestionKind.VALUE,
    16: QuestionKind.SENDER,
    17: QuestionKind.SUSPECTED,
    18: QuestionKind.FINDING,
    19: QuestionKind.MAIL,
    20: QuestionKind.ADDRESS,
    105: QuestionKind.FILE,
}
ROSTER = Roster(UNITS)
CONTEXT = AnswerContext(
    kinds=KINDS,
    names=UnitNames(ROSTER, NOTICE),
    unit_names=tuple(unit.name for unit in UNITS),
    notice=NOTICE,
    today=date(2023, 9, 26),
)


def read(*lines: str) -> list[tuple[object, ...]]:
    """Number, meaning, unit and form of each answer; key and the rest of each command; None where it is handed back."""
    return [
        (one.number, one.meaning.value, one.unit, one.form)
        if isinstance(one, Answer)
        else (one.key, one.unit, one.form, one.until, one.number)
        if isinstance(one, Command)
        else (None,)
        for one in read_answers(lines, CONTEXT)
    ]


GUESSED, BACK = (12, "as-guessed", None, None), (None,)
ASSIGNED = (12, "assign", "西沱镇小学", "附件4")


@pytest.mark.parametrize(
    "line",
    [
        "12 同意", "问12 同意", "问12:同意", "12号 同意", "第12号同意", "12同意", "12.同意", "12、同意。", "十二 同意",
        "问十二 同意", "第十二号问题:同意", "问题12 同意", "  12   同意  ", "12a", "12 a", "12 A", "#12 同意", "12: 对",
        "12 同意了", "12 同意!", "No.12 同意", "12 同意 看过原件",
    ],
)  # fmt: skip
def test_agreeing(line: str) -> None:
    assert read(line) == [GUESSED]
    assert read(widen(line)) == [GUESSED]


@pytest.mark.parametrize(
    "line",
    [
        "12 西沱镇小学 附件4", "12 西沱小学 附件四", "12:西沱镇小学,附件4", "问12 西沱镇小学附件4", "12 西沱镇小学 附表4",
        "12 归入 西沱镇小学 附件4", "12 同意 西沱镇小学 附件4", "十二号 西沱小学 附件4 电话核实",
    ],
)  # fmt: skip
def test_whose_a_file_is(line: str) -> None:
    assert read(line) == [ASSIGNED]


@pytest.mark.parametrize(
    ("line", "meaning"),
    [
        ("13 已返校 9月28日 班主任核实", "returned"), ("13已返校9月28日班主任核实", "returned"), ("13 仍未返校", "settle"),
        ("14 不是同一人", "split"), ("14 是同一人", "merge"), ("14 是", "merge"), ("15 情况属实 学校已核实", "explain"),
        ("16 属实", "accept"), ("16 不属实", "settle"), ("17 在校", "returned"), ("17 转走 去了县外", "moved"),
        ("18 情况属实", "waive"), ("19 已收到", "arrived"), ("19 重发", "send-again"), ("14b", "split"), ("13 d", "aged_out"),
        ("20 不用更正 单位已撤并", "settle"), ("105 不用处理", "settle"), ("一百零五 不用处理", "settle"), ("一〇五号 不用处理", "settle"),
    ],
)  # fmt: skip
def test_each_kind_of_question(line: str, meaning: str) -> None:
    assert [one[1] for one in read(line)] == [meaning]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("宽限 西沱镇 到9月28日 停电", ("extend", "西沱镇", None, date(2023, 9, 28), None)),
        ("宽限西沱镇到9月28日 停电", ("extend", "西沱镇", None, date(2023, 9, 28), None)),
        (
            "宽限 西沱小学 附件4 到 2023-10-08 放假",
            ("extend", "西沱镇小学", "附件4", date(2023, 10, 8), None),
        ),
        ("免报 西沱镇小学 附件6 无义务段", ("exempt", "西沱镇小学", "附件6", None, None)),
        ("收到纸质件 西沱镇 附件4", ("paper", "西沱镇", "附件4", None, None)),
        ("撤回 12", ("withdraw", None, None, None, 12)),
        ("撤回问12", ("withdraw", None, None, None, 12)),
        ("撤回:第十二号", ("withdraw", None, None, None, 12)),
        ("帮助", ("help", None, None, None, None)),
    ],
)
def test_what_is_said_without_a_question(line: str, expected: tuple[object, ...]) -> None:
    assert read(line) == [expected]


@pytest.mark.parametrize(
    "line",
    [
        "同意", "12", "12 ", "99 同意", "12 同意吗?", "12 同意,但要先问", "13 可能已返校", "13 已返校班主任说的", "14 a b",
        "12 西沱镇 小学 附件4", "12 西沱镇小学 附件1、3", "12 西沱镇小学 附件9", "12 西沱镇小学 沙子镇 附件4",
        "14 同意", "12 是", "13 已返校 又转走", "9月28日开会", "12 归入西沱小学附件4吧?", "宽限 西沱镇 9月28日", "宽限 西沱镇 停电",
        "宽限 西沱镇 到9月20日 停电", "免报 西沱镇小学 无义务段", "免报 某小学 附件6 无义务段", "撤回", "撤回 12 13 同意", "1、12 同意",
        "1. 12 同意", "请把12号同意了", "12 不同意", "二 同意", "12 同意 13 已返校吗", "13 未核实 已返校", "1212 同意", "12b 同意 a",
    ],
)  # fmt: skip
def test_what_is_handed_back(line: str) -> None:
    readings = read_answers([line], CONTEXT)

    assert readings
    assert all(isinstance(one, Unclear) and one.problem for one in readings), readings


@pytest.mark.parametrize("line", ["", "您好", "好的!", "收到,谢谢", "谢谢。", "---"])
def test_what_says_nothing(line: str) -> None:
    assert [one for one in read(line) if one != BACK] == []


def test_several_answers_in_one_line_and_one_for_several() -> None:
    assert read("12 同意;14 不是同一人") == [GUESSED, (14, "split", None, None)]
    assert read("12 同意。  14 不是同一人。") == [GUESSED, (14, "split", None, None)]
    assert read("12、105 不用处理") == [(12, "settle", None, None), (105, "settle", None, None)]


def test_two_answers_to_one_question_are_both_handed_back_and_the_same_twice_is_one() -> None:
    assert read("14 是同一人", "14 不是同一人") == [BACK, BACK]
    assert read("12 同意", "问12 同意") == [GUESSED]
    assert read("撤回 14", "14 是同一人") == [BACK, BACK]


def test_an_unknown_unit_is_asked_back_with_those_like_it() -> None:
    (unclear,) = read_answers(["12 西沱镇小字 附件4"], CONTEXT)

    assert isinstance(unclear, Unclear)
    assert "西沱镇小学" in unclear.problem


def test_a_tapped_link() -> None:
    tapped = read_tapped("14b", CONTEXT)

    assert isinstance(tapped, Answer)
    assert tapped.meaning is Meaning.SPLIT
    assert isinstance(read_tapped("14z", CONTEXT), Unclear)
    assert isinstance(read_tapped("99a", CONTEXT), Unclear)


@pytest.mark.parametrize(
    ("row", "meaning"),
    [
        (("12", "同意", "", "", ""), "as-guessed"), (("问12", "", "西沱镇小学", "附件4", "电话"), "assign"),
        (("12", "同意", "西沱镇小学", "附件4", ""), "assign"), (("14", "不是同一人", "", "", "两个学校都问过"), "split"),
        (("14", "", "西沱镇小学", "", ""), None), (("12", "不用处理", "西沱镇小学", "", ""), None), (("14", "同意", "", "", ""), None),
        (("99", "同意", "", "", ""), None), (("13", "已返校", "", "", "可能"), None), (("12", "", "某某", "附件4", ""), None),
    ],
)  # fmt: skip
def test_a_filled_row_of_the_workbook(row: tuple[str, ...], meaning: str | None) -> None:
    read_one = read_row(row, CONTEXT)

    assert (read_one.meaning.value if isinstance(read_one, Answer) else None) == meaning


def test_a_row_that_is_not_filled_says_nothing() -> None:
    assert read_row(("12", "", "", "", "看过"), CONTEXT) is None


def test_every_letter_of_the_table_is_one_answer() -> None:
    for kind in answer_table().kinds:
        letters = [one.letter for one in kind.answers]
        words = [word for one in kind.answers for word in (one.label, *one.words)]
        assert len(set(letters)) == len(letters)
        assert len(set(words)) == len(words) - sum(one.label in one.words for one in kind.answers)


def test_a_report_of_a_unit_has_not_the_shape_of_an_answer() -> None:
    names = CONTEXT.names
    report = [
        "西沱镇9月无辍学学生", "1. 请查收附件4", "2、以上同意上报", "共12人已返校", "9月28日同意", "1、西沱镇小学附件4",
    ]  # fmt: skip
    assert not says_an_answer(report, names)
    assert says_an_answer(["您好", "12 同意"], names)
    assert says_an_answer(["宽限 西沱镇 到9月28日 停电"], names)
    assert says_an_answer(["12 西沱镇小学 附件4"], names)


def messy(rng: random.Random, number: int, words: str) -> str:
    """One way in which somebody may write a number and an answer to it."""
    before, after = rng.choice(
        [
            ("", " "),
            ("问", " "),
            ("问", ":"),
            ("", ":"),
            ("", "号 "),
            ("第", "号:"),
            ("", "、"),
            ("问题", ","),
        ]
    )
    shown = (
        str(number)
        if rng.random() < 0.85 or not after.strip()
        else {12: "十二", 105: "一百零五"}.get(number, str(number))
    )
    line = f"{before}{shown}{after}{words}{rng.choice(['', '。', '!', ' '])}"
    if rng.random() < 0.3:
        line = widen(line)
    return rng.choice(["", " ", "  ", "\u3000"]) + line


def test_three_hundred_messy_answers_are_read_as_meant() -> None:
    rng = random.Random(16)
    meant: list[tuple[int, str]] = []
    wrong: list[tuple[str, object]] = []
    missed: list[str] = []
    for _ in range(300):
        number = rng.choice(sorted(KINDS))
        answers = answer_table().of_kind(KINDS[number]).answers
        chosen = rng.choice(answers)
        line = messy(rng, number, rng.choice(chosen.words))
        if rng.random() < 0.4:
            line += " " + rng.choice(["9月28日 班主任核实", "电话问过", "学校已核实 王主任", "看过原件"])
        meant.append((number, chosen.meaning.value))
        lines = ["您好", line, "谢谢"]
        found = [
            (one.number, one.meaning.value) for one in read_answers(lines, CONTEXT) if isinstance(one, Answer)
        ]
        if not found:
            missed.append(line)
        elif found != [meant[-1]]:
            wrong.append((line, found))

    assert wrong == []
    assert len(missed) <= 3, missed


@pytest.mark.parametrize(
    ("line", "key", "unit", "who"),
    [
        ("进度", "progress", None, ""), ("进度?", "progress", None, ""), ("进度:西沱镇", "progress", "西沱镇", ""),
        ("进度西沱镇", "progress", "西沱镇", ""), ("报送进度 西沱小学", "progress", "西沱镇小学", ""),
        ("未报", "missing", None, ""), ("还有谁没报?", "missing", None, ""), ("简报。", "digest", None, ""),
        ("个案 谭某某", "case", None, "谭某某"), ("个案:a204", "case", None, "a204"), ("台账", "registers", None, ""),
        ("催报", "remind", None, ""), ("同意发送!", "send-reminders", None, ""), ("重读 西沱镇", "reread", "西沱镇", ""),
        ("HELP", "help", None, ""),
    ],
)  # fmt: skip
def test_asking(line: str, key: str, unit: str | None, who: str) -> None:
    for written in (line, widen(line)):
        (one,) = read_answers([written], CONTEXT)
        assert isinstance(one, Command)
        assert (one.key, one.unit, one.who) == (key, unit, who)
        assert only_asks(["您好", written], CONTEXT.names)


@pytest.mark.parametrize(
    "line",
    [
        "进度很慢", "未报的单位我来催", "催报情况请看附件", "台账已经交了", "个案太多", "重读", "重读 某某镇", "进度 附件4", "个案",
        "简报收到", "进度 西沱镇 附件4",
    ],
)  # fmt: skip
def test_what_only_looks_like_asking(line: str) -> None:
    assert read(line) == [BACK]


def test_what_decides_does_not_only_ask() -> None:
    assert not only_asks(["进度", "12 同意"], CONTEXT.names)
    assert not only_asks(["进度", "宽限 西沱镇 到9月28日 停电"], CONTEXT.names)


@pytest.mark.parametrize(
    "line",
    [
        "改 15 出生日期 2012-03-04 户口簿", "改15 出生日期 2012-03-04 户口簿", "15 改 出生日期 2012-03-04 户口簿",
        "更正 问15 的出生日期为2012-03-04(户口簿)",
        "改 15号 出生日期 改为 2012-03-04,户口簿", "修改:15 出生日期:2012-03-04 户口簿",
    ],
)  # fmt: skip
def test_overruling_a_value(line: str) -> None:
    for written in (line, widen(line)):
        (one,) = read_answers([written], CONTEXT)
        assert isinstance(one, Command)
        assert (one.key, one.number, one.heading, one.value, one.why) == (
            "correct",
            15,
            "出生日期",
            "2012-03-04",
            "户口簿",
        )


def test_overruling_a_value_of_a_row_that_no_question_names() -> None:
    by_row, by_child = read_answers(
        ["改 西沱镇小学 附件4 第7行 类别 失学 电话核实", "改 谭小明 出生日期 2012年3月4日 户口簿"], CONTEXT
    )
    assert isinstance(by_row, Command)
    assert isinstance(by_child, Command)
    assert (by_row.unit, by_row.form, by_row.row, by_row.value) == ("西沱镇小学", "附件4", 7, "失学")
    assert (by_child.who, by_child.heading, by_child.value) == ("谭小明", "出生日期", "2012年3月4日")


@pytest.mark.parametrize(
    "lines",
    [
        ["改 15 出生日期 2012-03-04"], ["改 15"], ["改 15 颜色 红 户口簿"], ["改 出生日期 2012-03-04 户口簿"], ["改天再说"], ["改正后重报"],
        ["改 西沱镇小学 第7行 类别 失学 电话核实"], ["改 15 出生日期 2012-03-04 大概是户口簿"],
        ["改 15 出生日期 2012-03-04 户口簿", "改 15 出生日期 2012-03-05 户口簿"], ["改 15 出生日期 2012-03-04 户口簿", "15 情况属实"],
    ],
)  # fmt: skip
def test_what_overrules_nothing(lines: list[str]) -> None:
    assert read(*lines) == [BACK] * len(lines)
