"""The service: polls and mails on schedule until it is told to stop.

What it does on schedule stands in :data:`JOBS`; how each of them did stands in the store (``pulse``), where
``kongchuo health`` finds it.
"""

import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from config.crontab import count_missed, parse_crontab
from config.errors import KongchuoError, MailServerError, StoreLockedError
from config.settings import Schedule, Settings, find_config, load_settings
from kongchuo.clock import instant
from kongchuo.office import Office, office
from kongchuo.service import logs
from kongchuo.usecases import unit_mail
from kongchuo.usecases.office_mail import brief, brief_period, queue, send_waiting
from kongchuo.usecases.polling import OUTBOX, POLL, note_failure, poll_office, pulse_of, resting
from notify.bulletin.bulletin import Period

log = structlog.get_logger("kongchuo")

_LATE_SECONDS = 3600  # a job missed because the machine slept is still done, once
_EVERY_MINUTE = "* * * * *"
STOP = threading.Event()
"""Set when the service shall end; long work looks at it between its steps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Something done on schedule; ``name`` is what its pulse is kept under."""

    name: str
    label: str
    """As the log calls it."""
    line: Callable[[Schedule], str]
    work: Callable[[Office], None]
    wanted: Callable[[Settings], bool] = lambda settings: True
    lane: str = "default"
    """Jobs of one lane run one after another: a digest tells of a finished poll."""
    catches_up: bool = False
    """Done at the start where its last time passed while the service was not running."""


def poll_turn(place: Office) -> None:
    """Poll the mailboxes that do not rest, and answer the units where that is turned on."""
    now = datetime.now(UTC)
    rests = resting(place.store, POLL, now)
    for name, until in sorted(rests.items()):
        log.warning("邮箱连续失败,暂停收信", mailbox=name, until=until.astimezone(place.zone).isoformat())
    sources = [source for source in place.sources() if source.name not in rests]
    if not sources:
        return
    done = poll_office(place, sources)
    log.info(
        "收信",
        new_messages=done.new_messages, files=done.files, submissions=done.submissions,
        quarantined=done.quarantined, errors=len(done.errors),
    )  # fmt: skip
    for source in sources:
        pulse = pulse_of(place.store, POLL, source.name)
        if pulse is not None and pulse.error:
            log.error("邮箱没有收成", mailbox=source.name, failures=pulse.failures, why=pulse.error)
    if place.settings.units.receipts and place.settings.smtp is not None:
        log.info("回执", queued=unit_mail.queue_receipts(place, instant(None, place.zone)).queued)


def digest_turn(place: Office) -> None:
    """Queue today's digest; the outbox sends it within a minute."""
    queue(place, brief(place, instant(None, place.zone)))
    log.info("简报已排上")


def reminders_turn(place: Office) -> None:
    """Queue what the notice's plan has for today."""
    done = unit_mail.queue_reminders(place, instant(None, place.zone))
    log.info("催报", queued=done.queued, cancelled=done.cancelled)


def weekly_turn(place: Office) -> None:
    """Queue the draft of this week's 通报."""
    queue(place, brief_period(place, Period.WEEKLY, instant(None, place.zone)))
    log.info("周通报已排上")


def monthly_turn(place: Office) -> None:
    """Queue the draft of this month's 通报."""
    queue(place, brief_period(place, Period.MONTHLY, instant(None, place.zone)))
    log.info("月通报已排上")


def outbox_turn(place: Office) -> None:
    """Send what waits, unless the server rests."""
    smtp = place.settings.smtp
    if smtp is None or smtp.host in resting(place.store, OUTBOX, datetime.now(UTC)):
        return
    done = send_waiting(place, smtp, should_continue=lambda: not STOP.is_set())
    if done.connection_error is not None:
        note_failure(place.store, OUTBOX, smtp.host, MailServerError(done.connection_error))
    elif done.sent:
        place.store.record_job_success(OUTBOX, smtp.host, datetime.now(UTC))
    if done.sent or done.failed:
        log.info("发信", sent=done.sent, failed=done.failed, waiting=done.waiting)
    for error in done.errors:
        log.error("发信没有成", why=error)


