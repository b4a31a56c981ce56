"""Makes the registers (台账) of an instant as workbooks, for a folder or for a mail."""

from datetime import datetime

from config.text.output_mask import OutputMask
from kongchuo.office import Office
from ledger.assessment import Judgements, assess
from ledger.lists.rolls import build_care_lists, map_rows_to_cases
from notify.reports.register_workbooks import RegisterSources, build_register_workbooks


def compose_registers(office: Office, as_of: datetime, mask: OutputMask) -> dict[str, bytes]:
    """Returns the workbooks by file name; ``mask`` says how they may show a child."""
    snapshot = office.snapshot_at(as_of)
    judgements = Judgements(snapshot)
    sources = RegisterSources(
        assessment=assess(snapshot),
        rolls=snapshot.rolls.rows,
        care_lists=build_care_lists(snapshot),
        case_by_roll_record=map_rows_to_cases(judgements.students, judgements.enrolment),
        notice=office.notice,
        roster=office.roster,
        office=office.settings.office.name,
        mask=mask,
    )
    return build_register_workbooks(sources)
