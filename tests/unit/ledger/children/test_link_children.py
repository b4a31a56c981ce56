"""Which children of two lists are one: each rule by itself, then whole counties."""

from dataclasses import replace
from typing import Any

import pytest

from config.identity_numbers import check_digit
from ledger.children.group_rows import group_persons
from ledger.children.link_children import link, link_within
from ledger.children.linked_children import PairDecisions
from ledger.children.lookalikes import same_shape, sound
from ledger.children.match_rules import MARK_STEP, MATCH_RULES
from ledger.children.person import Person, person_of
from tests.builders.counties.two_rolls import make_rolls
from tests.builders.values.stored_submissions import a_row


def number(serial: int = 101, born: str = "20120304") -> str:
    return (first := f"509999{born}{serial}") + check_digit(first)


def a_person(key: str = "a", serial: int = 101, **changes: Any) -> Person:
    """A child of whom everything is told; other keys are other rows of the same child."""
    whole = Person(
        key=key,
        where=f"{key}第1行",
        name="谭浩",
        birth="2012-03-04",
        number=number(serial),
        written=number(serial),
        guardian="谭国",
        phone="13800000001",
        township="西沱镇",
        ids=frozenset({key}),
        submission_ids=frozenset({key}),
    )
    if "number" in changes:
        changes.setdefault("written", changes["number"])
    return replace(whole, **changes)


def damaged(written: str | None, key: str = "b", **changes: Any) -> Person:
    return a_person(key, number=None, written=written, **changes)


def outcome(one, other, **more):
    """``linked`` or ``proposed`` with the step, or None."""
    found = link([one], [other], **more)
    for word, links in (("linked", found.linked), ("proposed", found.proposed)):
        if links:
            return word, links[0].step
    return None


SLIPPED = number()[:16] + ("5" if number()[16] != "5" else "6") + number()[17]
STRANGER = {"guardian": "向建", "phone": "13900000009", "township": "黄水镇"}


class TestPasses:
    def test_one_number_and_one_name_are_one_child(self):
        assert outcome(a_person(), a_person("b", birth="2012-04-03", **STRANGER)) == ("linked", 1)

    def test_one_number_and_one_birth_date_are_one_child_of_a_new_name(self):
        assert outcome(a_person(), a_person("b", name="谭梓涵")) == ("linked", 1)

    def test_one_number_copied_onto_a_stranger_is_only_asked_about(self):
        stranger = a_person("b", name="向宇", **(STRANGER | {"township": "西沱镇"}))

        assert outcome(a_person(), stranger) == ("proposed", 1)

    def test_one_number_with_another_name_and_birth_date_is_never_a_link_and_always_a_question(self):
        found = link([a_person()], [a_person("b", name="向宇", birth="2013-01-01")])

        assert (found.linked, found.proposed) == ([], [])
        assert len(found.same_number) == 1

    @pytest.mark.parametrize("kept", ["guardian", "phone", "township"])
    def test_name_birth_date_and_one_fact_of_the_family_are_one_child(self, kept):
        other = damaged(None, **{fact: None for fact in STRANGER if fact != kept})

        assert outcome(a_person(), other) == ("linked", 2)

    def test_one_township_makes_no_child_of_two_families_namesakes(self):
        namesake = damaged(None, guardian="谭建", phone="13900000009")

        assert outcome(a_person(), namesake) == ("proposed", 2)

    def test_name_and_birth_date_alone_are_not(self):
        assert outcome(a_person(), damaged(None, **STRANGER)) is None

    @pytest.mark.parametrize("written", [SLIPPED, number()[:17], number()[:15] + "000"])
    def test_a_name_and_a_number_with_one_slip_are_one_child(self, written):
        unknown = {"guardian": None, "phone": None, "township": "黄水镇"}

        assert outcome(a_person(), damaged(written, birth="2012-03-14", **unknown)) == ("linked", 3)

    def test_a_slip_makes_no_child_of_two_families_namesakes(self):
        assert outcome(a_person(), damaged(SLIPPED, birth="2012-03-14", **STRANGER)) == ("proposed", 3)

    def test_a_slip_counts_only_in_one_birth_year(self):
        assert outcome(a_person(), damaged(SLIPPED, birth="2013-03-04", **STRANGER)) is None

    @pytest.mark.parametrize(
        ("step", "changes"),
        [
            (4, {"name": "向梓"}),
            (5, {"name": "谭梓", "phone": None}),
            (6, {"birth": "2012-08-09"}),
            (7, {"name": "谭皓", "guardian": None}),
            (8, {"name": "谭梓", "phone": None, "township": None}),
        ],
    )
    def test_later_passes_only_propose(self, step, changes):
        assert outcome(a_person(), damaged(None, **changes)) == ("proposed", step)

    def test_a_slip_that_gives_another_sound_number_links_nobody(self):
        assert outcome(a_person(), a_person("b", serial=103)) is None

    def test_the_passes_are_asked_in_their_order(self):
        assert [each.step for each in MATCH_RULES] == [1, 2, 3, MARK_STEP, 4, 5, 6, 7, 8]


