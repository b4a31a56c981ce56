"""Decides by a file's name whether it is a proof, a form, or a form's letter."""

import re

from config.notice import Notice
from config.text.document_words import FORM_NAMES, TABLE_NAMES, without_names_by_programs


def is_named_as_form(file_name: str, notice: Notice) -> bool:
    """Returns whether a name has a word for a table that units fill in, or a form's label (附件4)."""
    return any(word in file_name for word in FORM_NAMES) or notice.labels.stand_in(file_name)


def is_named_as_proof(file_name: str, notice: Notice) -> bool:
    """Returns whether a name has a word of the notice for a proof, and none for a form."""
    said = without_names_by_programs(file_name)
    return any(word in said for word in notice.proof_words) and not is_named_as_form(file_name, notice)


def is_named_as_letter(file_name: str, notice: Notice) -> bool:
    """Returns whether a name says that a picture is of a form's letter (送达书), which is signed on paper and holds no list."""
    letters = [form.parts[0] for form in notice.forms if form.parts]
    return not any(word in file_name for word in TABLE_NAMES) and any(
        word in file_name for letter in letters for word in letter.words
    )


def is_certificate(file_name: str, notice: Notice) -> bool:
    """Returns whether a document that mentions a child is a proof by its name, and not just a letter (说明)."""
    words = [word for word in notice.proof_words if word in file_name]
    return is_named_as_proof(file_name, notice) and any(word not in notice.letter_words for word in words)


def names_somebody(file_name: str, notice: Notice) -> bool:
    """Returns whether a file's name has more than proof words, numbers and a suffix."""
    stem = file_name.rpartition("/")[2].rpartition(".")[0]
    for word in sorted(notice.proof_words, key=len, reverse=True):
        stem = stem.replace(word, "")
    return re.search("[\u4e00-\u9fff]{2,}", stem) is not None
