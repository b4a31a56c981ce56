import os
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from config.records.row_block import RowBlock
from kongchuo.demo.mail_servers import free_port, mail_sink
from kongchuo.office import open_office
from kongchuo.usecases.doctor import run_checks
from kongchuo.usecases.doctor_checks.check_result import CheckResult
from store import Store
from store.drafts import Arrival, FileDraft, MessageDraft, SubmissionDraft
from tests.builders.offices.office_folder import an_office, open_store, run_kongchuo


def checks(config: Path) -> dict[str, CheckResult]:
    return {check.name: check for check in run_checks(config)}


def test_an_office_in_good_order_has_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_sink() as sink:
        assert run_kongchuo(monkeypatch, "doctor", "--config", an_office(tmp_path, sink.port)) == 0


def test_a_store_that_was_never_used_has_no_fault(tmp_path: Path) -> None:
    found = checks(an_office(tmp_path))

    assert found["存档"].ok
    assert found["数据库"].ok


def test_parts_that_are_not_installed_are_named_with_what_they_are_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "kongchuo.usecases.doctor_checks.installed_part_checks.is_installed", lambda extra: extra != "doc"
    )

    found = checks(an_office(tmp_path))["选装部分"]

    assert found.ok
    assert "doc(读 .doc、.wps)" in found.detail
    assert "archives" not in found.detail


def test_without_a_configuration_nothing_else_is_looked_at(tmp_path: Path) -> None:
    [check] = run_checks(tmp_path / "kongchuo.toml")

    assert (check.ok, check.exit_code) == (False, 2)
    assert "kongchuo init" in check.detail


def test_a_roster_without_schools_is_a_fault_of_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = an_office(tmp_path)
    (tmp_path / "units.csv").write_text(
        "name,kind,stage,township,aliases,emails\n西沱镇,township,,,,\n", "utf-8"
    )

    assert "units.csv" in checks(config)["名册"].detail
    assert run_kongchuo(monkeypatch, "doctor", "--config", config) == 2


def test_a_form_that_nobody_on_the_roster_owes_is_named(tmp_path: Path) -> None:
    config = an_office(tmp_path)
    notice = """
extends = "2023-autumn.toml"
id = "with-lists"
[forms."附件8"]
title = "残疾儿童少年名单"
title_patterns = ["残疾儿童"]
role = "compare"
sender = "department"
units = ["县残联"]
due = 2023-09-25
fields = ["name", "id_number"]
"""
    (tmp_path / "with-lists.toml").write_text(notice, "utf-8")
    config.write_text(config.read_text("utf-8").replace("2023-autumn.toml", "with-lists.toml"), "utf-8")

    check = checks(config)["名册"]

    assert not check.ok
    assert "附件8要县残联报,名册里没有这个单位" in check.detail
    assert "附件8没有单位要报:请把要报的部门加进 units.csv" in check.detail


def test_forms_that_a_parent_does_not_send_for_its_units_are_named(tmp_path: Path) -> None:
    config = an_office(tmp_path)
    roster = tmp_path / "units.csv"
    lines = roster.read_text("utf-8-sig").splitlines()
    zone, school = "西片学区,district,,", "西岭小学,school,小学,,,,西片学区"
    lines[0] = lines[0] if "parent" in lines[0] else f"{lines[0]},parent"
    roster.write_text("\n".join([*lines, zone, school, school.replace("西岭", "西河")]) + "\n", "utf-8")

    check = checks(config)["名册"]

    assert "西岭小学等2个单位由西片学区代报,而西片学区不报附件2、附件4、附件6" in check.detail
    assert ",这些表没有人报" in check.detail


def test_an_address_on_the_roster_that_no_server_takes_is_named(tmp_path: Path) -> None:
    config = an_office(tmp_path)
    roster = tmp_path / "units.csv"
    roster.write_text(roster.read_text("utf-8").replace("school@example.org", "school@localhost"), "utf-8")

    check = checks(config)["单位邮箱"]

    assert (check.ok, check.exit_code) == (False, 1)
    assert "西沱镇小学的邮箱 school@localhost 没有服务器会收" in check.detail


