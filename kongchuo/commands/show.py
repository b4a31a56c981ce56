"""status, gaps, cases, records, problems, files: what stands recorded, for people and for programs."""

from typing import Annotated

import typer

from config.errors import ConfigError
from kongchuo.clock import instant
from kongchuo.commands.lookup import case_named, form_named, masking, unit_named
from kongchuo.commands.options import AsJson, AsOf, Config, NoticeId, Reveal, UnitName
from kongchuo.office import office
from kongchuo.output import terminal_tables
from kongchuo.output.answers_json import (
    cases_json,
    document,
    files_json,
    findings_json,
    gaps_json,
    problems_json,
    rates_json,
    records_json,
    status_json,
)
from ledger.cases.cases import build_cases as all_cases
from ledger.cases.suspected_dropouts import find_suspected_dropouts
from ledger.crosscheck.findings import find_contradictions as all_findings
from ledger.results import CaseState
from ledger.submissions.current_problems import find_current_problems as standing_problems
from ledger.submissions.gaps import find_gaps as all_gaps
from ledger.submissions.rates import rate_tables
from ledger.submissions.status import assess_status as whole_status
from store.stored_values import Disposition


def status(
    config: Config = None, as_json: AsJson = False, as_of: AsOf = None, notice: NoticeId = None
) -> None:
    """单位×附件:应报、已报、迟报、未报。"""
    with office(config, notice) as place:
        book = place.book(instant(as_of, place.zone))
        answer = whole_status(book)
        if as_json:
            print(
                document(status_json(answer, place.zone) | {"rates": rates_json(rate_tables(book, answer))})
            )
        else:
            terminal_tables.show_status(answer, place.zone)


def gaps(
    config: Config = None,
    as_json: AsJson = False,
    as_of: AsOf = None,
    notice: NoticeId = None,
    unit: UnitName = None,
) -> None:
    """只看缺口:未报、迟报、不完整、缺证明,以及拟扣分。"""
    with office(config, notice) as place:
        known = unit_named(place, unit) if unit else None
        found = [gap for gap in all_gaps(place.book(instant(as_of, place.zone))) if known in (None, gap.unit)]
        if as_json:
            print(document(gaps_json(found, place.zone)))
        else:
            terminal_tables.show_gaps(found, place.zone)


def cases(
    config: Config = None,
    as_json: AsJson = False,
    as_of: AsOf = None,
    notice: NoticeId = None,
    reveal: Reveal = False,
    everything: Annotated[bool, typer.Option("--all", help="连同已结案的")] = False,
    suspects: Annotated[bool, typer.Option("--suspected", help="疑似:上次在册,这次谁都没报的")] = False,
    one: Annotated[str | None, typer.Option("--case", help="只看这一件,连同经过", metavar="编号")] = None,
) -> None:
    """未返校的个案;--all 连同已结案的;--suspected 只看疑似的;--case 一件的经过。"""
    with office(config, notice) as place:
        shown = masking(place, reveal, "cases")
        book = place.book(instant(as_of, place.zone)).across_notices
        found = find_suspected_dropouts(book) if suspects else all_cases(book)
        if one is not None:
            kept = [case_named((*found, *find_suspected_dropouts(book)), one)]
        else:
            kept = [case for case in found if everything or suspects or case.state is CaseState.OPEN]
        if as_json:
            print(document(cases_json(kept, shown)))
        elif one is not None:
            terminal_tables.show_case(kept[0], shown)
        else:
            terminal_tables.show_cases(kept, shown, "没有疑似的学生" if suspects else "没有未返校的个案")
            if not suspects and not everything:
                terminal_tables.show_observed([case for case in found if case.observed_until is not None])


def crosscheck(
    config: Config = None,
    as_json: AsJson = False,
    as_of: AsOf = None,
    notice: NoticeId = None,
    reveal: Reveal = False,
) -> None:
    """各单位所报相互矛盾之处:同一学生两处在读、报辍学又在册、无故消失……"""
    with office(config, notice) as place:
        shown = masking(place, reveal, "crosscheck")
        found = all_findings(place.book(instant(as_of, place.zone)).across_notices)
        if as_json:
            print(document(findings_json(found, shown)))
        else:
            terminal_tables.show_findings(found, shown)


def records(
    form: Annotated[str, typer.Option("--form", help="附件1 … 附件7", metavar="附件")],
    config: Config = None,
    as_json: AsJson = False,
    as_of: AsOf = None,
    notice: NoticeId = None,
    unit: UnitName = None,
    reveal: Reveal = False,
) -> None:
    """某张附件现行的各条记录。"""
    with office(config, notice) as place:
        spec = form_named(place, form)
        known = unit_named(place, unit) if unit else None
        found = place.book(instant(as_of, place.zone)).current_rows(spec.key, known)
        shown = masking(place, reveal, f"records {spec.key}")
        if as_json:
            print(document(records_json(found, spec, shown)))
        else:
            headings = [(key, place.notice.fields[key].heading) for key in spec.fields]
            terminal_tables.show_records(found, headings, shown)


def problems(
    config: Config = None,
    as_json: AsJson = False,
    as_of: AsOf = None,
    notice: NoticeId = None,
    unit: UnitName = None,
    reveal: Reveal = False,
) -> None:
    """现行报送里逐行的问题,写明在哪一格、怎么改。"""
    with office(config, notice) as place:
        known = unit_named(place, unit) if unit else None
        found = standing_problems(place.book(instant(as_of, place.zone)), known)
        shown = masking(place, reveal, "problems")
        if as_json:
            print(document(problems_json(found, shown)))
        else:
            terminal_tables.show_problems(found, shown)


def files(
    config: Config = None,
    as_json: AsJson = False,
    as_of: AsOf = None,
    disposition: Annotated[
        str | None,
        typer.Option("--disposition", help="recorded evidence duplicate ignored quarantined", metavar="处理"),
    ] = None,
    reveal: Reveal = False,
) -> None:
    """收到过的每一份文件,以及怎么处理的。"""
    chosen = _disposition(disposition)
    with office(config) as place:
        found = place.store.files(instant(as_of, place.zone), chosen)
        shown = masking(place, reveal, "files")
        if as_json:
            print(document(files_json(found, place.zone, shown)))
        else:
            terminal_tables.show_files(found, place.zone, shown)


def _disposition(text: str | None) -> Disposition | None:
    by_word = {word: disposition for disposition, word in terminal_tables.DISPOSITIONS.items()}
    if text is None:
        return None
    if text in by_word:
        return by_word[text]
    try:
        return Disposition(text)
    except ValueError as error:
        raise ConfigError(f"--disposition 没有“{text}”:可选 {'、'.join(Disposition)}") from error
