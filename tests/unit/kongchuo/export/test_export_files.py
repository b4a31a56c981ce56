"""Each format is written by the command and read back by pandas as the columns table says; changed files stay."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pandas
import pytest

from kongchuo.export.export_columns import TABLES
from kongchuo.export.export_files import MADE, WrittenFiles
from ledger.officer_decisions import ASSIGN
from store.decisions import AssignmentDraft, DecisionDraft, WhoDecided
from tests.builders.counties.scenario_county import ScenarioCounty, a_child
from tests.builders.offices.office_folder import an_office, open_store, run_kongchuo

AS_OF = ("--as-of", "2023-09-28")
CHILD = a_child("谭乙", "20100811", 102)
SCHOOL = "西沱镇小学"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """An office of which a school sent a register of one child, and then corrected its roll."""
    path = an_office(tmp_path / "office")
    with open_store(path) as store:
        county = ScenarioCounty(store)
        county.add_submission(
            SCHOOL, "附件4", CHILD.out_row(guardian_phone="013900000001", since="2023-09"), on="2023-09-20"
        )
        older = CHILD.enrolled_row(boarding=True, seq=1, guardian_phone="013900000001")
        county.add_submission(
            SCHOOL, "附件2", older, problems=("id-length",), value=CHILD.number, on="2023-09-20"
        )
        county.add_submission(
            SCHOOL,
            "附件2",
            older | {"birth_date": "2010-08", "boarding": False},
            on="2023-09-21",
            replaces=True,
        )
    return path


@pytest.fixture
def export(config: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    def run(*options: str) -> Path:
        out = config.parent / "out"
        assert run_kongchuo(monkeypatch, "export", "--out", out, *options, *AS_OF, "--config", config) == 0
        return out

    return run


def dtypes_of(columns: pandas.DataFrame, table: str) -> tuple[dict[str, str], list[str]]:
    """What pandas is to be told of a table, as the reference says."""
    types = columns[columns["table"] == table].set_index("column")["pandas"]
    days = types[types == "datetime"].index
    return dict(types.drop(days)), list(days)


def read_csv(out: Path, table: str) -> pandas.DataFrame:
    dtype, days = dtypes_of(pandas.read_csv(out / "columns.csv"), table)
    return pandas.read_csv(
        out / f"{table}.csv", dtype=dtype, parse_dates=days, keep_default_na=False, na_values=[""]
    )


def read_xlsx(out: Path, table: str) -> pandas.DataFrame:
    file = out / "kongchuo.xlsx"
    dtype, days = dtypes_of(pandas.read_excel(file, sheet_name="columns", engine="openpyxl"), table)
    return pandas.read_excel(file, sheet_name=table, engine="openpyxl", dtype=dtype, parse_dates=days)


def read_parquet(out: Path, table: str) -> pandas.DataFrame:
    return pandas.read_parquet(out / f"{table}.parquet")


FORMATS = pytest.mark.parametrize(
    ("option", "read"), [("--csv", read_csv), ("--xlsx", read_xlsx), ("--parquet", read_parquet)]
)
Read = Callable[[Path, str], pandas.DataFrame]


@FORMATS
def test_a_row_comes_back_with_days_numbers_and_numbers_of_persons_as_what_they_are(
    export: Callable[..., Path], option: str, read: Read
) -> None:
    records = read(export(option, "--reveal", "--why", "核对"), "records")
    row = records[records["form"] == "附件4"].iloc[0]

    assert row["id_number"] == CHILD.number
    assert row["guardian_phone"] == "013900000001"
    assert row["birth_date"] == pandas.Timestamp("2010-08-11")
    assert row["received_at"].tz_localize(None) == pandas.Timestamp("2023-09-20 10:00")
    assert (row["unit"], row["notice"], row["version"], row["state"]) == (SCHOOL, "2023-autumn", 1, "current")
    rolls = records[records["form"] == "附件2"].sort_values("version")
    assert rolls["state"].tolist() == ["replaced", "current"]
    assert rolls["boarding"].tolist() == [True, False]
    assert pandas.api.types.is_integer_dtype(records["seq"])
    assert pandas.api.types.is_datetime64_any_dtype(records["returned_on"])


@FORMATS
def test_a_day_that_is_none_is_kept_beside_its_empty_cell(
    export: Callable[..., Path], option: str, read: Read
) -> None:
    records = read(export(option), "records")
    corrected = records[records["version"] == 2].iloc[0]

    assert pandas.isna(corrected["birth_date"])
    assert json.loads(corrected["misfits"]) == {"birth_date": "2010-08"}


@FORMATS
def test_numbers_of_persons_are_masked_unless_they_are_asked_for(
    export: Callable[..., Path], option: str, read: Read
) -> None:
    out = export(option)

    said = "".join(read(out, table.name).to_string(max_colwidth=None) for table in TABLES)
    assert CHILD.number not in said
    assert CHILD.name in said


@FORMATS
def test_every_table_says_unit_form_file_version_and_state(
    export: Callable[..., Path], option: str, read: Read
) -> None:
    out = export(option)

    for table in TABLES:
        frame = read(out, table.name)
        assert {"unit", "form", "file_id", "version", "state"} <= {*frame.columns}
        assert list(frame.columns[: len(table.columns)]) == [column.name for column in table.columns]


@FORMATS
def test_rows_find_their_case_their_file_and_their_problems(
    export: Callable[..., Path], option: str, read: Read
) -> None:
    out = export(option)
    records, cases = read(out, "records"), read(out, "cases")

    (case,) = cases["case_id"]
    assert set(records[records["state"] == "current"]["case_id"]) == {case}
    assert set(records["file_id"]) == set(read(out, "files")["file_id"])
    problems = read(out, "problems")
    assert problems["state"].tolist() == ["replaced"]
    assert set(problems["record_id"]) <= set(records["record_id"])


def test_a_file_that_nobody_changed_is_written_anew_and_a_changed_one_stays(
    export: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    out = export("--csv")
    changed = out / "cases.csv"
    changed.write_text("mine", "utf-8")
    export("--csv")

    assert changed.read_text("utf-8") == "mine"
    assert (out / "cases (2).csv").exists()
    assert [path.name for path in out.glob("records*")] == ["records.csv"]
    assert "没有覆盖" in capsys.readouterr().out


def test_a_file_of_the_same_name_that_was_there_before_stays(tmp_path: Path) -> None:
    (tmp_path / "cases.csv").write_text("mine", "utf-8")
    (tmp_path / MADE).write_text("[not ours", "utf-8")

    assert WrittenFiles(tmp_path).write("cases.csv", b"ours").path.name == "cases (2).csv"
    assert (tmp_path / "cases.csv").read_text("utf-8") == "mine"


def test_the_dictionary_says_of_every_column_what_it_holds(export: Callable[..., Path]) -> None:
    columns = pandas.read_csv(export("--csv") / "columns.csv")

    assert columns["says"].notna().all()
    assert not columns.duplicated(["table", "column"]).any()


@FORMATS
def test_whose_a_file_is_by_a_person_s_word_is_told_with_who_and_why(
    config: Path, export: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, option: str, read: Read
) -> None:
    files = read(export(option), "files")
    file_id = files[files["form"] == "附件4"].iloc[0]["file_id"]
    assert read(config.parent / "out", "assignments").empty
    with open_store(config) as store:
        decided = WhoDecided(who="李主任", when=datetime(2023, 9, 25, 8, tzinfo=UTC))
        store.decisions.take_steps(
            [
                (AssignmentDraft(file_id=file_id, unit="西沱镇", form="附件3"), decided),
                (DecisionDraft(kind=ASSIGN, subject=file_id, why="电话核实", detail="西沱镇 附件3"), decided),
            ]
        )

    (row,) = read(export(option), "assignments").to_dict("records")

    assert (row["file_id"], row["unit"], row["form"]) == (file_id, "西沱镇", "附件3")
    assert (row["who"], row["why"], row["version"]) == ("李主任", "电话核实", 1)
    assert row["at"].tz_localize(None) == pandas.Timestamp("2023-09-25 16:00")
