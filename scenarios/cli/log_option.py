"""The log of ``pds-sim serve`` on stderr: as text, or as one JSON object a line."""

from __future__ import annotations

import json
import logging
import select
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import wraps
from typing import Any

import click

from fakes.printable import printable

_KNOWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "event", "taskName"}
"""The attributes of all records; others are fields of an event, such as its session."""


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        told = f"{record.levelname.lower()}: {printable(record.getMessage())}"
        if record.exc_info:
            told += "\n" + printable(self.formatException(record.exc_info), keep="\n")
        return told


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        about = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="microseconds"),
            "level": record.levelname.lower(),
            "event": getattr(record, "event", "log"),
            "message": record.getMessage(),
            "logger": record.name,
        }
        about |= {name: value for name, value in vars(record).items() if name not in _KNOWN}
        if record.exc_info:
            about["exception"] = self.formatException(record.exc_info)
        return json.dumps(about, default=str)


class _Stderr(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        try:
            if _takes_a_line():
                click.echo(self.format(record), err=True)
        except OSError:
            return  # its reader has gone


def _takes_a_line() -> bool:
    """Whether stderr can take a line at once; writing to a pipe that nobody reads would block for ever."""
    try:
        return bool(select.select([], [sys.stderr], [], 0)[1])
    except (OSError, ValueError):  # it is not a file, or the system does not support this
        return True


_FORMS: Mapping[str, tuple[int, logging.Formatter]] = {
    "text": (logging.WARNING, _Text()),
    "json": (logging.INFO, _Json()),
}
"""The level from which records are logged, and their format; in text mode, stdout shows the rest."""


def log_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a verb the option that says how it logs, and let it log so while it runs."""

    @click.option(
        "--log",
        "log_form",
        type=click.Choice([*_FORMS]),
        default="text",
        show_default=True,
        help="How to log on stderr: warnings as text, or everything that happens to the server as JSON lines.",
    )
    @wraps(command)
    def run(*, log_form: str, **others: Any) -> Any:
        with _logging(log_form):
            return command(log_form=log_form, **others)

    return run


@contextmanager
def _logging(form: str) -> Iterator[None]:
    root, handler = logging.getLogger(), _Stderr()
    level, formatter = _FORMS[form]
    handler.setFormatter(formatter)
    before = root.level
    root.addHandler(handler)
    root.setLevel(level)
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
