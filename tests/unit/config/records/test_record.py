"""What identifies the student of a row."""

from config.records.record import student_key


def test_a_row_without_a_sound_number_is_known_by_name_and_birth_date():
    values = {"name": "甲一", "id_number": "50024020120304", "birth_date": "2012-03-04"}

    assert student_key(values, ["id-length"]) == "甲一|2012-03-04"
    assert student_key({"name": "甲一"}, ["id-missing"]) == "甲一|"
    assert student_key({}, ["id-missing"]) is None
