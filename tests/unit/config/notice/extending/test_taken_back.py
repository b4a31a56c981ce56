"""What the base says of values that are there no more goes with them; what a notice says itself of none is refused."""

from pathlib import Path

import pytest

from config.errors import ConfigError
from config.notice import Notice
from config.read_notice import load_notice

OWN = """
[vocabularies.status]
base = "removed"
values = { "辍学" = [], "免学" = [] }
meanings = { "辍学" = "out", "免学" = "excused" }
"""


def load(folder: Path, text: str) -> Notice:
    file = folder / "notice.toml"
    file.write_text(f'extends = "2023-autumn.toml"\nid = "other"\n{text}', "utf-8")
    return load_notice(file)


def test_what_the_base_says_of_statuses_that_are_gone_is_gone_too(tmp_path: Path):
    notice = load(tmp_path, OWN)

    assert notice.leave.months == {}
    assert notice.leave.next_steps == {}
    assert notice.leave.late_entry is None
    assert notice.form("附件3").proof_statuses == ("免学",)
    assert notice.persuasion.statuses == ("辍学",)


def test_what_it_says_of_the_others_stays(tmp_path: Path):
    notice = load(tmp_path, '[vocabularies.status.values]\n"延缓入学" = "removed"\n')

    assert notice.leave.months == {"休学": 6}
    assert list(notice.leave.next_steps) == ["休学"]
    assert notice.leave.late_entry is None


def test_statuses_that_a_base_lists_at_its_forms_go_too(tmp_path: Path):
    listed = '[forms."附件3"]\nproof_statuses = ["休学", "延缓入学"]\n[forms."附件5"]\ntrigger = { form = "附件3", statuses = ["失学"] }\n'
    (tmp_path / "base.toml").write_text(f'extends = "2023-autumn.toml"\nid = "base"\n{listed}', "utf-8")
    file = tmp_path / "notice.toml"
    gone = '[vocabularies.status.values]\n"延缓入学" = "removed"\n"失学" = "removed"\n'
    file.write_text(f'extends = "base.toml"\nid = "other"\n{gone}', "utf-8")
    notice = load_notice(file)

    assert notice.form("附件3").proof_statuses == ("休学",)
    trigger = notice.form("附件5").trigger
    assert trigger is not None
    assert trigger.statuses == notice.persuasion.statuses == ("辍学",)


def test_modes_households_and_stages_go_in_the_same_way(tmp_path: Path):
    notice = load(
        tmp_path,
        """
[vocabularies.attendance_mode.values]
"随班就读" = "removed"
[vocabularies.household_category.values]
"孤儿" = "removed"
[vocabularies.stage.values]
"大学" = "removed"
""",
    )

    assert notice.rolls.lists == ("送教上门",)
    assert "孤儿" not in notice.rolls.paired
    assert notice.rolls.later_stages == ("学前", "高中", "中职")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f'{OWN}[leave]\nmonths = {{ "休学" = 6 }}\n', ["第9行", "leave months", "休学"]),
        (
            f'{OWN}[forms."附件3"]\nproof_statuses = ["免雪"]\n',
            ["第9行", "附件3 proof_statuses", "是不是 免学"],
        ),
        ('[rolls]\nlists = ["送教上们"]\n', ["第4行", "送教上们", "是不是 送教上门"]),
        ('[leave]\nlate_entry = "缓学"\n', ["第4行", "缓学"]),
        (
            '[forms."附件5"]\ntrigger = { form = "附件33" }\n',
            ["第4行", "附件33", "是不是 附件3"],
        ),
        ('[forms."附件5"]\nfields = ["name", "visit"]\n', ["第4行", "visit", "是不是 visits"]),
    ],
)
def test_what_a_notice_says_of_a_value_that_is_not_there_is_refused_with_its_line(
    tmp_path: Path, text: str, words: list[str]
):
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text)

    assert all(word in str(caught.value) for word in words), str(caught.value)
