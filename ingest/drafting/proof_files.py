"""Decides whether a file without forms is a proof document, and of which unit and form."""

from collections.abc import Sequence

from config.notice import Notice
from config.text.document_words import without_names_by_programs
from config.units.roster import Unit
from ingest.context import IngestContext
from parsers.forms.stated_unit import find_stated_unit
from parsers.mail.mail_contents import Attachment, Mail
from parsers.records import FileKind, ParsedFile, ParsedForm

_EXPLANATION = "说明"
_MAX_PROOF_TEXT = 2_000


def is_proof(
    reading: ParsedFile, attachment: Attachment, mail: Mail, forms: Sequence[str], notice: Notice
) -> bool:
    """Returns whether a file is a proof document; a lone picture must say so in its name, as it may be a photograph of the form."""
    if reading.kind is not FileKind.IMAGE or forms:
        return True
    names = without_names_by_programs(_names_and_subject(attachment, mail))
    return any(word in names for word in notice.proof_words)


def is_explanation(reading: ParsedFile, attachment: Attachment, notice: Notice) -> bool:
    """Returns whether a file is only an explanation in words, which is no proof."""
    if reading.kind is FileKind.TEXT:
        return True
    name = attachment.path[-1]
    return _EXPLANATION in name and not any(
        word in name for word in notice.proof_words if _EXPLANATION not in word
    )


def find_supported_form(
    reading: ParsedFile, attachment: Attachment, unit: Unit, forms: Sequence[str], notice: Notice
) -> str | None:
    """Returns the form that a certificate supports: one named in it, one in its mail, or a form of its unit that needs proofs."""
    if reading.form_hint and unit.kind in notice.form(reading.form_hint).senders:
        return reading.form_hint
    name = attachment.clean_path[-1]
    matching_forms = [
        form.key
        for form in notice.forms
        if unit.kind in form.senders and any(word in name for word in form.proof_words)
    ]
    if len(matching_forms) == 1:
        return matching_forms[0]
    forms_with_proofs = [form.key for form in notice.forms if form.proof_statuses or form.proof_every]
    if forms_in_mail := [form for form in forms if form in forms_with_proofs]:
        return forms_in_mail[0]
    forms_of_unit = [
        form.key for form in notice.forms if form.key in forms_with_proofs and unit.kind in form.senders
    ]
    return forms_of_unit[0] if forms_of_unit else None


def owes_proof(table: ParsedForm, notice: Notice) -> bool:
    """Returns whether a table has a row that needs a proof document."""
    form = notice.form(table.form)
    if form.proof_every:
        return bool(table.rows)
    return any(status in form.proof_statuses for status in table.rows.column("status"))


def proof_text(attachment: Attachment, mail: Mail, reading: ParsedFile) -> str:
    """Returns the text in which names are looked up: path, subject, and the text recognised in the picture."""
    return f"{_names_and_subject(attachment, mail)} {reading.text[:_MAX_PROOF_TEXT]}".strip()


def _names_and_subject(attachment: Attachment, mail: Mail) -> str:
    return " ".join((*attachment.clean_path, mail.head.clean_subject))


def find_unit_in_picture(reading: ParsedFile, context: IngestContext) -> Unit | None:
    """Returns the unit written after 填报单位 in a picture, or else the only unit named in it."""
    stated = find_stated_unit(reading.text.splitlines(), context.notice)
    if stated is not None and (unit := context.names.resolve(stated)) is not None:
        return unit
    units = context.names.find(reading.text) if reading.text else ()
    return units[0] if len(units) == 1 else None
