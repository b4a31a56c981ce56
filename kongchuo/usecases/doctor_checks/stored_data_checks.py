"""Checks the database and its content: clock, senders, unsent mail, units that are not on the roster."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from config.errors import ConfigError, KongchuoError
from config.read_notice import load_notice
from config.settings import Settings
from config.units.roster import Roster, load_roster
from kongchuo.office import open_store, trust_rules_of
from kongchuo.usecases.doctor_checks.check_result import CheckResult
from kongchuo.usecases.doctor_checks.folder_checks import check_archive
from ledger.questions.returned_addresses import find_returned_addresses
from ledger.take_snapshot import find_senders
from store import Store
from store.jobs.lease import SERVICE_LEASE
from store.stored_values import DeliveryStatus

_UNSENT_STATES = (DeliveryStatus.WAITING, DeliveryStatus.HELD, DeliveryStatus.UNCERTAIN)
_EARLIEST_PLAUSIBLE_TIME = datetime(2024, 1, 1, tzinfo=UTC)
"""The earliest time that a correct clock can show."""
_CLOCK_TOLERANCE = timedelta(minutes=15)
_MOST_UNITS_SHOWN = 10


def open_configured_store(settings: Settings) -> Store:
    """Returns the store of the settings, opened as every command opens it."""
    return open_store(settings, read_roster_if_valid(settings).current_name)


def read_roster_if_valid(settings: Settings) -> Roster:
    """Returns the roster; empty if it cannot be read, which is a failure of its own."""
    try:
        return load_roster(settings.notice.roster, load_notice(settings.notice.file).units.kinds)
    except ConfigError:
        return Roster(())


def check_store(settings: Settings) -> Iterator[CheckResult]:
    """Yields whether the store can be opened and written to, what in it waits for a person, and the result for the archive."""
    try:
        store = open_configured_store(settings)
    except KongchuoError as error:
        yield CheckResult("数据库", False, str(error), error.exit_code)
        return
    try:
        store.try_to_write()
        waiting = len(store.messages.unprocessed())
        yield from _check_clock(store)
        yield CheckResult("数据库", True, f"可用;{waiting}封邮件待处理" if waiting else "可用")
        if (holder := store.jobs.who_holds(SERVICE_LEASE, datetime.now(UTC))) is not None:
            yield CheckResult("服务", True, f"kongchuo run 正在运行({holder}),不用再启动一个")
        if (roster := read_roster_if_valid(settings)).units:
            senders = find_senders(store.recorded(), roster, trust_rules_of(settings))
            if unconfirmed := sum(map(senders.is_unconfirmed, store.files.of_units(datetime.now(UTC)))):
                detail = f"{unconfirmed}份文件的发件人没有核实,不结案也不算已报:kongchuo files 里标着未核实的,问过单位后运行 kongchuo accept"
                yield CheckResult("未核实来源", True, detail)
            yield from _check_units_recorded(store, roster)
        if failed := [mail for mail in store.outbox.with_status(_UNSENT_STATES) if mail.error]:
            detail = f"{len(failed)}封没有发出,最近的原因:{failed[-1].error}(kongchuo outbox 可查全部)"
            yield CheckResult("发件箱", False, detail, 1)
        yield from _check_returned_addresses(settings, store)
    except KongchuoError as error:
        yield CheckResult("数据库", False, str(error), error.exit_code)
    finally:
        store.close()
    yield check_archive(settings.store.archive)


def _check_clock(store: Store) -> Iterator[CheckResult]:
    """Yields a failure if the clock is wrong, since due dates depend on it."""
    now, newest = datetime.now(UTC), store.messages.newest_arrival()
    if now < _EARLIEST_PLAUSIBLE_TIME:
        yield CheckResult("时钟", False, f"电脑日期是{now:%Y-%m-%d},不对:请校准时间", 2)
    elif newest is not None and newest > now + _CLOCK_TOLERANCE:
        yield CheckResult(
            "时钟", False, f"最近一封邮件是{newest:%Y-%m-%d %H:%M}(UTC)到的,比电脑时间还晚:请校准时间", 2
        )


def _check_returned_addresses(settings: Settings, store: Store) -> Iterator[CheckResult]:
    """Yields addresses on the roster whose newest mail bounced or was refused."""
    sent = store.outbox.with_status({DeliveryStatus.SENT})
    for one in find_returned_addresses(sent, read_roster_if_valid(settings)):
        detail = f"{'、'.join(one.units)}的邮箱 {one.address} 收不到信({one.reason}):请在名册 emails 中更正"
        yield CheckResult("单位邮箱", False, detail, 1)


def _check_units_recorded(store: Store, roster: Roster) -> Iterator[CheckResult]:
    """Yields units with submissions that are not on the roster (renamed or removed), whose submissions no list shows."""
    counts = Counter(
        submission.unit
        for submission in store.submissions.arrived(None, datetime.max.replace(tzinfo=UTC))
        if roster.get(submission.unit) is None
    )
    if counts:
        units = "、".join(f"{unit}({count}份)" for unit, count in counts.most_common(_MOST_UNITS_SHOWN))
        more = f"等{len(counts)}个单位" if len(counts) > _MOST_UNITS_SHOWN else ""
        yield CheckResult(
            "名册外的报送",
            False,
            f"{units}{more}不在名册里,报送没有计入:单位改名的,把旧名写进新单位的 aliases;误删的,请补回名册",
            2,
        )
