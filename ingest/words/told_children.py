"""Compares a mail's text about children with its tables, so that no zero report is recorded beside a reported child.

The text is the subject, the bodies, documents without a table, and the names of files. A child with a row in
one of the mail's tables is reported there. Any other child becomes a question, and a zero report beside it is
not recorded.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from config.notice import Notice
from config.text.masking import mask_quoted
from config.text.text_folding import fold_text
from ingest.context import IngestContext
from ingest.mail_words import PlacedWords, words_by_place
from parsers.fields.person_names import mask_names_in_sentence
from parsers.forms.left_over.child_sentences import ChildSentence, find_child_sentences
from parsers.mail.mail_contents import Attachment, Mail, split_path
from parsers.records import ParsedFile
from store.drafts import FileDraft
from store.stored_values import StoredAssignment

CHILD_NOT_LISTED = "child-not-listed"
_QUOTATION_MARKS = str.maketrans("“”", "‘’")
_MAX_QUOTED = 60
_SUFFIX = re.compile(r"\.[0-9A-Za-z]{1,5}$")
_NAME_MARKS = re.compile(r"[_\-+—~.\s]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldChildren:
    """A sentence about children that are in no table of the mail, and where it was found."""

    sentence: ChildSentence
    where: str
    containers: tuple[str, ...]
    """The mails, archives and folders around it, outermost first."""
    in_mail: bool = False
    """Whether it is in the text of the mail itself, or of one inside it."""
    of_proof: bool = False
    """Whether it is in a proof or its name; then it contradicts only forms whose children need proofs."""

    @property
    def quoted(self) -> str:
        """The sentence with names and numbers masked, for a question."""
        text = self.sentence.text
        for mention in self.sentence.names:
            text = text.replace(mention.child, mention.child[:1] + "*" * (len(mention.child) - 1))
        quoted = mask_names_in_sentence(mask_quoted(text)).strip().translate(_QUOTATION_MARKS)
        return quoted if len(quoted) <= _MAX_QUOTED else f"{quoted[:_MAX_QUOTED]}…"


def find_told_children(
    mail: Mail, attachments: Sequence[Attachment], readings: Sequence[ParsedFile], context: IngestContext
) -> tuple[ToldChildren, ...]:
    """Returns the sentences about children without a row in the mail's tables, in the order of the mail."""
    told = (
        *_told_in_words(words_by_place(mail, context.notice), context.notice),
        *_told_in_files(attachments, readings, context.notice),
    )
    if not told:
        return ()
    recorded = frozenset(
        str(value)
        for reading in readings
        for form in reading.forms
        for key in ("name", "id_number")
        for value in form.rows.column(key)
        if value
    )
    return tuple(
        one
        for one in told
        if not one.sentence.is_told_by(recorded) and not _names_only_units(one.sentence, context)
    )


def _names_only_units(sentence: ChildSentence, context: IngestContext) -> bool:
    """Returns whether all that looks like a child's name begins a unit's name (马鞍学校流失学生情况), and no child is mentioned besides."""
    if not sentence.names or sentence.numbers:
        return False
    rest = fold_text(sentence.text)
    for mention in sentence.names:
        spellings = [
            spelling
            for unit in context.names.find(mention.words)
            for spelling in map(fold_text, (unit.name, *unit.aliases))
            if spelling.startswith(mention.child) and spelling != mention.child and spelling in rest
        ]
        if not spellings:
            return False
        rest = rest.replace(max(spellings, key=len), "")
    return not find_child_sentences(rest, context.notice)


def _told_in_words(places: Iterable[PlacedWords], notice: Notice) -> Iterator[ToldChildren]:
    for place in places:
        for sentence in find_child_sentences(place.telling, notice):
            yield ToldChildren(sentence=sentence, where="邮件", containers=place.containers, in_mail=True)


def _told_in_files(
    attachments: Sequence[Attachment], readings: Sequence[ParsedFile], notice: Notice
) -> Iterator[ToldChildren]:
    for attachment, reading in zip(attachments, readings, strict=True):
        if reading.outcome == "ignored":
            continue
        of_proof = reading.outcome == "evidence"
        name = attachment.clean_path[-1]
        stem = _NAME_MARKS.sub(",", _SUFFIX.sub("", name.replace("/", ",").replace("\\", ",")))
        for sentence in find_child_sentences(stem, notice):
            yield ToldChildren(
                sentence=sentence, where="文件名", containers=attachment.containers, of_proof=of_proof
            )
        for text in reading.telling:
            for sentence in find_child_sentences(text, notice):
                yield ToldChildren(
                    sentence=sentence,
                    where=f"附件“{name.translate(_QUOTATION_MARKS)}”",
                    containers=attachment.containers,
                    of_proof=of_proof,
                )


