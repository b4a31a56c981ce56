"""What a mess is: a mail as clerks send it, and what must come of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.builders.files.clerk_files import MIDDLE, SCHOOL, TOWN, Row, mail, xlsx

UnitForm = tuple[str, str]
ONE_ON_FORM4: Mapping[UnitForm, tuple[str, ...]] = {(MIDDLE, "附件4"): ("甲一",)}
ONE_ON_FORM3: Mapping[UnitForm, tuple[str, ...]] = {(TOWN, "附件3"): ("甲一",)}
ONE_ON_FORM2: Mapping[UnitForm, tuple[str, ...]] = {(SCHOOL, "附件2"): ("甲一",)}
ONE_ON_FORM1: Mapping[UnitForm, tuple[str, ...]] = {(TOWN, "附件1"): ("甲一",)}


@dataclass(frozen=True, kw_only=True)
class Mess:
    """A mail, and what must come of it; ``what`` is the line that docs/reading.md shows."""

    name: str
    what: str
    raw: Callable[[], bytes]
    submissions: Mapping[UnitForm, tuple[str, ...]] = field(default_factory=dict)
    nil: tuple[UnitForm, ...] = ()
    outcomes: tuple[str, ...] = ("forms",)
    reason: str | None = None
    codes: tuple[str, ...] = ()


def mess(
    name: str,
    what: str,
    files: Callable[[], Mapping[str, bytes]] | None = None,
    *,
    raw: Callable[[], bytes] | None = None,
    subject: str = "报送材料",
    body: str = "请查收。",
    **expected: Any,
) -> Mess:
    """A mess whose ``files`` go into an ordinary mail, or whose ``raw`` is a whole one."""
    return Mess(
        name=name,
        what=what,
        raw=raw or (lambda: mail(files() if files else None, subject=subject, body=body)),
        **expected,
    )


def one_workbook(rows: Sequence[Row], name: str = "报表.xlsx") -> Callable[[], Mapping[str, bytes]]:
    """A mail's only file: this sheet as a workbook."""
    return lambda: {name: xlsx(rows)}