MARK = ("西沱中学", "附件4", "a-0")


class TestRowMarks:
    """A row of a form of ours, which was filled with a row that was recorded before."""

    def filled(self, **changes: Any) -> tuple[Person, Person]:
        before = a_person(number=None, written=None, row_marks=frozenset({MARK}))
        after = a_person("b", number=None, written=None, row_marks=frozenset({MARK, (*MARK[:2], "b-0")}))
        return before, replace(after, **changes)

    @pytest.mark.parametrize(
        "changes",
        [
            {"birth": "2012-09-04", "typed_birth": "2012-09-04"},
            STRANGER,
            {"birth": "2012-09-04", "guardian": None, "phone": None},
            {"name": "谭皓"},
        ],
    )
    def test_a_mended_row_is_the_childs_without_asking(self, changes):
        assert outcome(*self.filled(**changes)) == ("linked", MARK_STEP)
        without = self.filled(**changes, row_marks=frozenset())
        assert outcome(*without) is None or outcome(*without)[0] == "proposed"

    @pytest.mark.parametrize(
        "changes",
        [
            {"name": "向宇"},
            {"name": "谭涵"},
            {"name": "向宇", **STRANGER},
            {"birth": "2012-09-04", **STRANGER},
            {"name": "谭皓", "birth": "2012-09-04"},
        ],
    )
    def test_another_child_pasted_over_it_is_another_child(self, changes):
        assert outcome(*self.filled(**changes)) in (None, ("proposed", 4), ("proposed", 5))

    def test_two_sound_numbers_are_two_children_whatever_the_mark(self):
        before, after = self.filled()
        pair = (
            replace(before, number=number(), written=number()),
            replace(after, number=number(103), written=number(103)),
        )
        assert outcome(*pair) is None

    def test_a_row_copied_for_a_second_child_of_the_name_is_asked_about(self):
        before, after = self.filled(**STRANGER)
        found = link([before], [after, replace(after, key="c", phone="13900000008")])

        assert (found.linked, {each.step for each in found.proposed}) == ([], {MARK_STEP})

    def test_twins_are_asked_about(self):
        before, after = self.filled(guardian="谭军")
        twin = replace(before, key="t", name="谭涵", row_marks=frozenset())

        assert link([before, twin], [after]).linked == []

    def test_the_sentence_says_that_it_is_the_same_row(self):
        assert "是预填表里的同一行" in link(*[[one] for one in self.filled(**STRANGER)]).linked[0].sentence

    def test_a_mark_in_the_file_of_another_unit_means_nothing(self):
        row = a_row("b1", name="谭浩", birth_date="2012-09-04", row_mark="a-0")

        assert ("西沱中学", "附件4", "a-0") in person_of("b", [row]).row_marks
        assert MARK not in person_of("b", [replace(row, unit="黄水中学")]).row_marks
        assert MARK not in person_of("b", [replace(row, form="附件3")]).row_marks


class TestRules:
    def test_who_fits_two_is_proposed_to_both_and_linked_to_neither(self):
        found = link([a_person()], [damaged(None), damaged(None, key="c", phone=None)])

        assert (found.linked, len(found.proposed)) == ([], 2)
        assert "不止一人" in found.proposed[0].sentence

    def test_who_is_linked_by_number_is_out_of_the_way_of_others(self):
        namesake = a_person("t", serial=103, number=None, phone="13900000009")
        found = link([a_person(), namesake], [a_person("b"), damaged(None, key="c", phone=None)])

        assert [(each.left, each.right) for each in found.linked] == [("a", "b"), ("t", "c")]

    def test_twins_are_linked_by_nothing_but_their_numbers(self):
        roll = [a_person("a"), a_person("t", name="谭涵", serial=103)]

        assert [each.step for each in link(roll, [a_person("b")]).linked] == [1]
        without = link(roll, [damaged(None)])
        assert (without.linked, [each.step for each in without.proposed]) == ([], [2])

    def test_a_person_s_word_joins_what_no_pass_finds_and_bars_what_every_pass_finds(self):
        pair = frozenset({frozenset({"a", "b"})})
        stranger = a_person("b", name="向宇", birth="2013-01-01", serial=103, **STRANGER)

        assert outcome(a_person(), stranger, pair_decisions=PairDecisions(joined=pair)) == ("linked", 0)
        assert outcome(a_person(), a_person("b"), pair_decisions=PairDecisions(separated=pair)) is None

    def test_only_a_person_and_the_first_two_passes_close(self):
        closing = [
            link([a_person()], [other]).linked[0].may_close
            for other in (a_person("b"), damaged(None), damaged(SLIPPED, phone=None, birth="2012-03-14"))
        ]
        assert closing == [True, True, False]
        assert not link([a_person()], [damaged(None, name="向梓")]).proposed[0].may_close

    def test_a_crowd_of_one_name_links_nobody(self):
        crowd = [damaged(None, key=f"c{n}", phone=None, guardian=None) for n in range(3000)]

        assert link(crowd, crowd).linked == []


