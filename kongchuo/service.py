"""The service: polls and sends the digest on schedule until it is told to stop."""

import logging
import re
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

from config.errors import KongchuoError, StoreLockedError
from config.settings import find_config, load_settings
from ingest.pipeline import poll
from kongchuo.briefing import brief, send
from kongchuo.clock import instant
from kongchuo.wiring import office

log = logging.getLogger("kongchuo")

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LATE_SECONDS = 3600  # a job missed because the machine slept is still done, once


def serve(config: Path | None) -> None:
    """Run until SIGTERM or SIGINT; a job at work is let finish.

    Raises:
        ConfigError: the configuration cannot be used; what goes wrong later is logged and tried again.
    """
    settings = load_settings(find_config(config))
    with office(
        config
    ):  # configuration, notice, roster and store are good before the service says that it runs
        pass
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda signum, frame: _stop(stop, signum, frame))
    scheduler = BackgroundScheduler(
        timezone=settings.office.zone,
        executors={
            "default": ThreadPoolExecutor(1)
        },  # one thing at a time: a digest tells of a finished poll
        job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": _LATE_SECONDS},
    )
    zone = settings.office.timezone
    scheduler.add_job(
        _guarded("收信", lambda: _poll(config)), trigger(settings.schedule.poll, zone), id="poll"
    )
    scheduler.add_job(
        _guarded("发简报", lambda: _digest(config)), trigger(settings.schedule.digest, zone), id="digest"
    )
    scheduler.start()
    log.info("已启动:收信 %s,简报 %s(%s)", settings.schedule.poll, settings.schedule.digest, zone)
    stop.wait()
    scheduler.shutdown(wait=True)
    log.info("已停止")


def _stop(stop: threading.Event, signum: int, frame: FrameType | None) -> None:
    stop.set()


def trigger(crontab: str, timezone: str) -> CronTrigger:
    """A crontab line as cron reads it: weekdays count from Sunday, where APScheduler counts from Monday."""
    minute, hour, day, month, weekday = crontab.split()
    named = re.sub(r"(?<![/\d])[0-7](?!\d)", lambda found: _DAYS[int(found.group())], weekday)
    return CronTrigger(minute=minute, hour=hour, day=day, month=month, day_of_week=named, timezone=timezone)


def _guarded(what: str, job: Callable[[], None]) -> Callable[[], None]:
    """A job whose failure is logged in Chinese and leaves the service running."""

    def run() -> None:
        try:
            job()
        except StoreLockedError as error:
            log.info("%s跳过:%s", what, error)
        except KongchuoError as error:
            log.error("%s失败:%s", what, error)
        except Exception:  # the service must outlive a bug; the next turn tries again
            log.exception("%s出错", what)

    return run


def _poll(config: Path | None) -> None:
    with office(config) as place:
        done = poll(place.store, place.sources(), place.notice, place.roster, place.zone)
    log.info("收信:新邮件%d封,报送%d项,待人工处理%d份", done.new_messages, done.submissions, done.quarantined)
    for error in done.errors:
        log.error("收信:%s", error)


def _digest(config: Path | None) -> None:
    with office(config) as place:
        if place.settings.smtp is None:
            log.warning("没有配置 [smtp],简报不发送")
            return
        done = send(place, brief(place, instant(None, place.zone)))
    log.info("简报:发出%d封", done.sent)
    for error in done.errors:
        log.error("简报:%s", error)