def hold_contradicted_nils(
    assignments: Sequence[StoredAssignment | None],
    attachments: Sequence[Attachment],
    files: Sequence[FileDraft],
    told: Sequence[ToldChildren],
    context: IngestContext,
) -> list[FileDraft]:
    """Returns the files without zero reports that the text contradicts, except for files that a person has assigned."""
    if not told or not any(submission.nil for file in files for submission in file.submissions):
        return list(files)
    containers = [attachment.containers for attachment in attachments]
    against_by_file: dict[int, list[ToldChildren]] = {}
    for one in told:
        for number in _find_files_meant(one, containers, files, context):
            against_by_file.setdefault(number, []).append(one)
    return [
        file if assignments[number] is not None else _hold(file, against_by_file.get(number, ()), context)
        for number, file in enumerate(files)
    ]


def is_settled(assignments: Sequence[StoredAssignment | None], files: Sequence[FileDraft]) -> bool:
    """Returns whether a zero report already raises the question, or counts by a person's assignment."""
    return any(
        file.reason_code == CHILD_NOT_LISTED
        or (assignment is not None and any(submission.nil for submission in file.submissions))
        for assignment, file in zip(assignments, files, strict=True)
    )


def why_ask_about_told(told: Sequence[ToldChildren], files: Sequence[FileDraft]) -> str | None:
    """Returns the question about a child in the mail's text that is in none of its tables, or None.

    None also if the text is itself a file that raises the question, as in a packed mail without files.
    """
    leaves = {split_path(file.path) for file in files}
    absent = [one for one in told if one.sentence.is_absence and one.in_mail and one.containers not in leaves]
    if not absent:
        return None
    return f"邮件里说“{absent[0].quoted}”,附件里没有登记这名学生:请核实有没有漏报,漏报的请对方补报"


def _find_files_meant(
    one: ToldChildren,
    places: Sequence[tuple[str, ...]],
    files: Sequence[FileDraft],
    context: IngestContext,
) -> list[int]:
    """Returns the indexes of the files that a sentence is about: the nearest ones with forms, and of these those of a unit it names."""
    for depth in range(len(one.containers), -1, -1):
        near = [
            number
            for number, (place, file) in enumerate(zip(places, files, strict=True))
            if file.submissions and place[:depth] == one.containers[:depth]
        ]
        if near:
            break
    names = _find_units_meant(one.sentence.text, context)
    of_named = [n for n in near if any(submission.unit in names for submission in files[n].submissions)]
    return of_named or near


def _find_units_meant(sentence: str, context: IngestContext) -> frozenset[str]:
    """Returns the units that a sentence names, with the township of a school and the schools of a township."""
    named = [context.roster.reporting_unit(unit) for unit in context.names.find(sentence)]
    names = {unit.name for unit in named}
    townships = {unit.township for unit in named if unit.township}
    schools = {unit.name for unit in context.roster.units if unit.township in names}
    return frozenset(names | townships | schools)


def _hold(file: FileDraft, told: Sequence[ToldChildren], context: IngestContext) -> FileDraft:
    """Returns a file without the zero reports that one of these sentences contradicts; its other submissions remain."""
    against = {
        submission: one
        for one in reversed(told)
        for submission in file.submissions
        if submission.nil and (not one.of_proof or context.notice.form(submission.form).proof_statuses)
    }
    if not against:
        return file
    first = next(submission for submission in file.submissions if submission in against)
    told_first = against[first]
    return replace(
        file,
        outcome="quarantined",
        reason_code=CHILD_NOT_LISTED,
        reason=f"表里报的是没有学生,{told_first.where}里却说“{told_first.quoted}”:没有登记为零报告,请核实;"
        "确实没有的请归入,有的请对方补报",
        unit_hint=first.unit,
        form_hint=first.form,
        submissions=tuple(submission for submission in file.submissions if submission not in against),
    )
