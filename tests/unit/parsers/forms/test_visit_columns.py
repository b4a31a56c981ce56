"""Visits told in one cell."""

import pytest

from parsers.forms.visit_columns import VisitReader
from tests.builders.values.form_tables import NOTICE

READER = VisitReader(NOTICE)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("9月4日第一次劝返\uff0c未返校\uff1b9月8日第二次劝返\uff0c未返校", ["09-04", "09-08"]),
        ("2023.9.4第一次劝返未返校,2023.9.8第二次劝返,承诺9月10日返校", ["09-04", "09-08"]),
        ("2023年9月4日班主任第一次劝返,未返校。2023年9月8日校长第二次劝返。", ["09-04", "09-08"]),
        ("9月4日,第一次劝返,未返校;9月8日,第二次劝返,未返校", ["09-04", "09-08"]),
        ("9月1日起未到校,9月4日第一次劝返,未返校", ["09-04"]),
        ("9月4日第一次劝返", ["09-04"]),
        ("第一次劝返9月4日,未返校;第二次劝返9月8日,未返校", ["09-04", "09-08"]),
        ("第一次:9月4日家访,9月5日电话;第二次:9月8日家访", ["09-04", "09-08"]),
        ("9月1日起未到校,第一次劝返9月4日,第二次劝返9月8日", ["09-04", "09-08"]),
        ("9月1日辍学,第一次劝返:班主任9月4日家访", ["09-04"]),
        ("9月1日起未到校。第一次劝返,未返校;第二次劝返,未返校", [None, None]),
        ("9月4日家访,未返校;9月8日家访,未返校", ["09-04", "09-08"]),
    ],
)
def test_a_visit_has_the_date_that_its_number_follows_or_begins(text, days):
    visits = READER.visits_from_text(text)

    assert [visit["date"] for visit in visits] == [day and f"2023-{day}" for day in days]


def test_what_came_of_a_visit_is_told_after_its_number():
    first, second = READER.visits_from_text("9月4日班主任第一次劝返,未返校;9月8日第二次劝返,家长同意返校")

    assert (first["result"], second["result"]) == ("未返校", "同意返校")
    assert first["content"] == "班主任第一次劝返,未返校"
