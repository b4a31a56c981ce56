"""Each kind of personal data is masked at each door as ``[privacy] mask`` says, and whole where somebody says why."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from notify.mail.leaving_text import words_of_file
from tests.builders.counties.scenario_county import ScenarioCounty, address_of
from tests.builders.files.clerk_files import mail, register4, xlsx
from tests.builders.offices.office_folder import an_office, open_store, run_kongchuo
from tests.builders.values.form_tables import id_number

UNIT = "西沱镇小学"
DAY = ("--as-of", "2023-09-26")
NUMBER = id_number("20120304")
ROW: dict[str, object] = {
    "name": "谭小雨", "id_number": NUMBER, "guardian": "谭建国", "guardian_phone": "13812345678",
    "household_township": "西沱镇", "household_village": "南坪村", "household_address": "西沱镇南坪村3组98号",
    "current_address": "西沱镇南坪村3组98号", "remark": f"谭小雨父亲谭建国13812345678,{NUMBER},住南坪村3组98号",
}  # fmt: skip
WITHOUT_PROOF: dict[str, object] = {
    "name": "谭秋月",
    "status": "休学",
    "id_number": id_number("20120506", 77),
}
"""A child whose name the sentence of a gap says, since its proof has not come."""
WRONG_PHONES = ("1380000", "138123456789", "5333222")
QUOTED: tuple[dict[int, object], ...] = (
    {5: WRONG_PHONES[0]}, {5: WRONG_PHONES[1]}, {5: "父亲谭建国电话" + WRONG_PHONES[2]}, {2: "谭小雨"}, {2: "西沱镇南坪村3组98号"},
    {2: "谭小雨父亲谭建国的手机号码是13812345678"}, {7: "谭小雨住南坪村3组98号"},
)  # fmt: skip
"""By column of 附件4, values that the sentence of a problem quotes; the last but one is cut within its number."""
HIDDEN_AT = {
    "id": (NUMBER,),
    "id+phone": (NUMBER, "13812345678", "98号", *WRONG_PHONES, "138123"),
    "id+phone+name": (NUMBER, "13812345678", "98号", *WRONG_PHONES, "138123", "谭小雨", "谭建国", "谭秋月"),
}
"""By level, what must stand nowhere."""
PRINTED = (
    ("records", "--form", "附件4"), ("records", "--form", "附件2"), ("cases", "--all"), ("problems",), ("files",), ("crosscheck",),
    ("roll",), ("questions",), ("decisions",), ("gaps",), ("status",),
)  # fmt: skip
WITHOUT_REVEAL = ("questions", "decisions", "gaps", "status")
WRITTEN = (("export", "--csv"), ("export", "--xlsx"), ("ledgers",), ("child", "export", NUMBER))
MAILED = (("receipts",), ("remind",))
"""Only their texts are printed; the unit's own sheet, which goes with a receipt, has its rows whole."""
OF_MAIL = ("receipts", "remind", "digest.html", "digest.xlsx")
"""Never less masked than at the middle level."""


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    config = an_office(tmp_path)
    with open_store(config) as store:
        county = ScenarioCounty(store)
        county.add_submission(UNIT, "附件4", ROW, WITHOUT_PROOF, on="2023-09-20")
        county.add_submission(UNIT, "附件2", ROW, on="2023-09-21")
    raw = mail(
        {"附件4.xlsx": xlsx(register4(*map(_quoted_row, range(len(QUOTED))), unit=UNIT))},
        sender=address_of(UNIT).author,
        extra={"Received": "from x by y; Sun, 24 Sep 2023 10:03:00 +0800"},
    )
    (config.parent / "mail" / "1.eml").write_bytes(raw)
    assert run_kongchuo(monkeypatch, "poll", "--config", config) == 0
    monkeypatch.chdir(tmp_path)
    noted = ("child", "correct", NUMBER, "备注", "谭小雨住南坪村3组98号,13812345678", "--why", "谭建国来电")
    assert run_kongchuo(monkeypatch, *noted, "--config", config) == 0
    return config


def _quoted_row(number: int) -> list[object]:
    row = [
        number + 1,
        "谭小雨",
        None,
        id_number("20130405", 200 + number),
        "谭建国",
        "13812345678",
        "辍学",
        "2023-9-10",
        "厌学",
    ]
    return [QUOTED[number].get(column, value) for column, value in enumerate(row)]


def _texts(folder: Path) -> Iterator[str]:
    for file in (one for one in sorted(folder.rglob("*")) if one.is_file()):
        data = file.read_bytes()
        yield words_of_file(data) if file.suffix == ".xlsx" else data.decode()


def _all_doors(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *more: str
) -> dict[str, str]:
    """By command, all that it prints and writes."""
    said = {}
    for command in PRINTED:
        for form in ("--json", "--tsv"):
            revealing = () if command[0] in WITHOUT_REVEAL else more
            assert run_kongchuo(monkeypatch, *command, form, *revealing, *DAY, "--config", config) in (0, 1)
            said[" ".join((*command, form))] = capsys.readouterr().out
    for command in WRITTEN:
        out = config.parent / "out" / "-".join(command[:2])
        day = () if command[0] == "child" else DAY
        assert run_kongchuo(monkeypatch, *command, "--out", out, *more, *day, "--config", config) == 0
        capsys.readouterr()
        said[" ".join(command[:2])] = "\n".join(_texts(out))
    for command in MAILED:
        assert run_kongchuo(monkeypatch, *command, *DAY, "--config", config) == 0
        said[command[0]] = capsys.readouterr().out
    out = config.parent / "out" / "digest"
    assert run_kongchuo(monkeypatch, "digest", "--out", out, *DAY, "--config", config) == 0
    capsys.readouterr()
    said["digest.html"], said["digest.xlsx"] = (
        (out / "digest.html").read_text("utf-8"),
        "\n".join(_texts(out)),
    )
    return said


@pytest.mark.parametrize("level", HIDDEN_AT)
def test_what_a_level_masks_stands_at_no_door(
    level: str, config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config.write_text(config.read_text("utf-8") + f'\n[privacy]\nmask = "{level}"\n', "utf-8")

    said = _all_doors(config, monkeypatch, capsys)

    for door, text in said.items():
        hidden = HIDDEN_AT["id+phone" if door in OF_MAIL and level == "id" else level]
        assert [value for value in hidden if value in text] == [], door
    shown = {value for value in HIDDEN_AT["id+phone+name"] if value not in HIDDEN_AT[level]}
    assert {value for value in shown if value in said["records --form 附件4 --json"]} == shown


def test_who_says_why_sees_all(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config.write_text(config.read_text("utf-8") + '\n[privacy]\nmask = "id+phone+name"\n', "utf-8")

    said = _all_doors(config, monkeypatch, capsys, "--reveal", "--why", "核对")

    for door in ("records --form 附件4 --json", "export --csv"):
        assert [value for value in HIDDEN_AT["id+phone+name"] if value not in said[door]] == []
    assert [
        value for row in QUOTED for value in row.values() if str(value) not in said["problems --json"]
    ] == []
    of_row = [str(ROW[key]) for key in ("name", "guardian", "guardian_phone", "household_address")]
    assert [value for value in of_row if value not in said["child export"]] == []
