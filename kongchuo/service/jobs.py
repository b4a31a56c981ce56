"""Runs the service: polls and mails on schedule until it is stopped.

The jobs are listed in :data:`JOBS`; the status of each is kept in the store, where ``kongchuo health`` reads it.
"""

import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from config.cron_expressions import count_missed, parse_crontab
from config.errors import KongchuoError, MailServerError, StoreDamagedError, StoreLockedError
from config.installation.operating_system import call_on_stop, wait_until
from config.settings import Schedule, Settings, find_config, load_settings
from config.text.masking import mask_fault
from kongchuo.access.acts import record_act
from kongchuo.answering.poll_and_answer import poll_and_answer
from kongchuo.clock import parse_as_of
from kongchuo.mail_sources import sources_of
from kongchuo.office import Office, open_office
from kongchuo.service import logs
from kongchuo.usecases import unit_mail
from kongchuo.usecases.alarms.alarm_mail import queue_alarms
from kongchuo.usecases.alarms.find_alarms import find_alarms
from kongchuo.usecases.alarms.pings import Ping, send_ping
from kongchuo.usecases.office_mail import (
    compose_bulletin_mail,
    compose_digest_mail,
    queue_office_mail,
    send_due_mail,
)
from kongchuo.usecases.polling import (
    OUTBOX_JOB,
    POLL_JOB,
    VERIFY_JOB,
    finish_reading,
    job_status_of,
    record_failure,
    record_login,
    servers_in_back_off,
)
from kongchuo.usecases.retention.purge_office import line_of_purge, plan_purge, purge
from notify.bulletin.bulletin import Period
from store.audit.audit_line import Door, coming_through
from store.jobs.lease import SERVICE_LEASE
from store.safekeeping.faults import Slice

log = structlog.get_logger("kongchuo")

_MISFIRE_GRACE_SECONDS = 3600  # a job missed because the machine slept is still done, once
_EVERY_MINUTE, _EVERY_TEN_MINUTES = "* * * * *", "5-59/10 * * * *"
STOP_REQUESTED = threading.Event()
"""Set when the service must end; long work checks it between its steps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A scheduled job; ``name`` is the key of its status."""

    name: str
    label: str
    """The job's name in the log."""
    crontab: Callable[[Schedule], str]
    run: Callable[[Office], None]
    is_enabled: Callable[[Settings], bool] = lambda settings: True
    executor_name: str = "default"
    """The executor; its jobs run one after another, so that a digest reports on a finished poll."""
    runs_if_missed: bool = False
    """Whether it runs at the start if its last time passed while the service was not running."""


def poll_mailboxes(office: Office) -> None:
    """Polls the mailboxes that are not in back-off, and queues receipts where they are turned on."""
    now = datetime.now(UTC)
    back_offs = servers_in_back_off(office.store, POLL_JOB, now)
    for name, until in sorted(back_offs.items()):
        log.warning("邮箱连续失败,暂停收信", mailbox=name, until=until.astimezone(office.zone).isoformat())
    sources = [source for source in sources_of(office.settings) if source.name not in back_offs]
    if not sources:
        return
    summary = poll_and_answer(office, sources)
    log.info(
        "收信",
        new_messages=summary.new_messages, files=summary.files, submissions=summary.submissions,
        quarantined=summary.quarantined, errors=len(summary.errors),
    )  # fmt: skip
    for remark in summary.remarks:
        log.info("邮箱", note=remark)
    for source in sources:
        job_status = job_status_of(office.store, POLL_JOB, source.name)
        if job_status is not None and job_status.error:
            log.error("邮箱没有收成", mailbox=source.name, failures=job_status.failures, why=job_status.error)
    if office.settings.units.receipts and office.settings.smtp is not None:
        log.info("回执", queued=unit_mail.queue_receipts(office, parse_as_of(None, office.zone)).queued)


def queue_digest(office: Office) -> None:
    """Queues today's digest; the outbox sends it within a minute."""
    finish_reading(office)
    queue_office_mail(office, compose_digest_mail(office, parse_as_of(None, office.zone)))
    log.info("简报已排上")


def queue_due_reminders(office: Office) -> None:
    """Queues today's reminders by the notice's plan."""
    finish_reading(office)
    queued = unit_mail.queue_reminders(office, parse_as_of(None, office.zone))
    log.info("催报", queued=queued.queued, cancelled=queued.cancelled)


def queue_weekly_bulletin(office: Office) -> None:
    """Queues the draft of this week's 通报."""
    finish_reading(office)
    queue_office_mail(office, compose_bulletin_mail(office, Period.WEEKLY, parse_as_of(None, office.zone)))
    log.info("周通报已排上")


