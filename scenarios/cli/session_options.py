"""The options of ``pds-sim serve`` for its sessions and their control."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from scenarios.cli.function_name import find_functions
from simulator.sessions.registry import IDLE_SECONDS, SESSIONS_MAX

_ENVVAR = "PDS_SIM_CONTROL_TOKEN"


def _require_token(_context: click.Context, _option: click.Parameter, token: str | None) -> str:
    """Refuse an empty token, such as that of an unset variable, because it would let everybody in."""
    if token == "" or (token is None and os.environ.get(_ENVVAR) == ""):
        raise click.BadParameter(f"it is empty; leave it and {_ENVVAR} out to let everybody in")
    return token or ""


def _require_number(_context: click.Context, _option: click.Parameter, seconds: float) -> float:
    if math.isnan(seconds):
        raise click.BadParameter("nan is no number of seconds")
    return seconds


_OPTIONS = (
    click.option(
        "--control-token",
        envvar=_ENVVAR,
        callback=_require_token,
        metavar="TOKEN",
        help="Calls of the control service need 'authorization: Bearer TOKEN'. Better set PDS_SIM_CONTROL_TOKEN: other"
        " users see the command line.",
    ),
    click.option(
        "--sessions-max",
        default=SESSIONS_MAX,
        show_default=True,
        type=click.IntRange(1),
        help="How many sessions there may be at once.",
    ),
    click.option(
        "--session-idle",
        default=IDLE_SECONDS,
        show_default=True,
        type=click.FloatRange(0, min_open=True),
        callback=_require_number,
        metavar="SECONDS",
        help="Sessions end after so long without a call; 'default' never does.",
    ),
    click.option(
        "--workers",
        "workers_count",
        default=0,
        metavar="N",
        type=click.IntRange(0, 64),
        help="Run sessions with a port of their own in so many processes, to use all cores.",
    ),
    click.option(
        "--snapshot",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Let the session 'default' go on from a snapshot, which has world, rules, seed and clock.",
    ),
    click.option(
        "--state",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Go on with the sessions in this file if it exists, and save them there every minute and at the end.",
    ),
    click.option(
        "--service",
        "services",
        multiple=True,
        callback=find_functions,
        metavar="MODULE:FUNCTION",
        help="Also serve your services: a function that takes the server and the world of a session; repeatable.",
    ),
)


def session_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a verb the options of sessions."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
