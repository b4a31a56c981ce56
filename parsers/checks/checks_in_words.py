"""Explains in Chinese which checks run on each form of a notice, and which listed checks cannot run."""

from config.notice import Notice
from config.notice.notice_faults import NoticeFault, find_line
from config.notice.notice_in_words import NoticeSection
from parsers.checks.check_spec import CheckSpec
from parsers.checks.row_checks import ROW_CHECKS
from parsers.checks.unit_checks import UNIT_CHECKS

CHECKS: tuple[CheckSpec, ...] = (*ROW_CHECKS, *UNIT_CHECKS)


def explain_checks(notice: Notice) -> NoticeSection:
    """Returns the checks of each form's rows in words; forms with the same checks share a line."""
    forms: dict[str, list[str]] = {}
    for form in notice.forms:
        asked = ";".join(spec.asks for spec in CHECKS if spec.is_made_on(form))
        forms.setdefault(asked, []).append(form.key)
    lines = (f"{'、'.join(keys)}:{asked or '不查'}" for asked, keys in forms.items())
    return NoticeSection(title="每张附件逐行查什么", lines=tuple(lines))


def doubts_about_checks(notice: Notice, text: str = "") -> tuple[str, ...]:
    """Returns the checks that a form lists and that lack their columns or setting there.

    Args:
        text: the notice's own file; where it is given, each doubt names its line.
    """
    return tuple(
        NoticeFault(
            line=find_line(text, form.key, "checks"),
            message=f"{form.key}的 checks 里有 {spec.name}({spec.asks}),却没有 {missing},查不了:请补上,或从 checks 里删去",
        ).sentence
        for form in notice.forms
        for spec in CHECKS
        if spec.name in (form.checks or ()) and (missing := spec.missing_in(form)) is not None
    )
