"""Checks the notice and the roster, and that each form has units that owe it."""

from collections.abc import Iterator
from datetime import date

from config.errors import ConfigError
from config.notice import Notice
from config.notice.notice_doubts import doubts_about
from config.read_notice import load_base, load_notice, read_notice_text
from config.settings import Settings
from config.units.resolve_unit_names import UnitNames
from config.units.roster import Roster, is_deliverable, load_roster
from kongchuo.usecases.doctor_checks.check_result import CheckResult
from parsers.checks.checks_in_words import doubts_about_checks


def check_notice_and_roster(settings: Settings) -> Iterator[CheckResult]:
    try:
        notice = load_notice(settings.notice.file)
        over = (
            "；请注意:那个学期已经过去,请运行 kongchuo notice new 写出新学期的"
            if notice.is_over(date.today())
            else ""
        )
        yield CheckResult("通知", True, f"{notice.title},{len(notice.forms)}张附件{over}")
        base = load_base(settings.notice.file)
        text = read_notice_text(settings.notice.file)
        for doubt in (*doubts_about(notice, base, text), *doubts_about_checks(notice, text)):
            yield CheckResult("通知", False, doubt, 2)
        roster = load_roster(settings.notice.roster, notice.units.kinds)
        UnitNames(roster, notice)
        counts = [
            f"{word}{n}{'所' if kind == 'school' else '个'}"
            for kind, word in notice.units.kinds.items()
            if (n := len(roster.of_kind(kind)))
        ]
        missing = tuple(_without_senders(notice, roster))
        yield CheckResult("名册", not missing, ";".join((*missing, ",".join(counts))), 2)
        for unit in roster.units:
            for address in unit.emails:
                if not is_deliverable(address):
                    detail = f"{unit.name}的邮箱 {address} 没有服务器会收:请在名册 emails 中更正"
                    yield CheckResult("单位邮箱", False, detail, 1)
    except ConfigError as error:
        yield CheckResult("通知和名册", False, str(error), 2)


def _without_senders(notice: Notice, roster: Roster) -> Iterator[str]:
    """Yields forms that no unit on the roster owes, and units of a form that are not on the roster."""
    by_kinds: dict[str, list[str]] = {}
    for form in notice.forms:
        for name in form.units:
            if roster.get(name) is None:
                yield f"{form.key}要{name}报,名册里没有这个单位:请改正通知里的 units,或加进 units.csv"
        if form.owed and not any(form.is_owed_by(unit.name, unit.kind, unit.stage) for unit in roster.units):
            kinds = "、".join(notice.units.kinds.get(kind, kind) for kind in form.senders)
            by_kinds.setdefault(kinds, []).append(form.key)
    for kinds, forms in by_kinds.items():
        yield f"{'、'.join(forms)}没有单位要报:请把要报的{kinds}加进 units.csv"
    yield from _without_reporter(notice, roster)


def _without_reporter(notice: Notice, roster: Roster) -> Iterator[str]:
    """Yields forms of units whose parent reports for them, if that parent does not send the form."""
    lost: dict[tuple[str, ...], list[str]] = {}
    for unit in roster.units:
        reporter = roster.reporting_unit(unit)
        forms = tuple(
            form.key
            for form in notice.forms
            if form.is_owed_by(unit.name, unit.kind, unit.stage) and reporter.kind not in form.senders
        )
        if forms:
            lost.setdefault((reporter.name, *forms), []).append(unit.name)
    for (reporter_name, *forms_lost), units in lost.items():
        more = f"等{len(units)}个单位" if len(units) > 1 else ""
        yield (
            f"{units[0]}{more}由{reporter_name}代报,而{reporter_name}不报{'、'.join(forms_lost)},这些表没有人报:"
            f"请在通知的 senders 里加上它的类别,或在 units.csv 里去掉 parent"
        )
