"""Every mess, by kind; M-numbers in their lines are those of the mess catalogue (domain §3)."""

from collections.abc import Mapping

from tests.messes.cases import (
    cells,
    containers,
    documents,
    file_kinds,
    forms_and_units,
    headings,
    mails,
    outside_cells,
    rows,
    table_shapes,
    versions,
    zero_reports,
)
from tests.messes.mess import Mess

MESSES_BY_KIND: Mapping[str, tuple[Mess, ...]] = {
    "Kinds of files": file_kinds.MESSES,
    "Word, PDF and letters": documents.MESSES,
    "Containers and frames": containers.MESSES,
    "Mails without files, and our own": mails.MESSES,
    "What a mail says of its material": versions.MESSES,
    "Which form, whose": forms_and_units.MESSES,
    "Zero reports": zero_reports.MESSES,
    "Shapes of tables": table_shapes.MESSES,
    "Headings": headings.MESSES,
    "Rows": rows.MESSES,
    "Cells": cells.MESSES,
    "Outside the cells": outside_cells.MESSES,
}
MESSES = tuple(mess for messes in MESSES_BY_KIND.values() for mess in messes)
