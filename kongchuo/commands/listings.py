"""Holds the commands status, gaps, cases, crosscheck, records, problems and files: tables or JSON."""

from pathlib import Path
from typing import Annotated

import typer

from config.errors import ConfigError
from kongchuo.access.revealing import (
    audited_mask,
    children_in_files,
    children_in_rows,
    children_with_problems,
    seen_children,
)
from kongchuo.clock import parse_as_of
from kongchuo.commands.options import (
    AsJson,
    AsOf,
    AsTsv,
    Config,
    NoticeId,
    PeriodKey,
    Reveal,
    RevealWhy,
    UnitName,
    Wide,
)
from kongchuo.lookup import (
    find_case,
    find_form,
    find_periods,
    find_unit_name,
    period_filter,
)
from kongchuo.office import open_office
from kongchuo.output.answers_json import (
    cases_json,
    files_json,
    findings_json,
    gaps_json,
    list_to_json,
    problems_json,
    rates_json,
    records_json,
    status_json,
    to_json,
)
from kongchuo.output.layout.answer_screen import answer_screen, chosen_form
from kongchuo.output.shown_periods import ShownStatus, show_newest_periods, show_one_period
from kongchuo.output.tables import case_tables, file_tables, row_tables, status_tables
from kongchuo.output.terminal_tables import print_line
from kongchuo.output.terminal_text import print_error
from ledger.assessment import Judgements
from ledger.officer_decisions import decisions_in_force, read_file_notes
from ledger.results import CaseState
from ledger.submissions.current_problems import find_current_problems
from ledger.submissions.rates import rate_tables
from store.stored_values import Disposition

_FILES_IN_A_TABLE = 500
_SOMETHING_OPEN = 1
_OPEN_STATES = (CaseState.OPEN, CaseState.SUSPECTED)
Check = Annotated[bool, typer.Option("--check", help="有未了结的就以退出码1结束,供脚本判断")]


def status(
    config: Config = None,
    as_json: AsJson = False,
    tsv: AsTsv = False,
    wide: Wide = False,
    as_of: AsOf = None,
    notice: NoticeId = None,
    period: PeriodKey = None,
    everything: Annotated[
        bool, typer.Option("--all", help="按期报送的附件,JSON 里连同较早的各期(默认只列最近31期)")
    ] = False,
) -> None:
    """单位×附件:应报、已报、迟报、未报。"""
    form_of_answer = chosen_form(wide=wide, tsv=tsv, as_json=as_json)
    with open_office(config, notice) as office:
        snapshot = office.snapshot_at(parse_as_of(as_of, office.zone))
        answer = Judgements(snapshot).status
        if period is not None:
            called = find_periods(office, None, period, snapshot.today)
            shown = show_one_period(answer, {each.key for each in called})
        elif everything:
            shown = ShownStatus(status=answer, left_out={})
        else:
            shown = show_newest_periods(answer)
        if as_json:
            rates = {"rates": rates_json(rate_tables(snapshot, answer))}
            print(to_json(status_json(shown, office.zone) | rates))
        else:
            with answer_screen(form_of_answer):
                status_tables.show_status(shown.status, office.notice.units.kinds, office.zone)
        status_tables.warn_of_unread(answer.unread)
        if office.notice.is_over(snapshot.today) and not as_json:
            print_error(f"“{office.notice.title}”的学期已经过去:请运行 kongchuo notice new 写出新学期的通知")


def gaps(
    config: Config = None,
    as_json: AsJson = False,
    tsv: AsTsv = False,
    wide: Wide = False,
    as_of: AsOf = None,
    notice: NoticeId = None,
    unit: UnitName = None,
    period: PeriodKey = None,
    check: Check = False,
) -> None:
    """只看缺口:未报、迟报、不完整、缺证明,以及拟扣分。"""
    form_of_answer = chosen_form(wide=wide, tsv=tsv, as_json=as_json)
    with open_office(config, notice) as office:
        unit_name = find_unit_name(office, unit) if unit else None
        judgements = Judgements(office.snapshot_at(parse_as_of(as_of, office.zone)))
        is_of_period = period_filter(office, None, period, judgements.snapshot.today)
        unit_gaps = [
            gap for gap in judgements.gaps if unit_name in (None, gap.unit) and is_of_period(gap.key.period)
        ]
        if as_json:
            print(to_json(gaps_json(unit_gaps, office.zone, office.mask)))
        else:
            with answer_screen(form_of_answer):
                status_tables.show_gaps(unit_gaps, office.zone, office.mask, judgements.status.unread)
        status_tables.warn_of_unread(judgements.status.unread)
    if check and unit_gaps:
        raise typer.Exit(_SOMETHING_OPEN)


