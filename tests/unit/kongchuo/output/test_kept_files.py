from pathlib import Path

from kongchuo.output.kept_files import WrittenFile, write_beside


def test_a_file_as_we_wrote_it_is_written_anew(tmp_path: Path) -> None:
    write_beside(tmp_path, "a.xlsx", b"1")

    assert write_beside(tmp_path, "a.xlsx", b"2") == WrittenFile(tmp_path / "a.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == b"2"


def test_a_file_that_somebody_edited_stays_and_ours_lies_beside_it(tmp_path: Path) -> None:
    write_beside(tmp_path, "a.xlsx", b"1")
    (tmp_path / "a.xlsx").write_bytes(b"edited")

    for data in (b"2", b"3"):
        written = write_beside(tmp_path, "a.xlsx", data)
        assert written == WrittenFile(tmp_path / "a (2).xlsx", tmp_path / "a.xlsx")
        assert written.path.read_bytes() == data
    assert (tmp_path / "a.xlsx").read_bytes() == b"edited"


def test_a_file_of_unknown_origin_stays(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"somebody's")
    (tmp_path / ".kongchuo-written.json").write_text("no JSON")

    assert write_beside(tmp_path, "a.xlsx", b"1").path == tmp_path / "a (2).xlsx"


def test_the_same_bytes_need_no_second_file(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"1")

    assert write_beside(tmp_path, "a.xlsx", b"1") == WrittenFile(tmp_path / "a.xlsx")
