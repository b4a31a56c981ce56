import json
import re
import tomllib
from importlib import resources
from pathlib import Path

import pytest

from config.read_notice import load_notice
from config.settings import load_settings
from config.units.roster import load_roster
from tests.builders.offices.office_folder import run_kongchuo

_ASCII_MARK_IN_CHINESE = re.compile("[\u4e00-\u9fff][,:;](?![^“]*”)")
WRITTEN = ("kongchuo.toml", "notices/2023-autumn.toml", "units.csv", "answers.key")


def test_what_init_writes_can_be_read_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run_kongchuo(monkeypatch, "init", tmp_path) == 0

    settings = load_settings(tmp_path / "kongchuo.toml")
    assert load_notice(settings.notice.file).id == "2023-autumn"
    assert len(load_roster(settings.notice.roster).of_kind("township")) == 33


def test_an_editor_finds_the_schema_in_the_first_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_kongchuo(monkeypatch, "init", tmp_path)

    for name in WRITTEN[:2]:
        file = tmp_path / name
        named = file.read_text("utf-8").splitlines()[0].removeprefix("#:schema ")
        assert "$schema" in json.loads((file.parent / named).read_text("utf-8"))


def test_the_comments_that_init_writes_are_set_in_chinese_punctuation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_kongchuo(monkeypatch, "init", tmp_path)

    for name, source in (
        ("kongchuo.toml", resources.files("kongchuo") / "templates" / "kongchuo.toml"),
        ("notices/2023-autumn.toml", resources.files("config") / "notices" / "2023-autumn.toml"),
    ):
        text = (tmp_path / name).read_text("utf-8")
        comments = [line[line.index("#") :] for line in text.splitlines() if "#" in line]
        assert not [comment for comment in comments if _ASCII_MARK_IN_CHINESE.search(comment)]
        assert tomllib.loads(text) == tomllib.loads(source.read_text("utf-8"))
    assert "西沱镇小学,school,小学" in (tmp_path / "kongchuo.toml").read_text("utf-8")


def test_init_overwrites_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "units.csv").write_text("mine")

    assert run_kongchuo(monkeypatch, "init", tmp_path) == 2

    assert "units.csv 已经存在" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["units.csv"]
    assert (tmp_path / "units.csv").read_text() == "mine"


def test_init_says_what_to_do_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run_kongchuo(monkeypatch, "init", tmp_path)

    said = capsys.readouterr().out
    assert all(name in said for name in (str(tmp_path), *WRITTEN))
    assert f"--config {tmp_path / 'kongchuo.toml'} doctor" in said


def test_the_demo_leaves_a_folder_of_somebody_else_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.txt").write_text("mine")

    assert run_kongchuo(monkeypatch, "demo", tmp_path) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_init_fills_in_what_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options = (
        "--office",
        "清溪县教委基教科",
        "--mailbox",
        "jjk@163.com",
        "--recipient",
        "a@qq.com",
        "--recipient",
        "b@qq.com",
    )
    run_kongchuo(monkeypatch, "init", tmp_path, *options)

    settings = load_settings(tmp_path / "kongchuo.toml")
    (mailbox,) = settings.mailbox
    assert (settings.office.name, settings.office.recipients) == (
        "清溪县教委基教科",
        ("a@qq.com", "b@qq.com"),
    )
    assert (mailbox.host, mailbox.username) == ("imap.163.com", "jjk@163.com")
    assert settings.smtp is not None
    assert (settings.smtp.host, settings.smtp.sender) == ("smtp.163.com", "jjk@163.com")


def test_init_says_where_it_does_not_know_the_service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run_kongchuo(monkeypatch, "init", tmp_path, "--mailbox", "office@example.org")

    assert "认不出 office@example.org 是哪家邮箱" in capsys.readouterr().out


@pytest.mark.parametrize(
    "address", ["office@qq,com", "office@qq..com", "(office@qq.com", "a@qq.com b@qq.com"]
)
def test_init_takes_no_address_that_no_server_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    assert run_kongchuo(monkeypatch, "init", tmp_path, "--mailbox", address) == 2
    assert not (tmp_path / "kongchuo.toml").exists()


def test_init_takes_the_units_of_a_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "名单.csv"
    file.write_bytes("名称;类别;学段;所在乡镇\n西沱镇;乡镇;;\n西沱小学;学校;小学;西沱\n".encode("gbk"))

    assert run_kongchuo(monkeypatch, "init", tmp_path / "office", "--units", file) == 0

    units = load_roster(tmp_path / "office" / "units.csv").units
    assert [(unit.name, unit.stage, unit.township) for unit in units] == [
        ("西沱镇", None, None),
        ("西沱小学", "小学", "西沱镇"),
    ]


def test_a_list_without_units_makes_no_office(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "名单.csv"
    file.write_text("姓名,电话\n甲一,1\n", "utf-8")

    assert run_kongchuo(monkeypatch, "init", tmp_path / "office", "--units", file) == 2

    assert "没有找到单位" in capsys.readouterr().err
    assert not (tmp_path / "office").exists()
