import pytest

from parsers.fields.person_names import mask_names_in_sentence


@pytest.mark.parametrize(
    ("sentence", "masked"),
    [
        ("八年级的谭某某一直没来上学", "八年级的谭**一直没来上学"),
        ("双坝村李某、王某未到校", "双坝村李*、王*未到校"),
        ("五年级谭某某", "五年级谭**"),
        ("马武镇小学有两名孩子常年在外务工", "马武镇小学有两名孩子常年在外务工"),
    ],
)
def test_names_in_a_sentence_are_masked_and_other_words_are_not(sentence, masked):
    assert mask_names_in_sentence(sentence) == masked
