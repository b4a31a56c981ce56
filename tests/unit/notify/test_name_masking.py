from notify.name_masking import build_name_masker, mask_name


def test_names_in_a_text_are_masked_the_longer_one_whole() -> None:
    mask_names = build_name_masker({"李明", "李明华"}, mask_name)

    assert mask_names("缺证明材料2份(李明华、李明)") == "缺证明材料2份(李**、李*)"


def test_where_names_may_be_shown_nothing_changes() -> None:
    assert build_name_masker({"李明"}, str)("李明") == "李明"


def test_one_character_is_no_name_to_look_for() -> None:
    assert build_name_masker({"李"}, mask_name)("李明的证明") == "李明的证明"
