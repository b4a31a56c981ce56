"""Returns which document a row belongs to, for a form of several documents (附件6: 送达书 and 登记表)."""

from config.notice import FormPart, FormSpec
from store.stored_values import StoredRecord


def parts_of_row(form: FormSpec, row: StoredRecord) -> frozenset[str]:
    """Returns the names of the documents whose fields a row fills; if none, the first document, which is running text."""
    parts = frozenset(part.name for part in form.parts if _fills(row, part))
    return parts or frozenset(part.name for part in form.parts[:1])


def _fills(row: StoredRecord, part: FormPart) -> bool:
    return any(row.values.get(field) not in (None, "", []) for field in part.fields)
