"""Every mess, by kind; M-numbers in their lines are those of the mess catalogue (domain §3)."""

from collections.abc import Mapping

from tests.messes.cases import (
    cells,
    containers,
    file_kinds,
    forms_and_units,
    headings,
    mails,
    rows,
    zero_reports,
)
from tests.messes.mess import Mess

MESSES_BY_KIND: Mapping[str, tuple[Mess, ...]] = {
    "Kinds of files": file_kinds.MESSES,
    "Containers": containers.MESSES,
    "Mails without files, and our own": mails.MESSES,
    "Which form, whose": forms_and_units.MESSES,
    "Zero reports": zero_reports.MESSES,
    "Headings": headings.MESSES,
    "Rows": rows.MESSES,
    "Cells": cells.MESSES,
}
MESSES = tuple(mess for messes in MESSES_BY_KIND.values() for mess in messes)
