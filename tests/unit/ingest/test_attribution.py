"""Which unit a table belongs to, when its parts agree and when they do not."""

from typing import Any

import pytest

from ingest.attribution import Attribution, attribute
from ingest.context import IngestContext
from parsers.mail.mail_contents import Mail, MailHead
from parsers.records import ParsedForm
from tests.builders.values.small_roster import names, notice, roster

BLANK_TITLE = "石柱县2023年秋季学期XX学校6-16周岁义务教育适龄学生县内失学、辍学、休学、延缓入学信息台账"


def a_table(
    form: str = "附件4", title: str = BLANK_TITLE, declared: str | None = None, **more: Any
) -> ParsedForm:
    values: dict[str, Any] = {"sheet": "Sheet1", "unit_values": (), "nil": False} | more
    return ParsedForm(form=form, title=title, stated_unit=declared, **values)


def whose(
    table: ParsedForm | None,
    *path: str,
    form: str | None = None,
    subject: str = "报表",
    body: str = "",
    sender: str = "23000000@example.org",
    sender_name: str = "微笑向暖",
    learned_senders: dict[str, str] | None = None,
) -> Attribution:
    head = MailHead(sender=sender, sender_name=sender_name, subject=subject, message_id=None, automatic=False)
    context = IngestContext(
        notice=notice(), roster=roster(), names=names(), assignments={}, learned_senders=learned_senders or {}
    )
    mail = Mail(head=head, body=body)
    return attribute(table, table.form if table else form, path or ("1.xlsx",), mail, context)


def unit_of(found: Attribution) -> str | None:
    assert (found.unit is None) == (found.code is not None) == (found.reason is not None)
    return found.unit.name if found.unit else None


def test_a_declared_unit_is_enough() -> None:
    found = whose(a_table("附件3", declared="石柱县沙子镇人民政府"))

    assert unit_of(found) == "沙子镇"
    assert [(m.source, m.value, m.weight) for m in found.signals] == [("declared", "沙子镇", 5.0)]


def test_a_title_is_enough() -> None:
    assert unit_of(whose(a_table("附件3", "石柱县2023年秋季学期南宾街道办事处辖区学生台账"))) == "南宾街道"
    assert unit_of(whose(a_table(title="石柱县2023年秋季学期沙子镇小学学生台账"))) == "沙子镇小学"


def test_an_unmodified_template_says_nothing() -> None:
    found = whose(a_table(declared="XX学校"), "附件4.xlsx")

    assert unit_of(found) is None
    assert found.code == "unknown-unit"
    assert (found.reason or "").endswith("归入所属的单位")
    assert found.signals == ()


def test_the_file_name_speaks_for_an_unmodified_template() -> None:
    assert unit_of(whose(a_table(), "附件4(沙子小学).xlsx")) == "沙子镇小学"


def test_the_innermost_piece_of_the_path_that_names_a_unit_counts() -> None:
    assert unit_of(whose(a_table(), "三河镇.zip", "沙子小学/附件4.xlsx", "附件4.xlsx")) == "沙子镇小学"


def test_the_subject_the_signature_or_the_address_will_do_where_the_file_is_silent() -> None:
    assert unit_of(whose(a_table(), subject="沙子中学报送附件4")) == "石柱土家族自治县沙子中学校"
    assert unit_of(whose(a_table(), sender="Shazi-School@example.org")) == "沙子镇小学"
    assert unit_of(whose(a_table(), body="请查收\n沙子镇小学", sender_name="沙子小学王老师")) == "沙子镇小学"
    assert unit_of(whose(a_table(), learned_senders={"23000000@example.org": "三星乡小学"})) == "三星乡小学"


def test_a_signature_alone_is_too_little() -> None:
    found = whose(a_table(), body="沙子镇小学")

    assert found.code == "unknown-unit"
    assert "沙子镇小学" in (found.reason or "")


def test_an_address_that_several_units_share_speaks_for_none() -> None:
    assert whose(a_table(), sender="clerk@example.org").code == "unknown-unit"
    assert unit_of(whose(a_table(), subject="西沱镇小学", sender="clerk@example.org")) == "西沱镇小学"


def test_quoted_mail_is_not_the_senders_word() -> None:
    found = whose(
        a_table(),
        body="见附件\n------------------ 原始邮件 ------------------\n沙子镇小学",
        sender_name="沙子小学",
    )

    assert found.unit is None


def test_a_declared_unit_against_file_name_and_sender_is_a_conflict() -> None:
    found = whose(
        a_table(declared="沙子镇小学"), "三河镇中心小学附件4.xlsx", sender="sanhe-school@example.org"
    )

    assert unit_of(found) is None
    assert found.code == "unit-conflict"
    assert "填报单位指向“沙子镇小学”" in (found.reason or "")
    assert "文件名、发件人地址指向“三河镇中心小学”" in (found.reason or "")


def test_a_neighbours_name_left_in_the_table_is_never_outvoted_in_silence() -> None:
    found = whose(
        a_table(declared="沙子镇小学"),
        "三河小学附件4.xlsx",
        subject="三河小学附件4",
        body="三河小学",
        sender="sanhe-school@example.org",
        sender_name="三河小学",
    )

    assert found.code == "unit-conflict"


