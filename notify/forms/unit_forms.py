"""Makes the files of one unit's forms: workbooks, and Word documents for records of visits."""

from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType

from config.notice import FormSpec
from config.notice.named_period import period_of_day
from config.units.roster import Unit
from ledger.snapshot import Snapshot
from notify.forms.form_document import build_form_document
from notify.forms.form_plan import list_forms, plan_form
from notify.forms.form_workbook import build_form_workbook
from notify.forms.rows_to_fill import find_rows_to_fill
from notify.mail.compose import AttachedFile


def build_unit_forms(
    snapshot: Snapshot,
    unit: Unit,
    *,
    office: str,
    only: Collection[str] | None = None,
    periods: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[AttachedFile]:
    """Yields the forms that a unit sends, in the notice's order, prefilled with its own last rows.

    Args:
        only: the keys of the wanted forms; None for all.
        periods: maps a form to the key of its period; by default the period that is next due.
    """
    for form in list_forms(snapshot.notice, unit, snapshot.roster):
        if only is not None and form.key not in only:
            continue
        rows = find_rows_to_fill(snapshot, form, unit.name)
        period = periods.get(form.key) or _period_of_turn(snapshot, form)
        plan = plan_form(snapshot.notice, form, unit, snapshot.roster, rows, period)
        name = f"{unit.name}{form.key}"
        if form.role == "visits":
            yield AttachedFile(
                f"{name}.docx", build_form_document(plan, office=office, as_of=snapshot.as_of), "docx"
            )
        else:
            yield AttachedFile(
                f"{name}.xlsx", build_form_workbook(plan, office=office, as_of=snapshot.as_of), "xlsx"
            )


def _period_of_turn(snapshot: Snapshot, form: FormSpec) -> str | None:
    """Returns the key of the period that is next due; None for a form that is owed once."""
    periods = snapshot.notice.periods_to_name(form.key, snapshot.today)
    return period_of_day(snapshot.today, periods).key if periods else None
