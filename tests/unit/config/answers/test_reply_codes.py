"""Reply codes: one for each person and mail, found where they stand, and in no other text."""

from config.answers.reply_codes import (
    codes_of_message_ids,
    find_codes,
    find_tapped,
    is_code_of,
    reply_code,
    write_code,
)

KEY = "k" * 32
CODE = reply_code(KEY, "A@example.org", "digest:n:2023-09-26")


def test_a_code_is_of_one_person_one_mail_and_one_key() -> None:
    assert is_code_of(CODE, KEY, "a@example.org", "digest:n:2023-09-26")
    assert not is_code_of(CODE, KEY, "b@example.org", "digest:n:2023-09-26")
    assert not is_code_of(CODE, KEY, "a@example.org", "digest:n:2023-09-27")
    assert not is_code_of(CODE, "l" * 32, "a@example.org", "digest:n:2023-09-26")
    assert not is_code_of("", KEY, "a@example.org", "digest:n:2023-09-26")
    assert len(CODE) == 16


def test_codes_are_found_in_subjects_and_message_ids() -> None:
    subject = f"Re: 简报 [{write_code(CODE)}]"
    assert find_codes(subject) == find_codes(subject.upper()) == (CODE,)
    assert find_codes(f"x{write_code(CODE)}") == find_codes(f"{write_code(CODE)}a") == ()
    ids = (f"<kongchuo.{'0' * 32}.{CODE}@example.org>", f"<kongchuo.{'0' * 32}@example.org>", "<a@b>")
    assert codes_of_message_ids(ids) == (CODE,)


def test_a_tapped_subject_is_the_answer_and_the_code_alone() -> None:
    assert find_tapped(f"12b {write_code(CODE)}") == "12b"
    assert find_tapped(f" 12B  {write_code(CODE).upper()} ") == "12b"
    for other in (
        f"Re: 12b {write_code(CODE)}",
        f"12b {write_code(CODE)} 13a",
        "12b",
        f"12 {write_code(CODE)}",
    ):
        assert find_tapped(other) is None
