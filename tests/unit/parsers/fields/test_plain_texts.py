"""What is said to be kept as it is, the normaliser of its field keeps as it is."""

from random import Random

import pytest

from config.notice import FieldKind
from parsers.fields.normalise import NormalisedValue, build_normalisers
from parsers.fields.plain_texts import are_plain, read_plain_integers
from tests.builders.values.form_tables import NAMES, NOTICE, id_number

NORMALISERS = build_normalisers(NOTICE, NAMES)
FIELDS: tuple[tuple[str, FieldKind], ...] = (
    ("name", "name"),
    ("id_number", "id"),
    ("student_number", "student_number"),
    ("guardian", "text"),
    ("guardian_phone", "phone"),
)
PLAIN = {
    "name": ["甲一", "欧阳甲一"],
    "id": [id_number(), id_number(serial=7)],
    "student_number": [f"G{id_number()}"],
    "text": ["甲一", "甲村3组", "A座"],
    "phone": ["13800000000"],
}
PIECES = "甲一无暂空〇·. 、/-\n\t'`0123456789XG#N/A１ａ（班）男"


@pytest.mark.parametrize(("key", "kind"), FIELDS)
def test_plain_texts_are_kept_by_their_normaliser(key: str, kind: FieldKind):
    random = Random(1)
    texts = [
        *(text for texts in PLAIN.values() for text in texts),
        *("".join(random.choices(PIECES, k=random.randint(0, 5))) for _ in range(3000)),
        *("".join(random.choices("0123456789X", k=18)) for _ in range(300)),
        *(f"1{random.randrange(10**10):010}" for _ in range(300)),
    ]

    plain = [text for text in texts if are_plain([text], kind, NOTICE.placeholders)]

    assert set(PLAIN[kind]) <= set(plain)
    assert [NORMALISERS[key](text) for text in plain] == [NormalisedValue(text) for text in plain]


@pytest.mark.parametrize("odd", ["", "无", "暂无", "甲 一", "甲一\n乙二", "甲一(1班)"])
def test_one_text_that_is_not_plain_is_enough(odd: str):
    assert are_plain(["甲一", "乙二"], "name", NOTICE.placeholders)
    assert not are_plain(["甲一", odd, "乙二"], "name", NOTICE.placeholders)


def test_a_number_with_another_check_digit_is_not_plain():
    sound = id_number()
    assert not are_plain([sound, sound[:17] + ("0" if sound[17] != "0" else "1")], "id", NOTICE.placeholders)


def test_what_stands_for_nothing_is_not_plain():
    assert are_plain(["G0000000"], "student_number", frozenset())
    assert not are_plain(["G0000000"], "student_number", frozenset({"g0000000"}))
    assert not are_plain(["待补"], "text", frozenset({"待补"}))


def test_plain_integers_are_what_their_normaliser_makes_of_them():
    random = Random(1)
    texts = [
        "1",
        "007",
        "0",
        "123456789",
        "1234567890",
        "-1",
        "",
        "\u4e00",
        " 3",
        "3\n",
        "\u00b2",
        *map(str, range(50)),
    ]
    numbers = [*range(50), -1, 10**9 - 1, 10**9, 10**12, *(random.randrange(-5, 10**10) for _ in range(300))]
    cells: list[tuple[str | int, type]] = [
        *((text, str) for text in texts),
        *((number, int) for number in numbers),
    ]

    plain = [
        (cell, read) for cell, kind in cells if (read := read_plain_integers([cell], {kind})) is not None
    ]

    assert {1, 0, "1", "007", "123456789", 10**9 - 1} <= {cell for cell, _ in plain}
    assert [NORMALISERS["seq"](cell) for cell, _ in plain] == [NormalisedValue(read[0]) for _, read in plain]
    assert read_plain_integers([1, 2, -3], {int}) is None
    assert read_plain_integers(["1", "2", "3a"], {str}) is None
