import io
import json
import logging
import re
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from rich.cells import cell_len

from kongchuo import cli
from kongchuo.cli import GROUPS, AllCommands
from kongchuo.commands import listings
from tests.builders.offices.office_folder import an_office, put_mail, run_kongchuo

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return an_office(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["foo"], "没有 foo 这个命令"),
        (["statsu"], "是不是 status"),
        (["case", "clos"], "是不是 close"),
        (["status", "--notise", "x"], "是不是 --notice"),
        (["demo", "--schools", "many"], "--schools 填得不对\uff1a编造多少所学校"),
        (["assign", "--unit", "西沱镇"], "缺少 文件编号"),
        (["status", "--bogus"], "没有 --bogus 这个选项"),
        (["records"], "缺少 --form"),
        (["assign"], "缺少"),
        (["status", "--as-of"], "后面要写一个值"),
        (["status", "more"], "多写了参数\uff1amore"),
        (["status", "--as-of", "下周"], "不是日期"),
        (["records", "--form", "附件9"], "可选 附件1"),
        (["records", "--form", "附件1", "--unit", "某地"], "名册里没有“某地”"),
        (["files", "--disposition", "lost"], "可选 已登记"),
        (["assign", "nofile", "--unit", "西沱镇"], "没有编号为“nofile”的文件"),
        (["rerun", "--message", "nomail"], "nomail"),
        (["rerun", "--all", "--failed"], "不能"),
        (["digest", "--send"], "[smtp]"),
        (["digest", "--kind", "yearly"], "可选 日报"),
        (["status", "--config", "/nowhere/kongchuo.toml"], "kongchuo init"),
    ],
)
def test_wrong_usage_is_one_chinese_line_and_exit_2(
    arguments: list[str], says: str, config: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    code = run_kongchuo(monkeypatch, "--config", config, *arguments)

    said = capsys.readouterr()
    assert code == 2
    assert says in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""


def test_without_a_command_it_shows_the_commands(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    assert run_kongchuo(monkeypatch) == 2
    assert "收一遍邮件" in capsys.readouterr().out


@pytest.mark.parametrize("place", ["before", "after", "variable"])
def test_the_configuration_may_be_named_in_three_ways(
    place: str, config: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    named = ["--config", str(config)]
    if place == "variable":
        monkeypatch.setenv("KONGCHUO_CONFIG", str(config))

    code = run_kongchuo(
        monkeypatch,
        *(named if place == "before" else []),
        "gaps",
        "--json",
        *(named if place == "after" else []),
    )

    assert code == 0
    assert isinstance(json.loads(capsys.readouterr().out), list)


@pytest.mark.parametrize("question", ["status", "gaps", "cases", "problems", "files"])
def test_a_question_answers_with_one_json_document_and_nothing_else(
    question: str, config: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    assert run_kongchuo(monkeypatch, question, "--json", "--as-of", "2023-09-26", "--config", config) == 0

    said = capsys.readouterr()
    json.loads(said.out)
    assert said.err == ""


@pytest.mark.parametrize("form", ["附件4", "附件四", "4"])
def test_a_form_may_be_written_as_people_write_it(
    form: str, config: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    assert run_kongchuo(monkeypatch, "records", "--form", form, "--config", config) == 0
    assert capsys.readouterr().out == "没有记录\n"


def test_a_mailbox_out_of_reach_is_exit_3(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    (config.parent / "mail").rmdir()

    assert run_kongchuo(monkeypatch, "poll", "--config", config) == 3
    assert capsys.readouterr().err.count("\n") == 1


def test_a_poll_with_nothing_new_is_exit_0(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    assert run_kongchuo(monkeypatch, "poll", "--config", config) == 0
    assert capsys.readouterr().out.startswith("邮件0封\uff08新0\uff09")


def test_a_file_that_waits_for_a_person_is_exit_1_and_says_where_to_look(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    a_broken_workbook(config)

    assert run_kongchuo(monkeypatch, "poll", "--config", config) == 1
    assert f"kongchuo --config {config} files --disposition 待人工处理" in capsys.readouterr().out


def test_a_message_without_a_file_is_listed_with_an_empty_path(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    put_mail(config, "1.eml", "您好")
    run_kongchuo(monkeypatch, "poll", "--config", config)
    capsys.readouterr()

    run_kongchuo(monkeypatch, "files", "--json", "--config", config)

    [file] = json.loads(capsys.readouterr().out)
    assert file["path"] == []
    assert file["received_at"] == "2023-09-24T10:03:00+08:00"


def test_a_decision_on_a_file_is_told_with_what_became_of_it(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    a_broken_workbook(config)
    run_kongchuo(monkeypatch, "poll", "--config", config)
    capsys.readouterr()
    run_kongchuo(monkeypatch, "files", "--json", "--config", config)
    [file] = json.loads(capsys.readouterr().out)

    code = run_kongchuo(
        monkeypatch, "assign", file["file_id"], "--unit", "西沱小学", "--form", "4", "--config", config
    )

    assert code == 0
    told = capsys.readouterr().out
    assert "已归入西沱镇小学附件4\uff1a现为“已登记”" in told
    assert "补发Excel电子表" in told


def test_an_assignment_stands_among_the_decisions_and_is_withdrawn(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    def told(*arguments: str) -> str:
        capsys.readouterr()
        run_kongchuo(monkeypatch, *arguments, "--config", config)
        return capsys.readouterr().out

    a_broken_workbook(config)
    told("poll")
    [file] = json.loads(told("files", "--json"))
    assign = ("assign", file["file_id"][:8], "--unit", "西沱小学", "--why", "来电", "--by", "秦科长")

    told(*assign)
    assert "没有改动" in told(*assign)
    [one] = json.loads(told("decisions", "--json"))
    assert (one["kind"], one["detail"], one["why"], one["who"]) == ("assign", "西沱镇小学", "来电", "秦科长")

    told("assign", file["file_id"], "--unit", "西沱镇")
    [one] = json.loads(told("decisions", "--json"))
    assert one["detail"] == "西沱镇"
    told("withdraw", str(one["id"]), "--why", "认错了")
    assert json.loads(told("decisions", "--json")) == []
    [file] = json.loads(told("files", "--json"))
    assert file["submissions"] == []


def test_showing_numbers_is_written_to_the_audit_trail(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_kongchuo(monkeypatch, "cases", "--reveal", "--why", "核对", "--config", config)

    with closing(sqlite3.connect(config.parent / "kongchuo.db")) as store:
        assert [what for (what,) in store.execute("SELECT what FROM audit")] == ["reveal cases"]


def test_numbers_are_shown_to_nobody_who_does_not_say_why(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    assert run_kongchuo(monkeypatch, "cases", "--reveal", "--config", config) == cli.USAGE_ERROR

    assert "--why" in capsys.readouterr().err
    with closing(sqlite3.connect(config.parent / "kongchuo.db")) as store:
        assert store.execute("SELECT count(*) FROM audit").fetchone() == (0,)


def test_a_bug_is_one_chinese_line_that_names_the_file_with_the_trace(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(listings, "Judgements", broken)

    assert run_kongchuo(monkeypatch, "gaps", "--config", config) == cli.UNREACHABLE

    said = capsys.readouterr().err
    assert said.count("\n") == 1
    trace = Path(said[said.index("请把 ") + 3 : said.index(" 发给")])
    assert "ZeroDivisionError" in trace.read_text("utf-8")
    trace.unlink()


def test_a_reader_that_has_read_enough_is_no_fault(config: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "kongchuo", "status", "--config", str(config)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert process.returncode == 0


def a_broken_workbook(config: Path) -> None:
    (config.parent / "mail" / "broken.eml").write_bytes(
        b"From: a@example.net\r\nSubject: x\r\nReceived: from x by y; Sun, 24 Sep 2023 10:03:00 +0800\r\n"
        b'MIME-Version: 1.0\r\nContent-Type: application/octet-stream; name="a.xlsx"\r\n'
        b'Content-Disposition: attachment; filename="a.xlsx"\r\n\r\nPK\x03\x04 broken\r\n'
    )


def test_a_fault_is_told_in_a_sentence_even_where_no_trace_can_be_written(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(listings, "open_office", fail)
    monkeypatch.setattr(tempfile, "tempdir", str(config.parent / "nowhere"))

    assert run_kongchuo(monkeypatch, "status", "--config", config) == cli.UNREACHABLE

    assert "程序出错" in capsys.readouterr().err


@pytest.mark.parametrize(
    "command", [[], ["gaps"], ["case"], ["case", "close"], ["outbox"], ["outbox", "retry"], ["clear"]]
)
def test_help_is_wholly_in_chinese(
    command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    for asked in ("-h", "--help"):
        assert run_kongchuo(monkeypatch, *command, asked) == 0

        page = capsys.readouterr().out
        assert page.startswith("用法\uff1a")
        assert not re.findall(
            "Usage|Options|Arguments|Commands|OPTIONS|ARGS|Show this|required|default:|<str>", page
        )


@pytest.mark.parametrize("width", [50, 80])
def test_help_fits_the_terminal_and_breaks_no_option(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    for command in ([], ["cases"], ["case", "merge"], ["clear"]):
        run_kongchuo(monkeypatch, *command, "--help")

        page = capsys.readouterr().out
        assert [line for line in page.splitlines() if cell_len(line) > width] == []
        assert not re.search(r"[a-z-]-\n", page)
        ends = {cell_len(found[0]) for found in re.finditer(r"^  --?\w.*?  +(?=\S)", page, re.MULTILINE)}
        assert len(ends) == 1  # what options do begins in one column


def test_the_help_lists_every_command_in_one_section() -> None:
    listed = [name for names in AllCommands.sections.values() for name in names]

    assert sorted(listed) == sorted([*AllCommands.places, *GROUPS])


@pytest.mark.parametrize(
    ("arguments", "kind", "exit_status"),
    [
        (["status", "--bogus"], "usage", 2),
        (["records"], "usage", 2),
        (["status", "--as-of", "下周"], "configuration", 2),
        (["poll"], "unreachable", 3),
    ],
)
def test_where_json_is_asked_for_an_error_is_json_on_stderr(
    arguments: list[str],
    kind: str,
    exit_status: int,
    config: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Captured,
) -> None:
    (config.parent / "mail").rmdir()

    assert run_kongchuo(monkeypatch, *arguments, "--json", "--config", config) == exit_status

    said = capsys.readouterr()
    assert said.out == ""
    answer = json.loads(said.err)
    assert answer["schema_version"] == 1
    assert (answer["error"]["kind"], answer["error"]["exit_status"]) == (kind, exit_status)
    assert re.search("[\u4e00-\u9fff]", answer["error"]["message"])


def test_every_answer_has_its_schema_version(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    put_mail(config, "1.eml", "您好")
    for question in ("poll", "status", "gaps", "files", "health", "questions"):
        run_kongchuo(monkeypatch, question, "--json", "--config", config)
        answer = json.loads(capsys.readouterr().out)

        entries = answer if isinstance(answer, list) else [answer]
        assert [entry["schema_version"] for entry in entries] == [1] * len(entries)


def test_a_check_ends_with_1_where_something_is_open(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    late = ("--as-of", "2023-10-25", "--config", config)

    assert run_kongchuo(monkeypatch, "gaps", *late) == 0
    assert run_kongchuo(monkeypatch, "gaps", "--check", *late) == 1
    assert run_kongchuo(monkeypatch, "gaps", "--check", "--json", *late) == 1
    assert run_kongchuo(monkeypatch, "gaps", "--check", "--as-of", "2023-09-01", "--config", config) == 0
    assert run_kongchuo(monkeypatch, "cases", "--check", *late) == 0


@pytest.mark.parametrize("place", ["path", "standard input"])
def test_a_file_of_one_mail_is_read_as_though_polled_and_once(
    place: str, config: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    put_mail(config, "1.eml", "您好")
    raw = (config.parent / "mail" / "1.eml").read_bytes()
    (config.parent / "mail" / "1.eml").rename(config.parent / "one.eml")

    for new in (1, 0):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
        file = config.parent / "one.eml" if place == "path" else "-"
        assert run_kongchuo(monkeypatch, "poll", "--eml", file, "--json", "--config", config) == 0
        assert json.loads(capsys.readouterr().out)["new_messages"] == new
    run_kongchuo(monkeypatch, "files", "--json", "--config", config)
    [one] = json.loads(capsys.readouterr().out)
    assert one["received_at"] == "2023-09-24T10:03:00+08:00"


@pytest.mark.parametrize(("content", "says"), [(None, "读不了"), (b"\n", "是空的")])
def test_a_file_that_is_no_mail_is_refused(
    content: bytes | None, says: str, config: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    file = config.parent / "one.eml"
    if content is not None:
        file.write_bytes(content)

    assert run_kongchuo(monkeypatch, "poll", "--eml", file, "--config", config) == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize("place", ["before", "after"])
def test_quiet_says_nothing_but_errors(
    place: str, config: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    words = ["--quiet", "poll"] if place == "before" else ["poll", "-q"]

    assert run_kongchuo(monkeypatch, *words, "--config", config) == 0
    assert capsys.readouterr().out == ""

    (config.parent / "mail").rmdir()
    assert run_kongchuo(monkeypatch, *words, "--config", config) == 3
    assert capsys.readouterr().err.count("\n") == 1

    run_kongchuo(monkeypatch, "gaps", "--config", config)
    assert capsys.readouterr().out != ""


def test_verbose_logs_what_is_done(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_kongchuo(monkeypatch, "poll", "-v", "--config", config)
    assert logging.getLogger().level == logging.INFO

    run_kongchuo(monkeypatch, "poll", "--config", config)
    assert logging.getLogger().level == logging.ERROR


@pytest.mark.parametrize("word", ["待人工处理", "quarantined"])
def test_words_are_accepted_in_chinese_and_as_codes(
    word: str, config: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    a_broken_workbook(config)
    run_kongchuo(monkeypatch, "poll", "--config", config)
    capsys.readouterr()

    assert run_kongchuo(monkeypatch, "files", "--disposition", word, "--json", "--config", config) == 0
    assert len(json.loads(capsys.readouterr().out)) == 1


def test_the_trace_of_an_unforeseen_error_quotes_no_data(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured, tmp_path: Path
) -> None:
    """What an error's text quotes, and that of what caused it, is a child's; places and kinds help whoever mends it."""

    def fail(*_: object, **__: object) -> None:
        try:
            raise KeyError("谭小雨")
        except KeyError as cause:
            raise ZeroDivisionError("500240201501010017 13800000001") from cause

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(listings, "open_office", fail)

    run_kongchuo(monkeypatch, "status", "--config", config)

    [trace] = tmp_path.glob("kongchuo-*.log")
    told = trace.read_text("utf-8") + capsys.readouterr().err
    assert [word for word in ("谭小雨", "500240201501010017", "13800000001") if word in told] == []
    assert [line.strip() for line in told.splitlines() if "Error" in line][:2] == [
        "KeyError",
        "ZeroDivisionError",
    ]
    assert "test_cli.py" in told
