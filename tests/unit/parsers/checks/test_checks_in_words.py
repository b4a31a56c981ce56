"""The checks of a notice, as the person who writes it is told of them."""

from pathlib import Path
from typing import get_args

import pytest

from config.errors import ConfigError
from config.notice import CheckName, FormSpec, Notice
from config.problem_codes import Level, problem_code
from config.read_notice import load_notice
from parsers.checks.checks_in_words import CHECKS, doubts_about_checks, explain_checks
from tests.builders.values.form_tables import NOTICE


def with_checks(folder: Path, checks: str, key: str = "附件1") -> Notice:
    file = folder / "notice.toml"
    text = f'extends = "2023-autumn.toml"\nid = "other"\n[[forms]]\nkey = "{key}"\nchecks = {checks}\n'
    file.write_text(text, "utf-8")
    return load_notice(file)


def test_every_name_that_a_notice_may_list_is_one_check():
    assert [spec.name for spec in CHECKS] == list(get_args(CheckName))


@pytest.mark.parametrize("spec", CHECKS, ids=lambda spec: spec.name)
def test_a_spec_speaks_of_what_there_is(spec):
    assert spec.asks
    assert spec.raises
    assert set(spec.fields) <= NOTICE.fields.keys()
    assert spec.setting is None or spec.setting in FormSpec.model_fields
    assert {problem_code(code).level for code in spec.raises} == {Level.ROW}


def test_the_autumn_notice_is_told_form_by_form_and_without_doubt():
    lines = explain_checks(NOTICE).lines

    assert doubts_about_checks(NOTICE) == ()
    assert "附件7:不查" in lines
    asked_ages = [line.partition(":")[0] for line in lines if "在义务教育年龄内" in line]
    assert "、".join(asked_ages) == "附件3、附件4"


def test_a_form_is_asked_no_more_than_it_lists(tmp_path: Path):
    notice = with_checks(tmp_path, '["age"]', "附件3")

    assert "附件3:在义务教育年龄内" in explain_checks(notice).lines


def test_a_check_with_nothing_to_look_at_is_doubtful(tmp_path: Path):
    (doubt,) = doubts_about_checks(with_checks(tmp_path, '["required", "proof"]'))

    assert "附件1" in doubt
    assert "proof" in doubt
    assert "fields" in doubt


def test_an_unknown_check_is_refused_with_its_line_and_the_nearest_name(tmp_path: Path):
    with pytest.raises(ConfigError) as caught:
        with_checks(tmp_path, '[\n  "required",\n  "brith-date",\n]')

    assert "第7行" in str(caught.value)
    assert "是不是 birth-date" in str(caught.value)
