import pytest

from config.text.masking import find_mobiles, mask_id, mask_mobiles, mask_quoted, mask_text
from tests.builders.values.form_tables import id_number

NUMBER = id_number("20120304")
MASKED = f"509999********{NUMBER[-4:]}"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (NUMBER, MASKED),
        (f"  {NUMBER} ", MASKED),
        ("50999920120304123X", "509999********123X"),
        (f"G{NUMBER}", f"G{MASKED}"),
        (f"L{NUMBER}", f"L{MASKED}"),
        ("509999120304123", "509999*****4123"),
        ("13800000000", "138****0000"),
        ("50024020010101", "***********101"),
        ("123", "***"),
        ("", ""),
    ],
)
def test_a_number_shows_its_place_and_its_end(text, shown):
    assert mask_id(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"甲一{NUMBER}在读", f"甲一{MASKED}在读"),
        (f"({NUMBER},{NUMBER})", f"({MASKED},{MASKED})"),
        ("末位50999920120304123X。", "末位509999********123X。"),
        ("50999920120304123x", "509999********123x"),
        ("509999 20120304 1234", "509999 ******** 1234"),
        ("509999-20120304-123X", "509999-********-123X"),
        ("5 0 9 9 9 9 2 0 1 2 0 3 0 4 1 2 3 4", "5 0 9 9 9 9 * * * * * * * * 1 2 3 4"),
        ("509999\u300020120304\u30001234", "509999\u3000********\u30001234"),
        ("'509999201203041234", "'509999********1234"),
        (
            "\uff15\uff10\uff19\uff19\uff19\uff19\uff12\uff10\uff11\uff12\uff10\uff13\uff10\uff14\uff11\uff12\uff13\uff38",
            "\uff15\uff10\uff19\uff19\uff19\uff19********\uff11\uff12\uff13\uff38",
        ),
        ("509999\u200b20120304\u200b1234", "509999\u200b********\u200b1234"),
    ],
)
def test_every_identity_number_in_running_text_is_masked(text, shown):
    assert mask_text(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "联系电话13800000000",
        "2023-09-01 2023-10-07",
        "共12人,其中男7人",
        "附件3第15行",
        "023-73330000",
        "",
    ],
)
def test_dates_telephones_and_counts_stay(text):
    assert mask_text(text) == text


def test_masking_again_changes_nothing():
    once = mask_text(f"甲一{NUMBER}")

    assert mask_text(once) == once


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("电话13800000001、138 0000 0002", "电话138****0001、138****0002"),
        ("学生500240201203040012", "学生500240********0012"),
        ("写给138a@example.org", "写给138a@example.org"),
    ],
)
def test_what_somebody_wrote_is_quoted_without_numbers_of_persons(text: str, masked: str) -> None:
    assert mask_quoted(text) == masked


@pytest.mark.parametrize("text", ["13800000001", "138 0000 0001", "+86 138-0000-0001", "8613800000001"])
def test_a_mobile_number_is_found_however_it_is_written(text: str) -> None:
    assert find_mobiles(text) == {"13800000001"}
    assert find_mobiles(mask_quoted(text)) == set()


@pytest.mark.parametrize("text", ["13800000001@example.org", "023-73332222", "138000000012", "a13800000001"])
def test_addresses_and_other_numbers_are_none(text: str) -> None:
    assert find_mobiles(text) == set()


@pytest.mark.parametrize(
    "text",
    [
        "个案14301974116d、d14301974116",
        "文件13812345678abcde",
        "末号128:k13812345678",
        "邮件" + "13812345678f" * 5 + "abcd",
    ],
)
def test_an_id_of_ours_is_no_mobile_number(text: str) -> None:
    assert mask_mobiles(text) == text
    assert find_mobiles(text) == set()


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("电话14301974116、143 0197 4116", "电话143****4116、143****4116"),
        ("爸爸13812345678ab", "爸爸138****5678ab"),
        ("face13812345678", "face138****5678"),
        ("Tel13812345678e 下午打", "Tel138****5678e 下午打"),
        ("13812345678a13912345678", "138****5678a139****5678"),
    ],
)
def test_letters_beside_a_mobile_number_hide_nothing(text: str, masked: str) -> None:
    assert mask_mobiles(text) == masked
    assert find_mobiles(text)
    assert not find_mobiles(masked)


def test_an_address_that_begins_with_a_mobile_number_is_masked_and_holds_no_mail() -> None:
    assert find_mobiles("13812345678-b@example.org") == set()
    assert mask_mobiles("13812345678@example.org") == "138****5678@example.org"
