import pytest

from parsers.fields.grades import read_class, read_grade


@pytest.mark.parametrize(
    ("text", "grade", "class_name"),
    [
        ("一年级", "一年级", None),
        ("1年级", "一年级", None),
        ("小一", "一年级", None),
        ("小学一年级", "一年级", None),
        ("一(1)班", "一年级", "1班"),
        ("七(2)", "七年级", "2班"),
        ("七年级(2)班", "七年级", "2班"),
        ("七年级2班", "七年级", "2班"),
        ("7.2班", "七年级", "2班"),
        ("6-2", "六年级", "2班"),
        ("701", "七年级", "1班"),
        ("初一", "七年级", None),
        ("初中三年级", "九年级", None),
        ("初三2班", "九年级", "2班"),
        ("7", "七年级", None),
        ("高二(3)班", "高二", "3班"),
        ("职高一", "中职一年级", None),
        ("学前班", "大班", None),
        ("小二班", "小班", "2班"),
        ("初2026级", None, None),
        ("2023级", None, None),
        ("毕业", None, None),
    ],
)
def test_grades_are_read_and_a_year_s_cohort_is_not_guessed(text, grade, class_name):
    assert read_grade(text) == (grade, class_name)


@pytest.mark.parametrize(
    ("text", "grade", "class_name"),
    [
        ("1班", None, "1班"),
        ("(二)班", None, "2班"),
        ("十二班", None, "12班"),
        ("3", None, "3班"),
        ("七(1)班", "七年级", "1班"),
        ("启明班", None, "启明班"),
        ("八一班", "八年级", "1班"),
        ("(八一)班", None, "(八一)班"),
        ("八一", None, "八一"),
        ("十十班", None, "十十班"),
        ("二十一班", None, "21班"),
        ("十班", None, "10班"),
    ],
)
def test_classes_are_numbered_alike(text, grade, class_name):
    assert read_class(text) == (grade, class_name)
