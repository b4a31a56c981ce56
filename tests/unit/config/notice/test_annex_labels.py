"""Labels of forms in what people write, by the keys of the notice."""

import pytest

from config.notice.annex_labels import FormLabels, spell_number

SEVEN = FormLabels(tuple(f"附件{n}" for n in range(1, 8)))
OTHERS = FormLabels(("附件2", "附件12", "表2", "月报"))


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("附件4", ("附件4",)),
        ("附表四 西沱镇小学", ("附件4",)),
        ("附 3 和 附件5", ("附件5",)),
        ("附件1、3", ()),
        ("附件2、4", ()),
        ("附件1-6", ()),
        ("附件4-5.22", ("附件4",)),
        ("附件8", ()),
        ("附件12", ()),
        ("材料", ()),
    ],
)
def test_the_seven(text, keys):
    assert SEVEN.find(text) == keys


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("附件12", ("附件12",)),
        ("附件十二", ("附件12",)),
        ("附件2", ("附件2",)),
        ("表2 辍学情况统计表", ("表2",)),
        ("表二", ("表2",)),
        ("附表2", ("附件2",)),
        ("统计表2", ()),
        ("附件2表2", ("附件2", "表2")),
        ("月报", ()),
    ],
)
def test_any_labels(text, keys):
    assert OTHERS.find(text) == keys


def test_lists_are_left_out():
    assert SEVEN.leave_out_lists("报送附件2、4及说明") == "报送及说明"
    assert SEVEN.stand_in("报送附件2、4")


@pytest.mark.parametrize(
    ("number", "words"), [(4, "四"), (10, "十"), (12, "十二"), (20, "二十"), (35, "三十五")]
)
def test_numbers_in_words(number, words):
    assert spell_number(number) == words