def _mails(settings: Settings) -> bool:
    return settings.smtp is not None


JOBS = (
    Job(name=POLL, label="收信", line=lambda times: times.poll, work=poll_turn, catches_up=True),
    Job(name="digest", label="简报", line=lambda times: times.digest, work=digest_turn, wanted=_mails, catches_up=True),
    Job(
        name="reminders", label="催报", line=lambda times: times.reminders, work=reminders_turn,
        wanted=lambda settings: _mails(settings) and settings.units.reminders, catches_up=True,
    ),
    Job(
        name="weekly", label="周通报", line=lambda times: times.weekly or "", work=weekly_turn,
        wanted=lambda settings: _mails(settings) and settings.schedule.weekly is not None, catches_up=True,
    ),
    Job(
        name="monthly", label="月通报", line=lambda times: times.monthly or "", work=monthly_turn,
        wanted=lambda settings: _mails(settings) and settings.schedule.monthly is not None, catches_up=True,
    ),
    Job(name=OUTBOX, label="发信", line=lambda times: _EVERY_MINUTE, work=outbox_turn, wanted=_mails, lane=OUTBOX),
)  # fmt: skip


def serve(config: Path | None) -> None:
    """Run until SIGTERM or SIGINT; a job at work is let finish.

    Raises:
        ConfigError: the configuration cannot be used; what goes wrong later is logged and tried again.
        StoreError: the store cannot be opened.
    """
    settings = load_settings(find_config(config))
    logs.set_up(settings.log, settings.office.zone)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda signum, frame: STOP.set())
    jobs = [job for job in JOBS if job.wanted(settings)]
    with office(
        config
    ) as place:  # notice, roster and store must be good before the service says that it runs
        late = {job.name for job in jobs if job.catches_up and _overdue(place, job, datetime.now(UTC))}
    zone, times = settings.office.timezone, settings.schedule
    scheduler = BackgroundScheduler(
        timezone=zone,
        executors={lane: ThreadPoolExecutor(1) for lane in {job.lane for job in jobs}},
        job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": _LATE_SECONDS},
    )
    for job in jobs:
        added = scheduler.add_job(
            turn, parse_crontab(job.line(times), zone), args=[job, config], id=job.name, executor=job.lane
        )
        if job.name in late:
            added.modify(next_run_time=datetime.now(UTC))
    scheduler.start()
    log.info("已启动", **{job.name: job.line(times) for job in jobs}, timezone=zone)
    if settings.smtp is None:
        log.warning("没有配置 [smtp]:简报只能用 kongchuo digest 生成,不会发送")
    STOP.wait()
    log.info("正在停止:等手上的事做完")
    scheduler.shutdown(wait=True)
    log.info("已停止")


def _overdue(place: Office, job: Job, now: datetime) -> bool:
    """Whether its time has passed since it was last done; what was never done starts by its schedule, a poll at once."""
    done = [pulse.done_at for pulse in place.store.job_statuses() if pulse.job == job.name and pulse.done_at]
    if not done:
        return job.name == POLL
    line = job.line(place.settings.schedule)
    # Yesterday's digest is not made up for: today's tells all that it would have told.
    since = max(max(done), now - timedelta(hours=20))
    return count_missed(line, place.settings.office.timezone, since, now, most=1) > 0


def turn(job: Job, config: Path | None) -> None:
    """One turn of a job; whatever goes wrong is logged and written down, and the service goes on."""
    try:
        with office(config) as place:
            try:
                job.work(place)
            except StoreLockedError:
                raise
            except KongchuoError as error:
                note_failure(place.store, job.name, "", error)
                raise
            except Exception as error:  # told below; health must know of it too
                note_failure(place.store, job.name, "", KongchuoError(f"程序出错({type(error).__name__})"))
                raise
            place.store.record_job_success(job.name, "", datetime.now(UTC))
    except StoreLockedError as error:
        log.info(f"{job.label}跳过", why=str(error))
    except KongchuoError as error:
        log.error(f"{job.label}失败", why=str(error))
    except Exception:  # the service must outlive a bug; the next turn tries again
        log.exception(f"{job.label}出错")
