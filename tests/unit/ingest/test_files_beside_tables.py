"""Whose a file is that lies beside a unit's tables, and what proves nothing."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from tests.builders.clerk_files import (
    MIDDLE,
    SCHOOL,
    TOWN,
    dropout_row,
    files_of,
    mail,
    process_mail,
    pupil_row,
    register3,
    register4,
    roll2,
    xlsx,
    zipped,
)

PHOTO = b"\xff\xd8\xff\xe0" + bytes(20_000)
OF_MIDDLE = {"附件4.xlsx": xlsx(register4(dropout_row())), "休学证明.jpg": PHOTO}
OF_SCHOOL = {"附件2.xlsx": xlsx(roll2(pupil_row("乙二"))), "休学证明.jpg": PHOTO + b"2"}


def units_of_photos(raw: bytes) -> list[str | None]:
    return [
        file.proof_for[0] if file.proof_for else file.unit_hint
        for file in files_of(process_mail(raw))
        if file.path and file.path[-1].endswith(".jpg")
    ]


def forwarded(*inner: bytes, sender: str) -> bytes:
    made = EmailMessage()
    made["From"], made["Subject"] = sender, f"{TOWN}转报材料"
    made.set_content("转上。")
    for each in inner:
        made.add_attachment(message_from_bytes(each, policy=default))
    return made.as_bytes()


def test_photographs_in_an_inner_mail_are_the_unit_s_whose_forms_lie_there():
    raw = forwarded(
        mail(OF_MIDDLE, subject="一", sender="a@example.net"),
        mail(OF_SCHOOL, subject="二", sender="b@example.net"),
        sender="xituo@example.org",
    )

    assert units_of_photos(raw) == [MIDDLE, SCHOOL]


def test_photographs_in_a_folder_are_the_unit_s_whose_forms_lie_there():
    members = {f"一/{name}": data for name, data in OF_MIDDLE.items()} | {
        f"二/{name}": data for name, data in OF_SCHOOL.items()
    }

    assert units_of_photos(mail({"材料.zip": zipped(members)}, subject=f"{TOWN}转报")) == [MIDDLE, SCHOOL]


def test_a_photograph_named_for_another_unit_is_that_unit_s():
    files = {**OF_MIDDLE, f"{SCHOOL}休学证明.jpg": PHOTO + b"3"}

    assert units_of_photos(mail(files)) == [MIDDLE, SCHOOL]


@pytest.mark.parametrize("name", ["说明.txt", "证明.txt", "情况说明.txt"])
def test_a_text_file_proves_nothing(name):
    came = process_mail(mail({"附件4.xlsx": OF_MIDDLE["附件4.xlsx"], name: "内含附件4一份".encode("gbk")}))

    assert [(outcome, code) for _, outcome, code in came.files] == [
        ("forms", None),
        ("quarantined", "no-table"),
    ]


@pytest.mark.parametrize(
    ("name", "outcome"), [("情况说明.jpg", "quarantined"), ("休学证明说明.jpg", "evidence")]
)
def test_an_explanation_proves_nothing(name, outcome):
    came = process_mail(mail({"附件4.xlsx": OF_MIDDLE["附件4.xlsx"], name: PHOTO}))

    assert came.files[1][1] == outcome


def test_a_file_named_for_one_unit_that_holds_another_s_table_is_a_conflict():
    rows = roll2(pupil_row("乙二"))

    came = process_mail(mail({f"{MIDDLE}附件2.xlsx": xlsx(rows)}))

    assert (came.submissions, came.files[0][1:]) == ({}, ("quarantined", "unit-conflict"))


def test_a_township_s_folder_around_a_school_s_table_is_none():
    came = process_mail(mail({"材料.zip": zipped({f"{TOWN}/附件4.xlsx": xlsx(register4(dropout_row()))})}))

    assert list(came.submissions) == [(MIDDLE, "附件4")]


def test_a_township_s_own_table_named_for_it_is_none():
    came = process_mail(mail({f"{TOWN}附件3.xlsx": xlsx(register3(dropout_row()))}))

    assert list(came.submissions) == [(TOWN, "附件3")]
