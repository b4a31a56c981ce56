"""Configures the service's log: one event a line, for people or as JSON, without any person's name.

Names of children and teachers never enter an event; events hold counts, ids and the program's own words. Numbers
and addresses in a server's answer are masked. Of an exception only its kind and its positions in the program are
logged, because its text may quote data.
"""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from config.settings import LogSettings
from config.text.masking import mask_fault
from config.text.punctuation import set_punctuation
from kongchuo.output.terminal_text import fit_for_cell

ROOMS = ("config", "ingest", "kongchuo", "ledger", "notify", "parsers", "store")
_Event = MutableMapping[str, Any]


def configure_logging(log: LogSettings, zone: ZoneInfo) -> None:
    """Sends all logging to stderr in the configured format, with times in the office's zone."""

    def add_timestamp(logger: Any, method: str, event: _Event) -> _Event:
        event["timestamp"] = datetime.now(zone).isoformat(timespec="milliseconds")
        return event

    shared_processors: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        add_timestamp,
        mask_persons,
        set_sentences,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared_processors,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared_processors,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _make_renderer(log)],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)  # of what others write we know not what they quote
    for room in ROOMS:
        logging.getLogger(room).setLevel(log.level.upper())


def _make_renderer(log: LogSettings) -> structlog.typing.Processor:
    if log.format == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return _render_line


def _render_line(logger: Any, method: str, event: _Event) -> str:
    """Returns ``2023-09-25T08:00:03 收信 新邮件=3``: time, level if not usual, event, details."""
    when, level = str(event.pop("timestamp"))[:19], event.pop("level", "info")
    what, trace = event.pop("event"), event.pop("trace", "")
    particulars = "".join(f" {key}={value}" for key, value in event.items())
    level_mark = "" if level in ("info", "debug") else f"[{level}] "
    return fit_for_cell(f"{when} {level_mark}{what}{particulars}") + (f"\n{trace}" if trace else "")


def mask_persons(logger: Any, method: str, event: _Event) -> _Event:
    """Masks numbers and addresses in an event, and reduces an exception to its kind and positions."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()
    if isinstance(error, BaseException):
        error = (type(error), error, error.__traceback__)
    if isinstance(error, tuple) and error[1] is not None:
        event["trace"] = trace_lines(error[1])
    for key, value in event.items():
        if isinstance(value, str) and not key.startswith("_") and key != "trace":
            event[key] = mask_fault(value)
    return event


def set_sentences(logger: Any, method: str, event: _Event) -> _Event:
    """Sets an event's sentences in Chinese punctuation."""
    for key in ("event", "why"):
        if isinstance(sentence := event.get(key), str):
            event[key] = set_punctuation(sentence)
    return event


def trace_lines(error: BaseException) -> str:
    """Returns the places in the program where an error was raised, and its kind; the same of what caused it, before."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    places = traceback.extract_tb(error.__traceback__)
    lines = [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in places]
    own = "\n".join([*lines, f"  {type(error).__qualname__}"])
    return own if cause is None else f"{trace_lines(cause)}\n{own}"
