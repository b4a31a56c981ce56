"""Units × forms as lines: in the groups that the notice's kinds of units make."""

from config.units.roster import Unit
from ledger.results import FormState
from notify.obligation_lines import build_obligation_lines
from tests.builders.values.form_tables import NOTICE
from tests.builders.values.sample_digests import a_form, a_status, a_unit

KINDS = {**NOTICE.units.kinds, "street_office": "街道教育办"}


def a_roster(*units: tuple[str, str, str | None]) -> dict[str, Unit]:
    return {name: Unit(name=name, kind=kind, stage=stage, township=None) for name, kind, stage in units}


def test_every_kind_of_unit_is_a_group_and_schools_are_three():
    roster = a_roster(
        ("县公安局", "department", None),
        ("万安街道教育办", "street_office", None),
        ("石门村", "village", None),
        ("石柱职教中心", "school", "职业学校"),
        ("南宾幼儿园", "school", "幼儿园"),
        ("西沱中学", "school", "初中"),
        ("西沱学区", "district", None),
        ("西沱镇", "township", None),
    )
    units = [
        a_unit(name, a_form("附件2", FormState.MISSING), kind=unit.kind) for name, unit in roster.items()
    ]

    lines = build_obligation_lines(a_status(*units), (), roster, KINDS)

    assert [(line.unit, line.group) for line in lines] == [
        ("西沱镇", "乡镇(街道)"),
        ("西沱中学", "义务教育学校"),
        ("南宾幼儿园", "幼儿园"),
        ("石柱职教中心", "其他学校"),
        ("石门村", "村(社区)"),
        ("西沱学区", "学区(中心校)"),
        ("县公安局", "部门"),
        ("万安街道教育办", "街道教育办"),
    ]


def test_a_kind_that_the_notice_does_not_know_is_a_group_of_its_own_at_the_end():
    roster = a_roster(("某单位", "office", None), ("西沱镇", "township", None))
    units = [
        a_unit(name, a_form("附件1", FormState.MISSING), kind=unit.kind) for name, unit in roster.items()
    ]

    lines = build_obligation_lines(a_status(*units), (), roster, NOTICE.units.kinds)

    assert [line.group for line in lines] == ["乡镇(街道)", "office"]
