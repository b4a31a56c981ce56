"""Finds the period of each submission, for forms that recur."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from config.notice import FormSpec, Notice
from config.notice.named_period import PeriodReading, read_period
from config.records.record import Problem
from parsers.mail.mail_contents import Attachment, Mail
from parsers.problem_sentences import make_problem
from parsers.records import ParsedForm
from store.drafts import FileDraft, SubmissionDraft


def names_around(attachment: Attachment, mail: Mail) -> tuple[str, ...]:
    """Returns the names for a file, the nearest first: its own, those of its containers, and the subject."""
    return (*reversed(attachment.clean_path), mail.head.clean_subject)


def period_of_table(
    form: FormSpec, table: ParsedForm, around: Iterable[str], received_on: date, notice: Notice
) -> PeriodReading | None:
    """Returns the period of a table, or None if its form does not recur."""
    periods = notice.periods_to_name(form.key, received_on)
    return read_period((table.title, table.sheet), around, received_on, periods, table.made_period)


def period_problem(reading: PeriodReading | None, sheet: str) -> tuple[Problem, ...]:
    """Returns the problem ``period-unclear`` of a table, if its period is uncertain."""
    if reading is None or reading.doubt is None:
        return ()
    return (make_problem("period-unclear", sheet=sheet, value=reading.doubt, period=reading.period.words),)


def add_periods(
    files: Sequence[FileDraft],
    attachments: Sequence[Attachment],
    mail: Mail,
    received_on: date,
    notice: Notice,
) -> list[FileDraft]:
    """Returns the files with a period for each submission without one: by the names around it, else by the day."""
    names = [names_around(attachment, mail) for attachment in attachments]
    words = (mail.head.clean_subject, mail.body)
    return [
        replace(
            file,
            submissions=tuple(
                _with_period(submission, around, received_on, notice) for submission in file.submissions
            ),
        )
        for file, around in zip(files, [*names, *[words] * (len(files) - len(names))], strict=True)
    ]


def _with_period(
    submission: SubmissionDraft, around: Iterable[str], received_on: date, notice: Notice
) -> SubmissionDraft:
    if submission.period is not None:
        return submission
    reading = read_period((), around, received_on, notice.periods_to_name(submission.form, received_on))
    return submission if reading is None else replace(submission, period=reading.period.key)