def queue_monthly_bulletin(office: Office) -> None:
    """Queues the draft of this month's 通报."""
    finish_reading(office)
    queue_office_mail(office, compose_bulletin_mail(office, Period.MONTHLY, parse_as_of(None, office.zone)))
    log.info("月通报已排上")


def send_outbox(office: Office) -> None:
    """Sends due mail unless the server is in back-off."""
    smtp = office.settings.smtp
    if smtp is None or smtp.host in servers_in_back_off(office.store, OUTBOX_JOB, datetime.now(UTC)):
        return
    result = send_due_mail(office, smtp, should_continue=lambda: not STOP_REQUESTED.is_set())
    if result.connection_error is not None:
        record_failure(office.store, OUTBOX_JOB, smtp.host, MailServerError(result.connection_error))
    elif result.sent:
        record_login(office, OUTBOX_JOB, smtp.host, f"login smtp {smtp.host}")
        office.store.jobs.record_success(OUTBOX_JOB, smtp.host, datetime.now(UTC))
    if result.sent or result.failed:
        log.info("发信", sent=result.sent, failed=result.failed, waiting=result.waiting)
    for error in result.errors:
        log.error("发信没有成", why=error)


def verify_part_of_store(office: Office) -> None:
    """Checks one of the slices of the store, another one each night.

    Raises:
        StoreDamagedError: something is not as it was written; ``kongchuo health`` shows the first fault.
    """
    faults = tuple(office.store.safekeeping.verify(Slice.of_day(datetime.now(office.zone).date())))
    if faults:
        first = faults[0]
        raise StoreDamagedError(
            f"存档或数据库有{len(faults)}处损坏,第一处是{first.place}({first.what}):请运行 kongchuo verify"
        )


def purge_nightly(office: Office) -> None:
    """Purges data past its retention period, as ``kongchuo purge`` does."""
    now = datetime.now(UTC)
    plan = plan_purge(office, now)
    if plan.is_empty:
        return
    purge(office, plan, line_of_purge(plan, "kongchuo run", "[retention]", now, Door.SERVICE))
    log.info(
        "已清理过了保存期的",
        mails=len(plan.mails), bodies=len(plan.bodies), backups=len(plan.backups), kept=sum(plan.stays.values()),
    )  # fmt: skip
    if plan.stale_backups:
        last = max(plan.stale_backups.values())
        log.info("以前的备份里还有清理掉的", backups=len(plan.stale_backups), until=last.isoformat())


def look_for_alarms(office: Office) -> None:
    """Queues a mail to the administrator for each failure that has lasted too long."""
    now = datetime.now(UTC)
    if queued := queue_alarms(office, find_alarms(office, now), now):
        log.warning("已写信告诉管理员", queued=queued)


def poll_and_ping(office: Office) -> None:
    """Polls, and pings the monitor at the start and at the end; alarms count as failures."""
    url = office.settings.alarms.ping
    send_ping(url, Ping.START)
    try:
        poll_mailboxes(office)
    except KongchuoError as error:
        send_ping(url, Ping.FAIL, mask_fault(str(error)))
        raise
    alarms = find_alarms(office, datetime.now(UTC)) if url is not None else ()
    sentences = "\n".join(alarm.what for alarm in alarms)
    send_ping(url, Ping.FAIL if alarms else Ping.SUCCESS, sentences)


def _has_smtp(settings: Settings) -> bool:
    return settings.smtp is not None


JOBS = (
    Job(name=POLL_JOB, label="收信", crontab=lambda schedule: schedule.poll, run=poll_and_ping, runs_if_missed=True),
    Job(name="digest", label="简报", crontab=lambda schedule: schedule.digest, run=queue_digest, is_enabled=_has_smtp, runs_if_missed=True),
    Job(
        name="reminders", label="催报", crontab=lambda schedule: schedule.reminders, run=queue_due_reminders,
        is_enabled=lambda settings: _has_smtp(settings) and settings.units.reminders, runs_if_missed=True,
    ),
    Job(
        name="weekly", label="周通报", crontab=lambda schedule: schedule.weekly or "", run=queue_weekly_bulletin,
        is_enabled=lambda settings: _has_smtp(settings) and settings.schedule.weekly is not None, runs_if_missed=True,
    ),
    Job(
        name="monthly", label="月通报", crontab=lambda schedule: schedule.monthly or "", run=queue_monthly_bulletin,
        is_enabled=lambda settings: _has_smtp(settings) and settings.schedule.monthly is not None, runs_if_missed=True,
    ),
    Job(
        name="purge", label="清理", crontab=lambda schedule: schedule.purge or "", run=purge_nightly,
        is_enabled=lambda settings: settings.schedule.purge is not None,
    ),
    Job(
        name="alarms", label="查毛病", crontab=lambda schedule: _EVERY_TEN_MINUTES, run=look_for_alarms,
        is_enabled=lambda settings: _has_smtp(settings) and bool(settings.alarms.recipients), executor_name="alarms",
    ),
    Job(name=VERIFY_JOB, label="检查存档", crontab=lambda schedule: schedule.verify, run=verify_part_of_store, executor_name=VERIFY_JOB),
    Job(name=OUTBOX_JOB, label="发信", crontab=lambda schedule: _EVERY_MINUTE, run=send_outbox, is_enabled=_has_smtp, executor_name=OUTBOX_JOB),
)  # fmt: skip


