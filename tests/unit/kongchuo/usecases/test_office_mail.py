from email import policy
from email.parser import BytesParser
from pathlib import Path

import pytest

from kongchuo.demo.mail_servers import free_port, mail_sink
from tests.builders.offices.office_folder import an_office, run_kongchuo

AS_OF = ("--as-of", "2023-09-28")


def test_the_digest_is_three_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = an_office(tmp_path)

    assert run_kongchuo(monkeypatch, "digest", "--out", tmp_path / "out", *AS_OF, "--config", config) == 0

    assert {path.name for path in (tmp_path / "out").iterdir() if not path.name.startswith(".")} == {
        "digest.eml",
        "digest.html",
        "digest.xlsx",
    }
    mail = BytesParser(policy=policy.default).parsebytes((tmp_path / "out" / "digest.eml").read_bytes())
    assert mail["To"] == "office@example.org"


def test_the_digest_of_a_day_is_mailed_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with mail_sink() as sink:
        config = an_office(tmp_path, sink.port)
        codes = [run_kongchuo(monkeypatch, "digest", "--send", *AS_OF, "--config", config) for _ in range(2)]

    assert codes == [0, 0]
    assert [recipients for _, recipients, _ in sink.messages] == [("office@example.org",)]
    assert "已经发过" in capsys.readouterr().out


def test_a_digest_that_could_not_be_mailed_is_exit_1_and_goes_out_when_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = an_office(tmp_path, port := free_port())
    down = run_kongchuo(monkeypatch, "digest", "--send", *AS_OF, "--config", config)
    assert capsys.readouterr().err.count("\n") == 1

    with mail_sink() as sink:
        config.write_text(config.read_text("utf-8").replace(f"port = {port}", f"port = {sink.port}"), "utf-8")
        up = run_kongchuo(monkeypatch, "digest", "--send", *AS_OF, "--config", config)

    assert (down, up) == (1, 0)
    assert len(sink.messages) == 1


def test_sending_alone_leaves_no_files_about(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with mail_sink() as sink:
        run_kongchuo(
            monkeypatch, "digest", "--send", *AS_OF, "--config", an_office(tmp_path / "office", sink.port)
        )

    assert [path.name for path in tmp_path.iterdir()] == ["office"]