class TestWords:
    @pytest.mark.parametrize(
        ("other", "sentence"),
        [
            (a_person("b"), "身份证号、姓名、出生日期、监护人、电话、户籍乡镇一致"),
            (
                damaged(SLIPPED, phone=None, birth="2012-03-14", township="黄水镇"),
                "身份证号差一位,姓名、监护人一致,出生日期、户籍乡镇不同",
            ),
            (
                damaged(number()[:15] + "000"),
                "身份证号末几位被Excel改成0,姓名、出生日期、监护人、电话、户籍乡镇一致",
            ),
            (
                damaged(None, name="谭皓"),
                "一方没有身份证号,出生日期、监护人、电话、户籍乡镇一致,姓名不同(谭浩/谭皓)",
            ),
        ],
    )
    def test_a_link_says_in_one_sentence_why(self, other, sentence):
        found = link([a_person()], [other])

        assert (found.linked or found.proposed)[0].sentence == sentence

    def test_a_link_names_both_origins(self):
        (one,) = link([a_person()], [a_person("b")]).linked

        assert one.origins == ("a第1行", "b第1行")

    @pytest.mark.parametrize(
        ("one", "other", "alike"), [("冉再", "冉冉", True), ("冉再", "再冉", False), ("谭浩", "谭伟", False)]
    )
    def test_one_character_of_the_same_shape(self, one, other, alike):
        assert same_shape(one, other) is alike

    def test_the_sound_of_a_name_has_no_tones(self):
        assert sound("王浩") == sound("王皓") != sound("王伟")


class TestPersonOfRows:
    def test_the_student_number_gives_the_number_that_excel_rounded(self):
        row = a_row("a-0", name="谭浩", id_number=number()[:15] + "000", student_number=f"G{number()}")

        assert person_of("a", [replace(row, problems=("id-precision",))]).number == number()

    def test_a_number_that_excel_may_have_rounded_is_not_trusted_though_its_check_digit_is_right(self):
        lucky = next(
            n for day in range(1, 28) if (n := number(100, f"201203{day:02}")).endswith("000") or day == 27
        )
        row = a_row("a-0", name="谭浩", id_number=lucky)

        assert lucky.endswith("000")
        assert person_of("a", [row]).number is None
        assert (
            person_of("a", [replace(row, values=row.values | {"student_number": f"G{lucky}"})]).number
            == lucky
        )

    def test_the_newest_telling_counts_and_a_blank_takes_back_nothing(self):
        rows = a_row("a-0", name="谭浩", guardian="谭国"), a_row("b-0", name="谭皓", guardian="")

        person = person_of("a", rows)

        assert (person.name, person.guardian) == ("谭皓", "谭国")

    def test_half_a_birth_date_is_none(self):
        assert person_of("a", [a_row("a-0", birth_date="2012-03")]).birth is None


class TestOneList:
    def test_tellings_by_number_and_by_name_with_family_are_one_child(self):
        assert group_persons([a_person("a"), a_person("b"), damaged(None, key="c")]) == [[0, 1, 2]]

    def test_two_numbers_stay_apart_and_a_third_telling_joins_neither(self):
        assert group_persons([a_person("a"), a_person("b", serial=103), damaged(None, key="c")]) == [
            [0],
            [1],
            [2],
        ]

    def test_two_rows_of_one_filing_are_two_children(self):
        one, other = a_person("a", number=None), a_person("b", number=None, submission_ids=frozenset({"a"}))

        assert group_persons([one, other]) == [[0], [1]]

    def test_a_slip_is_found_within_one_list_too(self):
        found = link_within([a_person("a"), damaged(SLIPPED, birth="2012-03-14")])

        assert [each.step for each in found.linked] == [3]

    def test_a_bar_keeps_one_number_apart(self):
        separated = PairDecisions(separated=frozenset({frozenset({"a", "b"})}))

        assert group_persons([a_person("a"), a_person("b")], separated) == [[0], [1]]


@pytest.mark.parametrize("seed", range(4))
def test_no_child_of_a_county_is_linked_to_another(seed):
    made = make_rolls(1000 + seed, 3000)
    found = link(made.before, made.now)

    assert [each for each in found.linked if each.left != each.right] == []
    assert len(found.linked) > 0.975 * len(made.on_both)
    asked = {
        each.left for each in (*found.linked, *found.proposed, *found.same_number) if each.left == each.right
    }
    assert len(asked & made.on_both) >= 0.998 * len(made.on_both)


def test_a_child_who_left_is_not_found_in_the_sibling_who_stayed():
    made = make_rolls(77, 3000, siblings=0.9, twin_share=0.3)
    found = link(made.before, made.now)

    assert [each for each in found.linked if each.left != each.right] == []