def cases(
    config: Config = None,
    as_json: AsJson = False,
    tsv: AsTsv = False,
    wide: Wide = False,
    as_of: AsOf = None,
    notice: NoticeId = None,
    reveal: Reveal = False,
    why: RevealWhy = None,
    everything: Annotated[bool, typer.Option("--all", help="连同已结案的")] = False,
    suspects: Annotated[bool, typer.Option("--suspected", help="疑似:上次在册,这次谁都没报的")] = False,
    one: Annotated[str | None, typer.Option("--case", help="只看这一件,连同经过", metavar="编号")] = None,
    check: Check = False,
) -> None:
    """未返校的个案;--all 连同已结案的;--suspected 只看疑似的;--case 一件的经过。"""
    form_of_answer = chosen_form(wide=wide, tsv=tsv, as_json=as_json)
    with open_office(config, notice) as office:
        children = Judgements(office.snapshot_at(parse_as_of(as_of, office.zone))).across_notices
        candidates = children.suspected if suspects else children.cases
        if one is not None:
            shown_cases = [find_case((*candidates, *children.suspected), one)]
        else:
            shown_cases = [
                case for case in candidates if everything or suspects or case.state is CaseState.OPEN
            ]
        mask = audited_mask(office, reveal, "cases", why, seen_children(shown_cases))
        if as_json:
            print(to_json(cases_json(shown_cases, mask)))
        elif one is not None:
            with answer_screen(form_of_answer):
                case_tables.show_case(shown_cases[0], mask)
        else:
            with answer_screen(form_of_answer):
                case_tables.show_cases(
                    shown_cases, mask, "没有疑似的学生" if suspects else "没有未返校的个案"
                )
                if not suspects and not everything:
                    case_tables.show_observed(
                        [case for case in candidates if case.observed_until is not None], mask
                    )
    if check and any(case.state in _OPEN_STATES for case in shown_cases):
        raise typer.Exit(_SOMETHING_OPEN)


def crosscheck(
    config: Config = None,
    as_json: AsJson = False,
    tsv: AsTsv = False,
    wide: Wide = False,
    as_of: AsOf = None,
    notice: NoticeId = None,
    period: PeriodKey = None,
    reveal: Reveal = False,
    why: RevealWhy = None,
) -> None:
    """各单位所报相互矛盾之处:同一学生两处在读、报辍学又在册、无故消失……"""
    form_of_answer = chosen_form(wide=wide, tsv=tsv, as_json=as_json)
    with open_office(config, notice) as office:
        snapshot = office.snapshot_at(parse_as_of(as_of, office.zone))
        is_of_period = period_filter(office, None, period, snapshot.today)
        findings = [
            finding
            for finding in Judgements(snapshot).across_notices.findings
            if period is None or any(map(is_of_period, finding.periods))
        ]
        mask = audited_mask(office, reveal, "crosscheck", why, seen_children(findings))
        if as_json:
            print(to_json(findings_json(findings, mask)))
        else:
            with answer_screen(form_of_answer):
                case_tables.show_findings(findings, mask)


def records(
    form: Annotated[str, typer.Option("--form", help="通知里的哪张附件", metavar="附件")],
    config: Config = None,
    as_json: AsJson = False,
    tsv: AsTsv = False,
    wide: Wide = False,
    as_of: AsOf = None,
    notice: NoticeId = None,
    unit: UnitName = None,
    period: PeriodKey = None,
    reveal: Reveal = False,
    why: RevealWhy = None,
    csv: Annotated[Path | None, typer.Option("--csv", help="另存为CSV,供分析用", metavar="文件")] = None,
    parquet: Annotated[
        Path | None, typer.Option("--parquet", help="另存为Parquet,供分析用", metavar="文件")
    ] = None,
) -> None:
    """某张附件现行的各条记录;按期报送的,各期都列,或用 --period 只看一期。"""
    form_of_answer = chosen_form(wide=wide, tsv=tsv, as_json=as_json)
    with open_office(config, notice) as office:
        spec = find_form(office, form)
        unit_name = find_unit_name(office, unit) if unit else None
        snapshot = office.snapshot_at(parse_as_of(as_of, office.zone))
        is_of_period = period_filter(office, spec, period, snapshot.today)
        current_records = [
            row for row in snapshot.shown_rows(spec.key, unit_name) if is_of_period(row.period)
        ]
        unconfirmed = {submission.submission_id for submission in snapshot.unconfirmed}
        mask = audited_mask(office, reveal, f"records {spec.key}", why, children_in_rows(current_records))
        if csv is not None or parquet is not None:
            from kongchuo import frames  # pandas is slow to load, and only this needs it

            frame = frames.frame_of_rows(current_records, spec, mask, unconfirmed)
            if csv is not None:
                frames.write_csv(frame, csv)
            if parquet is not None:
                frames.write_parquet(frame, parquet)
        if as_json:
            print(to_json(records_json(current_records, spec, mask, unconfirmed)))
        elif csv is not None or parquet is not None:
            for file in filter(None, (csv, parquet)):
                print_line(f"已生成 {file}")
        else:
            headings = [(key, office.notice.fields[key].heading) for key in spec.fields]
            with answer_screen(form_of_answer):
                row_tables.show_records(current_records, headings, mask)


