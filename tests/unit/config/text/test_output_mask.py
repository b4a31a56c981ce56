import pytest

from config.text.output_mask import (
    MaskLevel,
    OutputMask,
    Personal,
    build_name_masker,
    mask_address,
    mask_houses,
    mask_name,
    mask_telephone,
    names_in_value,
)
from parsers.problem_sentences import make_problem


def test_names_in_a_text_are_masked_the_longer_one_whole() -> None:
    mask_names = build_name_masker({"李明", "李明华"}, mask_name)

    assert mask_names("缺证明材料2份(李明华、李明)") == "缺证明材料2份(李**、李*)"


def test_where_names_may_be_shown_nothing_changes() -> None:
    assert build_name_masker({"李明"}, str)("李明") == "李明"


def test_one_character_is_no_name_to_look_for() -> None:
    assert build_name_masker({"李"}, mask_name)("李明的证明") == "李明的证明"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("重庆市石柱县西沱镇南坪村3组12号", "重庆市石柱县西沱镇南坪村****"),
        ("西沱镇都督社区3栋2单元", "西沱镇都督社区****"),
        ("西沱镇街上12号", "西沱镇****"),
        ("南坪村", "南坪村"),
        ("南坪村****", "南坪村****"),
        ("3组", "****"),
        ("万寿小区5栋", "****"),
        ("", ""),
    ],
)
def test_an_address_is_cut_below_the_village(address: str, shown: str) -> None:
    assert mask_address(address) == shown


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("13800000001", "138****0001"),
        ("023-73332222", "023****2222"),
        ("73332222", "****2222"),
        ("13800000001、023-73332222", "138****0001、023****2222"),
        ("无", "无"),
    ],
)
def test_a_telephone_shows_its_ends(phone: str, shown: str) -> None:
    assert mask_telephone(phone) == shown


def test_a_house_in_running_text_is_hidden_and_units_and_counts_are_not() -> None:
    assert mask_houses("家住南坪村3组12号,2023-09-12家访") == "家住南坪村****,2023-09-12家访"
    assert mask_houses("西沱镇附件4第15行、南坪村12户") == "西沱镇附件4第15行、南坪村12户"


def test_a_guardian_is_known_without_what_stands_behind_the_name() -> None:
    assert names_in_value("谭建国(父亲)") == {"谭建国(父亲)", "谭建国"}


def test_full_width_digits_are_masked_as_digits_are() -> None:
    wide = str.maketrans({str(digit): chr(0xFF10 + digit) for digit in range(10)})

    assert mask_telephone("17315460".translate(wide)) == mask_telephone("17315460") == "****5460"
    assert mask_houses("南坪村12组".translate(wide)) == mask_houses("南坪村12组")


MASK = OutputMask(
    level=MaskLevel.NAMES,
    kinds={
        "id_number": Personal.NUMBER,
        "phone": Personal.TELEPHONE,
        "home": Personal.ADDRESS,
        "name": Personal.NAME,
    },
    known_names=frozenset({"谭小雨"}),
)


@pytest.mark.parametrize(
    ("code", "field", "value", "said"),
    [
        ("phone-invalid", "phone", "1380000", "电话“****000”不对:请填11位手机号,或区号加座机号"),
        ("formula-error", "home", "#REF!西沱镇南坪村3组", "“栏”是公式错误(#REF!西沱镇南坪村****):请改为实际内容"),
        ("value-unknown", "sex", "谭小雨", "“栏”填的“谭**”看不懂:请按模板的选项填写"),
        # Cut behind 19 characters, within the telephone and within the name.
        ("value-unknown", "sex", "一二三四五六七八九十一二三13812345678", "“栏”填的“一二三四五六七八九十一二三138***…”看不懂:请按模板的选项填写"),
        ("value-unknown", "sex", f"{'父' * 18}谭小雨", f"“栏”填的“{'父' * 18}谭…”看不懂:请按模板的选项填写"),
        ("id-place", "id_number", "99", "身份证号开头两位“99”不是任何省份的代码:请对照户口簿核对"),
        ("duplicate-in-file", "name", "7", "与第7行是同一名学生:请删去重复的一行"),
    ],
)  # fmt: skip
def test_the_sentence_of_a_problem_quotes_the_value_as_its_column_shows_it(
    code: str, field: str, value: str, said: str
) -> None:
    problem = make_problem(code, field=field, value=value, heading="栏")

    assert MASK.text(problem.message, (problem,)) == said
    assert OutputMask(reveal=True).text(problem.message, (problem,)) == problem.message


def test_a_row_in_the_column_of_names_is_no_name() -> None:
    assert MASK.field("name", "7") == "7"
