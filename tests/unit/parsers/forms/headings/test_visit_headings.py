"""Which headings and labels are about visits, in the words of a notice."""

from parsers.forms.headings.visit_headings import VisitHeadings
from tests.builders.values.form_tables import NOTICE

VISITS = VisitHeadings(NOTICE.wording.visits)


def test_a_numbered_heading_is_a_part_of_that_visit():
    assert VISITS.find_number(["第二次劝返", "时间"]) == (2, "date")
    assert VISITS.find_number(["第三次家访情况"]) == (3, "content")
    assert VISITS.find_number(["第一次疫苗"]) is None


def test_a_label_of_a_grid_is_a_part_of_a_visit_or_its_number():
    assert VISITS.find_labelled_part("劝返 人员:") == "people"
    assert VISITS.find_labelled_number("第二次劝返情况") == 2
    assert VISITS.is_label("家访时间")
    assert not VISITS.is_label("监护人")


def test_another_county_calls_visits_otherwise():
    visits = VisitHeadings(NOTICE.wording.visits.model_copy(update={"names": ("帮返",)}))

    assert visits.find_number(["第二次帮返时间"]) == (2, "date")
    assert visits.find_number(["第二次劝返时间"]) is None
    assert visits.find_part("帮返人") == "people"
    assert visits.find_labelled_part("帮返时间") == "date"
    assert visits.find_labelled_part("帮返方式") == "other"
