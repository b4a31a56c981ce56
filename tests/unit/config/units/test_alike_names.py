"""Who mistypes a unit is shown the names that are like it."""

from config.units.alike_names import suggest_units

NAMES = ("西沱镇", "西沱镇小学", "南宾街道", "三星镇中心小学", "石柱县第一中学")


def test_names_that_are_like_it_are_shown():
    assert suggest_units("南宾街", NAMES) == "名册里没有“南宾街”:是不是南宾街道?"
    assert "西沱镇" in suggest_units("西沱真", NAMES)


def test_a_name_like_none_is_not_guessed_at():
    assert suggest_units("教委", NAMES) == "名册里没有“教委”:请写名册上的名称"
