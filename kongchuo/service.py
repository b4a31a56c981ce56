"""The service: polls and sends the digest on schedule until it is told to stop."""

import logging
import signal
import threading
from collections.abc import Callable
from pathlib import Path

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from config.errors import KongchuoError, StoreLockedError
from config.settings import find_config, load_settings
from ingest.pipeline import poll
from kongchuo.briefing import brief, send, send_waiting
from kongchuo.clock import instant
from kongchuo.crontab import trigger
from kongchuo.wiring import office
from notify.outbox import Sent

log = logging.getLogger("kongchuo")

_LATE_SECONDS = 3600  # a job missed because the machine slept is still done, once


def serve(config: Path | None) -> None:
    """Run until SIGTERM or SIGINT; a job at work is let finish.

    Raises:
        ConfigError: the configuration cannot be used; what goes wrong later is logged and tried again.
        StoreError: the store cannot be opened.
    """
    log.setLevel(logging.INFO)
    settings = load_settings(find_config(config))
    with office(config):  # notice, roster and store must be good before the service says that it runs
        pass
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda signum, frame: stop.set())
    zone, times = settings.office.timezone, settings.schedule
    scheduler = BackgroundScheduler(
        timezone=zone,
        executors={"default": ThreadPoolExecutor(1)},  # one by one: a digest tells of a finished poll
        job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": _LATE_SECONDS},
    )
    for what, job, line in (("收信", _poll, times.poll), ("发简报", _digest, times.digest)):
        scheduler.add_job(_guarded(what, job), trigger(line, zone), args=[config], name=what)
    scheduler.start()
    log.info("已启动:收信 %s,简报 %s(%s)", times.poll, times.digest, zone)
    stop.wait()
    log.info("正在停止:等手上的事做完")
    scheduler.shutdown(wait=True)
    log.info("已停止")


def _guarded(what: str, job: Callable[[Path | None], None]) -> Callable[[Path | None], None]:
    """A job whose failure is logged in Chinese and leaves the service running."""

    def run(config: Path | None) -> None:
        try:
            job(config)
        except StoreLockedError as error:
            log.info("%s跳过:%s", what, error)
        except KongchuoError as error:
            log.error("%s失败:%s", what, error)
        except Exception:  # the service must outlive a bug; the next turn tries again
            log.exception("%s出错", what)

    return run


def _poll(config: Path | None) -> None:
    with office(config) as place:
        done = poll(place.store, place.sources(), place.semesters, place.roster, place.zone)
        log.info(
            "收信:新邮件%d封,报送%d项,待人工处理%d份", done.new_messages, done.submissions, done.quarantined
        )
        for error in done.errors:
            log.error("收信:%s", error)
        if place.settings.smtp is not None:
            _tell(send_waiting(place, place.settings.smtp))  # what failed before; its wait has passed


def _digest(config: Path | None) -> None:
    with office(config) as place:
        if place.settings.smtp is None:
            log.warning("没有配置 [smtp],简报不发送")
            return
        _tell(send(place, brief(place, instant(None, place.zone))))


def _tell(done: Sent) -> None:
    if done.sent:
        log.info("发信:发出%d封", done.sent)
    for error in done.errors:
        log.error("发信:%s", error)