def test_rows_against_the_declared_unit_are_a_conflict() -> None:
    table = a_table("附件2", declared="沙子镇小学", unit_values=(("三河镇小学", 40), ("", 3)))

    assert whose(table).code == "unit-conflict"


def test_rows_that_agree_speak_and_rows_that_differ_do_not() -> None:
    agreed = a_table("附件2", unit_values=(("沙子小学", 90), ("沙子镇中心校", 5), ("朝阳小学", 5)))
    mixed = a_table("附件2", unit_values=(("沙子小学", 50), ("三河小学", 50)))

    assert unit_of(whose(agreed)) == "沙子镇小学"
    assert whose(mixed).code == "unknown-unit"


def test_a_clerk_who_sends_for_another_school_is_no_conflict() -> None:
    found = whose(a_table(declared="沙子镇小学"), subject="三河小学报送", sender="sanhe-school@example.org")

    assert unit_of(found) == "沙子镇小学"


def test_teaching_points_count_for_the_school_that_reports_for_them() -> None:
    table = a_table(
        "附件2", declared="沙子镇小学", unit_values=(("盘龙教学点", 30), ("沙子镇小学(盘龙教学点)", 4))
    )

    found = whose(table, "盘龙村小.xlsx")

    assert unit_of(found) == "沙子镇小学"
    assert {signal.value for signal in found.signals} == {"沙子镇小学"}


def test_only_units_of_the_forms_kind_are_candidates() -> None:
    assert (
        unit_of(whose(a_table("附件4", declared="沙子镇小学"), "沙子镇.xlsx", sender="shazi@example.org"))
        == "沙子镇小学"
    )
    assert unit_of(whose(a_table("附件3", declared="沙子镇"), "沙子小学.xlsx")) == "沙子镇"


def test_a_townships_name_on_a_schools_form_is_told() -> None:
    found = whose(a_table("附件4", declared="沙子镇人民政府"))

    assert found.code == "unknown-unit"
    assert "附件4应由学校报送" in (found.reason or "")
    assert "沙子镇" in (found.reason or "")


def test_a_unit_that_is_not_on_the_roster_is_told_as_written() -> None:
    found = whose(a_table(declared="清风小学"))

    assert "清风小学" in (found.reason or "")
    assert "aliases" in (found.reason or "")


@pytest.mark.parametrize(("one", "other"), [("三河镇", "三星乡"), ("三星乡", "三益乡"), ("龙沙镇", "沙子镇")])
def test_near_collisions_are_different_units(one: str, other: str) -> None:
    assert unit_of(whose(a_table("附件1", declared=one))) == one
    assert whose(a_table("附件1", declared=one), f"{other}附件1.xlsx").code == "unit-conflict"


def test_an_unread_file_is_known_by_its_name_or_its_mail() -> None:
    assert unit_of(whose(None, "沙子镇佐证.jpg")) == "沙子镇"
    assert unit_of(whose(None, "IMG_1.jpg", subject="三河小学休学证明")) == "三河镇中心小学"
    assert unit_of(whose(None, "沙子镇、沙子小学.jpg", form="附件6")) == "沙子镇小学"
    assert whose(None, "IMG_1.jpg").code == "unknown-unit"
    assert (
        whose(None, "IMG_1.jpg", subject="三河小学", sender="shazi-school@example.org").code
        == "unit-conflict"
    )


def test_a_form_of_ours_is_its_units_without_weighing() -> None:
    found = whose(a_table(made_for="沙子镇小学"), "1.xlsx", subject="西沱镇小学报表")

    assert unit_of(found) == "沙子镇小学"
    assert {"properties", "subject"} == {signal.source for signal in found.signals}


def test_a_form_of_ours_in_which_another_unit_is_declared_is_asked_about() -> None:
    for contradiction in (
        a_table(made_for="沙子镇小学", declared="西沱镇小学"),
        a_table(title="西沱镇小学学生台账", made_for="沙子镇小学"),
        a_table(made_for="沙子镇小学", unit_values=(("西沱镇小学", 9),)),
    ):
        found = whose(contradiction)
        assert found.code == "unit-conflict"
        assert found.reason is not None
        assert "文件属性指向“沙子镇小学”" in found.reason


def test_a_form_of_ours_named_for_another_unit_is_asked_about() -> None:
    assert whose(a_table(made_for="沙子镇小学"), "西沱镇小学.xlsx").code == "unit-conflict"


def test_a_form_of_ours_of_a_unit_that_nobody_knows_is_weighed_like_any_other() -> None:
    found = whose(a_table(made_for="不在名册的小学", declared="沙子镇小学"))

    assert unit_of(found) == "沙子镇小学"


def test_a_form_of_ours_that_declares_a_unit_nobody_knows_is_asked_about() -> None:
    assert whose(a_table(made_for="沙子镇小学", declared="某某小学")).code == "unknown-unit"
