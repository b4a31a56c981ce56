"""A file's id is what the file is, not where in its mail it stands."""

from dataclasses import dataclass

from config.mail.file_ids import file_ids, words_id


@dataclass(frozen=True)
class Leaf:
    path: tuple[str, ...]
    sha256: str


FORM3, FORM4 = Leaf(("附件3.xlsx",), "a" * 64), Leaf(("附件4.xlsx",), "b" * 64)
WORDS = Leaf((), "c" * 64)


def test_a_file_keeps_its_id_when_others_come_before_it():
    assert file_ids("m", [FORM4, FORM3])[1] == file_ids("m", [FORM3])[0]


def test_files_of_other_bytes_other_names_and_other_mails_have_other_ids():
    renamed, changed = Leaf(("附件三.xlsx",), FORM3.sha256), Leaf(FORM3.path, "d" * 64)

    ids = [*file_ids("m", [FORM3, renamed, changed]), *file_ids("n", [FORM3])]

    assert len(set(ids)) == 4


def test_two_equal_copies_have_two_ids():
    assert len(set(file_ids("m", [FORM3, FORM3]))) == 2


def test_a_mail_s_words_have_one_id_whatever_they_are_read_as():
    assert file_ids("m", [FORM3, WORDS])[1] == words_id("m") == file_ids("m", [Leaf((), "e" * 64)])[0]