def problems(
    config: Config = None,
    as_json: AsJson = False,
    tsv: AsTsv = False,
    wide: Wide = False,
    as_of: AsOf = None,
    notice: NoticeId = None,
    unit: UnitName = None,
    period: PeriodKey = None,
    reveal: Reveal = False,
    why: RevealWhy = None,
) -> None:
    """现行报送里逐行的问题,写明在哪一格、怎么改。"""
    form_of_answer = chosen_form(wide=wide, tsv=tsv, as_json=as_json)
    with open_office(config, notice) as office:
        unit_name = find_unit_name(office, unit) if unit else None
        snapshot = office.snapshot_at(parse_as_of(as_of, office.zone))
        is_of_period = period_filter(office, None, period, snapshot.today)
        current_problems = [
            problem
            for problem in find_current_problems(snapshot, Judgements(snapshot).cross_file, unit_name)
            if is_of_period(problem.period)
        ]
        mask = audited_mask(
            office, reveal, "problems", why, children_with_problems(snapshot, current_problems)
        )
        if as_json:
            print(to_json(problems_json(current_problems, mask)))
        else:
            with answer_screen(form_of_answer):
                row_tables.show_problems(current_problems, mask)


def files(
    config: Config = None,
    as_json: AsJson = False,
    tsv: AsTsv = False,
    wide: Wide = False,
    as_of: AsOf = None,
    disposition: Annotated[
        str | None,
        typer.Option("--disposition", help="已登记、证明材料、重复、忽略、待人工处理", metavar="处理"),
    ] = None,
    period: PeriodKey = None,
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit", min=1, help="只列最近收到的几份(不写时,表格列500份,JSON 全列)", metavar="份数"
        ),
    ] = None,
    reveal: Reveal = False,
    why: RevealWhy = None,
) -> None:
    """收到过的每一份文件,以及怎么处理的;多的表格只列最近的,更早的用 --as-of 往前翻。"""
    form_of_answer = chosen_form(wide=wide, tsv=tsv, as_json=as_json)
    wanted_disposition = _parse_disposition(disposition)
    with open_office(config) as office:
        when = parse_as_of(as_of, office.zone)
        is_of_period = period_filter(office, None, period, when.astimezone(office.zone).date())
        most = limit if limit is not None or as_json else _FILES_IN_A_TABLE
        if period is None:
            received_files = office.store.files.arrived(when, wanted_disposition, most)
            count = office.store.files.count(when, wanted_disposition)
        else:
            of_period = [
                file
                for file in office.store.files.arrived(when, wanted_disposition)
                if any(is_of_period(link.period) for link in file.links)
            ]
            received_files = tuple(of_period if most is None else of_period[max(len(of_period) - most, 0) :])
            count = len(of_period)
        shown_children = children_in_files(office.snapshot_at(when), received_files) if reveal else ()
        mask = audited_mask(office, reveal, "files", why, shown_children)
        notes = read_file_notes(decisions_in_force(office.store.decisions.made(when)))
        if as_json:
            for piece in list_to_json(files_json(received_files, office.zone, mask, office.senders(), notes)):
                print(piece, end="")
            print()
        else:
            with answer_screen(form_of_answer):
                file_tables.show_files(received_files, office.zone, mask, office.senders(), count, notes)


def _parse_disposition(text: str | None) -> Disposition | None:
    dispositions_by_word = {word: disposition for disposition, word in file_tables.DISPOSITION_WORDS.items()}
    if text is None:
        return None
    if text in dispositions_by_word:
        return dispositions_by_word[text]
    try:
        return Disposition(text)
    except ValueError as error:
        raise ConfigError(f"--disposition 没有“{text}”:可选 {'、'.join(dispositions_by_word)}") from error