def test_a_mail_server_that_does_not_answer_is_out_of_reach(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run_kongchuo(monkeypatch, "doctor", "--config", an_office(tmp_path, free_port())) == 3


def test_a_missing_password_is_told_with_where_to_put_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KONGCHUO_MAILBOX_PASSWORD", raising=False)
    config = an_office(tmp_path)
    text = config.read_text("utf-8").replace(
        f'maildir = "{tmp_path / "mail"}"',
        'host = "127.0.0.1"\nport = 1\nsecurity = "none"\nusername = "nobody@example.org"',
    )
    config.write_text(text, "utf-8")

    check = checks(config)["邮箱 main"]

    assert (check.ok, check.exit_code) == (False, 2)
    assert "KONGCHUO_MAILBOX_PASSWORD" in check.detail


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_an_archive_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    config = an_office(tmp_path)
    (tmp_path / "archive").mkdir(mode=0o500)

    assert not checks(config)["存档"].ok


def test_a_roster_address_from_which_a_mail_came_back_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = an_office(tmp_path)
    key, recipients, now = (
        "receipt:1",
        ("school@example.org", "xituo@example.org"),
        datetime(2023, 9, 24, tzinfo=UTC),
    )
    with open_store(config) as store:
        store.outbox.queue(
            key=key, purpose="receipt", raw=b"x", sender="office@example.org", recipients=recipients, when=now
        )
        store.outbox.mark_sending(key, recipients, now)
        store.outbox.mark_accepted(key, now, refused={}, retry_at=None, error=None)
    assert "单位邮箱" not in checks(config)
    message_id = f"<kongchuo.{sha256(key.encode()).hexdigest()[:32]}@example.org>"
    (tmp_path / "mail" / "bounce.eml").write_bytes(
        "From: postmaster@qq.com\r\nSubject: 系统退信\r\nReceived: from x by y; Sun, 24 Sep 2023 10:03:00 +0800\r\n"
        f"In-Reply-To: {message_id}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        "收件人 school@example.org 不存在,邮件被退回。\r\n".encode()
    )

    assert run_kongchuo(monkeypatch, "poll", "--config", config) == 0

    check = checks(config)["单位邮箱"]
    assert not check.ok
    assert "西沱镇小学的邮箱 school@example.org 收不到信" in check.detail
    assert "xituo@example.org" not in check.detail.partition("(")[0]


def record_filing(folder: Path, unit: str) -> None:
    store = Store.open(f"sqlite:///{folder / 'kongchuo.db'}", folder / "archive")
    at = datetime(2023, 9, 20, 1, tzinfo=UTC)
    store.mailboxes.record_arrivals(
        [Arrival(message_id="m", received_at=at, mailbox="main", uidvalidity=1, uid=1)], 1
    )
    submission = SubmissionDraft.of_rows(RowBlock(), unit=unit, form="附件3", nil=True)
    file = FileDraft(
        position=0, path=("附件3.xlsx",), size=3, sha256="c", kind="xlsx", outcome="forms", submissions=(submission,)
    )  # fmt: skip
    store.messages.record(
        "2023-autumn",
        [MessageDraft(message_id="m", sender="a@example.org", sender_name="", subject="", files=(file,))],
    )
    store.close()


def test_filings_of_units_that_are_not_on_the_roster_are_listed(tmp_path: Path) -> None:
    config = an_office(tmp_path)
    record_filing(tmp_path, "旧名镇")

    check = checks(config)["名册外的报送"]

    assert not check.ok
    assert "旧名镇(1份)" in check.detail


def test_a_renamed_unit_s_filings_are_its_own_once_the_old_name_is_an_alias(tmp_path: Path) -> None:
    config = an_office(tmp_path)
    record_filing(tmp_path, "旧名镇")
    roster = tmp_path / "units.csv"
    lines = roster.read_text("utf-8-sig").splitlines()
    roster.write_text("\n".join([*lines, "新名镇,township,,,旧名镇,"]) + "\n", "utf-8")

    assert "名册外的报送" not in checks(config)
    with open_office(config) as office:
        (submission,) = office.store.submissions.arrived(None, datetime.max.replace(tzinfo=UTC))
        (file,) = office.store.files.arrived(datetime.max.replace(tzinfo=UTC))
    assert submission.unit == "新名镇"
    assert [link.unit for link in file.links] == ["新名镇"]


def test_replies_that_nobody_will_answer_are_told_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KONGCHUO_ANSWERS_KEY", raising=False)
    config = an_office(tmp_path)
    text = config.read_text("utf-8")
    assert "回邮件答复" not in checks(config)

    config.write_text(f'{text}\n[[people]]\naddress = "li@example.org"\n', "utf-8")
    silent = checks(config)["回邮件答复"]
    monkeypatch.setenv("KONGCHUO_ANSWERS_KEY", "k" * 40)
    without_server = checks(config)["回邮件答复"]

    assert (silent.ok, silent.exit_code) == (False, 2)
    assert "密钥" in silent.detail
    assert "[smtp]" in silent.detail
    assert not without_server.ok
    assert "密钥" not in without_server.detail
    with mail_sink() as sink:
        config = an_office(tmp_path / "whole", sink.port)
        assert checks(config)["回邮件答复"].detail == "回简报就能答复:办1人"
    monkeypatch.setenv("KONGCHUO_ANSWERS_KEY", "short")
    assert "太短" in checks(config)["回邮件答复"].detail
