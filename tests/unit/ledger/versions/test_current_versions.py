from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from ledger.versions.current_versions import find_superseded_rows, select_current_versions
from tests.builders.values.stored_submissions import a_submission


def names(*versions, **students):
    """Which of these stand, with the students of each as letters; a list of pairs names documents, too."""
    on: dict[str, dict[str, frozenset[str]]] = {}
    for key, letters in students.items():
        own = on.setdefault(key, {})
        for student, document in ((one[0], one[1:]) for one in letters):
            own[document] = own.get(document, frozenset()) | {student}
    current = select_current_versions(versions, on, 0.6, datetime.date)
    return "".join(fact.submission_id for fact in current)


def test_nothing_stands_where_nothing_came():
    assert names() == ""


@pytest.mark.parametrize(("later", "stands"), [("vwx", "b"), ("vw", "ab"), ("vwxyz", "b"), ("", "ab")])
def test_three_of_five_students_replace_and_fewer_add(later, stands):
    assert names(a_submission("a", 5), a_submission("b", max(len(later), 1)), a="vwxyz", b=later) == stands


def test_the_share_is_of_everybody_who_stands_not_of_the_last_filing_alone():
    first, second, third = a_submission("a", 5), a_submission("b", 1), a_submission("c", 1)

    assert names(first, second, third, a="tuvwx", b="y", c="y") == "abc"


def test_a_replaced_filing_does_not_come_back():
    assert (
        names(a_submission("a", 2), a_submission("b", 2), a_submission("c", 1), a="xy", b="xy", c="z") == "bc"
    )


def test_an_empty_form_after_rows_or_a_zero_report_says_nothing():
    empty = a_submission("b", blocking=("empty-form",))

    assert names(a_submission("a", 1), empty, a="x") == "a"
    assert names(a_submission("a", nil=True), empty) == "a"


def test_a_zero_report_stands_beside_the_rows_that_came_before():
    assert names(a_submission("a", 1), a_submission("b", nil=True), a="x") == "ab"


def test_rows_after_a_zero_report_replace_it():
    assert names(a_submission("a", nil=True), a_submission("b", 1), b="x") == "b"


def test_the_newest_of_several_zero_reports_stands():
    assert names(a_submission("a", nil=True), a_submission("b", nil=True)) == "b"


def test_a_table_that_cannot_count_never_replaces_one_that_can():
    broken = a_submission("b", 2, blocking=("heading-missing",))

    assert names(a_submission("a", 2), broken, a="xy", b="xy") == "a"


def test_a_table_that_cannot_count_still_adds_students_nobody_told_of():
    broken = a_submission("b", 1, blocking=("heading-missing",))

    assert names(a_submission("a", 2), broken, a="xy", b="z") == "ab"


def test_a_table_that_cannot_count_replaces_its_like():
    both = ("heading-missing",)

    assert (
        names(a_submission("a", 1, blocking=both), a_submission("b", 1, blocking=both), a="x", b="x") == "b"
    )


def test_a_student_told_of_again_stands_as_told_last():
    keys = {"a": ["x", "y"], "b": ["x"]}

    assert find_superseded_rows([a_submission("a", 2), a_submission("b", 1)], keys) == {"a-0"}


def test_rows_that_name_nobody_all_stand():
    keys = {"a": [None], "b": [None]}

    assert find_superseded_rows([a_submission("a", 1), a_submission("b", 1)], keys) == set()


def test_a_student_twice_in_one_filing_stands_twice():
    assert find_superseded_rows([a_submission("a", 2)], {"a": ["x", "x"]}) == set()


def test_a_list_that_its_mail_says_replaces_the_others_stands_alone_however_short():
    short = a_submission("b", 1)

    assert names(a_submission("a", 5), replace(short, replaces_at=short.received_at), a="vwxyz", b="v") == "b"


def test_a_list_sent_again_with_the_word_that_it_counts_comes_back():
    first, second, third = a_submission("a", 2), a_submission("b", 5), a_submission("c", 1)
    restated = replace(first, replaces_at=second.received_at + timedelta(hours=1))

    assert names(restated, second, third, a="xy", b="vwxyz", c="z") == "ac"


def test_a_table_that_cannot_count_replaces_none_that_can_whatever_its_mail_says():
    broken = a_submission("b", 1, blocking=("heading-missing",))

    assert names(a_submission("a", 2), replace(broken, replaces_at=broken.received_at), a="xy", b="z") == "ab"


def test_a_zero_report_stands_beside_the_rows_that_came_before_whatever_its_mail_says():
    nothing = a_submission("b", nil=True)

    assert names(a_submission("a", 1), replace(nothing, replaces_at=nothing.received_at), a="x") == "ab"


def together(fact, other):
    """The second filing as a further file of the first one's mail."""
    return replace(other, received_at=fact.received_at, message_id=fact.message_id)


@pytest.mark.parametrize("order", [1, -1])
def test_files_of_one_filing_stand_beside_each_other_in_whatever_order(order):
    first = a_submission("a", 2)
    files = [first, together(first, a_submission("b", 2))][::order]

    assert sorted(names(*files, a="xy", b="xy")) == ["a", "b"]


def test_a_zero_report_beside_rows_replaces_nothing_and_the_rows_speak_last():
    first = a_submission("a", 1)

    assert names(first, together(first, a_submission("b", nil=True)), a="x") == "ba"


def test_rows_of_one_filing_supersede_none_of_each_other():
    first = a_submission("a", 1)
    keys = {"a": ["x"], "b": ["x"]}

    assert find_superseded_rows([first, together(first, a_submission("b", 1))], keys) == set()


def test_a_later_filing_replaces_the_file_whose_students_it_sends_again():
    first = a_submission("a", 5)
    second = together(first, a_submission("b", 3))

    assert names(first, second, a_submission("c", 2), a="stuvw", b="xyz", c="xy") == "ac"
    assert names(first, second, a_submission("c", 4), a="stuvw", b="xyz", c="stuv") == "bc"
    assert names(first, second, a_submission("c", 5), a="stuvw", b="xyz", c="stuvx") == "c"


def test_a_document_sent_again_replaces_the_same_document():
    visits, notices = a_submission("a", 2), a_submission("b", 2)

    assert (
        names(visits, notices, a_submission("c", 2), a=["xV", "yV"], b=["xN", "yN"], c=["xV", "yV"]) == "bc"
    )


def test_each_document_is_judged_by_itself():
    notices, both = a_submission("a", 1), a_submission("b", 2)

    assert names(notices, both, a_submission("c", 2), a=["yN"], b=["xV", "xN"], c=["xV", "xN"]) == "abc"


def test_a_row_with_two_documents_is_superseded_by_both_together():
    keys = {"a": ["x"], "b": ["x"], "c": ["x"]}
    parts = {"a-0": frozenset("VN"), "b-0": frozenset("V"), "c-0": frozenset("N")}
    first, second, third = a_submission("a", 1), a_submission("b", 1), a_submission("c", 1)

    assert find_superseded_rows([first, second], keys, parts) == set()
    assert find_superseded_rows([first, second, third], keys, parts) == {"a-0"}
