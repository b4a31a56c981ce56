"""A notice that asks for zero reports is none, wherever its words stand; a report that says please is one all the same."""

from collections.abc import Callable

import pytest

from tests.builders.files.clerk_files import MIDDLE, MailOutcome, mail, process_mail, register4, word, xlsx
from tests.builders.values.form_tables import REGISTER_HEADING, TITLES

TOLD = [
    "附件4务必零报告",
    "附件4一律零报告",
    "附件4须零报告",
    "没有学生的,附件4也报零报告",
    "附件4零报告制度",
    "关于附件4零报告的通知",
    "附件4零报告样表",
]
REPORTED = ["附件4零报告", "附件4零报告,请查收", "现报附件4零报告,请领导审阅"]
TITLE = TITLES["附件4"].replace(MIDDLE, "××学校")
"""As the notice's own template has it: the title of a unit's form says whose it is, and an empty one is a zero report."""
BLANK = xlsx(register4(unit="", title=TITLE))

PLACES: dict[str, Callable[[str], MailOutcome]] = {
    "subject": lambda text: process_mail(mail(subject=f"西沱中学{text}", body="您好")),
    "body": lambda text: process_mail(mail(subject="西沱中学", body=text)),
    "file name": lambda text: process_mail(mail({f"{text}.xlsx": BLANK}, subject="西沱中学材料")),
    "sheet name": lambda text: process_mail(
        mail(
            {"表.xlsx": xlsx([["附件4"], [text], REGISTER_HEADING], names=(text[:20],))},
            subject="西沱中学材料",
        )
    ),
    "title": lambda text: process_mail(mail({"表.xlsx": xlsx([[TITLE], [text]])}, subject="西沱中学材料")),
    "title of a text": lambda text: process_mail(
        mail({"表.docx": word((TITLE, text))}, subject="西沱中学材料")
    ),
    "cell": lambda text: process_mail(
        mail({"表.xlsx": xlsx(register4((text, *[None] * 8), unit="", title=TITLE))}, subject="西沱中学材料")
    ),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("text", TOLD)
def test_what_somebody_is_told_is_no_report(place: str, text: str):
    assert PLACES[place](text).nil == set()


@pytest.mark.parametrize("place", ["subject", "body", "file name", "cell"])
@pytest.mark.parametrize("text", REPORTED)
def test_what_somebody_reports_is_one_though_it_asks_for_something(place: str, text: str):
    assert PLACES[place](text).nil == {(MIDDLE, "附件4")}
