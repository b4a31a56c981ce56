"""Says which document of a form a row is of, where the form consists of several (附件6: 送达书 and 登记表)."""

from config.notice import FormPart, FormSpec
from store.stored_values import StoredRecord


def parts_of_row(form: FormSpec, row: StoredRecord) -> frozenset[str]:
    """Returns the documents that a row is of; one that fills no field of any is the first, which is running text."""
    parts = frozenset(part.name for part in form.parts if _fills(row, part))
    return parts or frozenset(part.name for part in form.parts[:1])


def _fills(row: StoredRecord, part: FormPart) -> bool:
    return any(row.values.get(field) not in (None, "", []) for field in part.fields)