def run_service(config: Path | None) -> None:
    """Runs until SIGTERM or SIGINT; a running job is finished first.

    Raises:
        ConfigError: the configuration cannot be used; later errors are logged and tried again.
        StoreError: the store cannot be opened.
        StoreLockedError: the service is already running.
    """
    settings = load_settings(find_config(config))
    logs.configure_logging(settings.log, settings.office.zone)
    call_on_stop(STOP_REQUESTED.set)
    jobs = [job for job in JOBS if job.is_enabled(settings)]
    # Notice, roster and store must be good, and no other service at work, before this one says that it runs.
    with open_office(config) as office, office.store.jobs.hold_lease(SERVICE_LEASE):
        overdue_jobs = {
            job.name for job in jobs if job.runs_if_missed and _is_overdue(office, job, datetime.now(UTC))
        }
        with coming_through(Door.SERVICE):
            key = "no key" if office.store.key_id is None else f"key {office.store.key_id}"
            record_act(office.store, f"service start {key}")
            _serve(settings, config, jobs, overdue_jobs)
            record_act(office.store, "service stop")


def _serve(
    settings: Settings, config: Path | None, jobs: Sequence[Job], overdue_jobs: Collection[str]
) -> None:
    """Starts the jobs on their schedule, the overdue ones at once, and returns when the service has stopped."""
    zone, schedule = settings.office.timezone, settings.schedule
    scheduler = BackgroundScheduler(
        timezone=zone,
        executors={
            executor_name: ThreadPoolExecutor(1) for executor_name in {job.executor_name for job in jobs}
        },
        job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": _MISFIRE_GRACE_SECONDS},
    )
    for job in jobs:
        added = scheduler.add_job(
            run_job,
            parse_crontab(job.crontab(schedule), zone),
            args=[job, config],
            id=job.name,
            executor=job.executor_name,
        )
        if job.name in overdue_jobs:
            added.modify(next_run_time=datetime.now(UTC))
    scheduler.start()
    log.info("已启动", **{job.name: job.crontab(schedule) for job in jobs}, timezone=zone)
    if settings.smtp is None:
        log.warning("没有配置 [smtp]:简报只能用 kongchuo digest 生成,不会发送")
    wait_until(STOP_REQUESTED.wait)
    log.info("正在停止:等手上的事做完")
    scheduler.shutdown(wait=True)
    log.info("已停止")


def _is_overdue(office: Office, job: Job, now: datetime) -> bool:
    """Returns whether a job's time has passed since its last run; a job that never ran waits for its schedule, except the poll."""
    done_times = [
        job_status.done_at
        for job_status in office.store.jobs.statuses()
        if job_status.job == job.name and job_status.done_at
    ]
    if not done_times:
        return job.name == POLL_JOB
    crontab = job.crontab(office.settings.schedule)
    # Yesterday's digest is not made up for: today's has all that it would have had.
    last_done = max(max(done_times), now - timedelta(hours=20))
    return count_missed(crontab, office.settings.office.timezone, last_done, now, most=1) > 0


def run_job(job: Job, config: Path | None) -> None:
    """Runs a job once; errors are logged and recorded, and the service continues."""
    try:
        with coming_through(Door.SERVICE), open_office(config) as office:
            try:
                job.run(office)
            except StoreLockedError:
                raise
            except KongchuoError as error:
                record_failure(office.store, job.name, "", error)
                raise
            except Exception as error:  # told below; health must know of it too
                record_failure(office.store, job.name, "", KongchuoError(f"程序出错({type(error).__name__})"))
                raise
            office.store.jobs.record_success(job.name, "", datetime.now(UTC))
    except StoreLockedError as error:
        log.info(f"{job.label}跳过", why=str(error))
    except KongchuoError as error:
        log.error(f"{job.label}失败", why=str(error))
    except Exception:  # the service must outlive a bug; the next turn tries again
        log.exception(f"{job.label}出错")
