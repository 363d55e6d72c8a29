"""The options of ``pds-sim serve`` for its sessions, and for who may control them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from scenarios.cli.function_name import find_functions
from simulator.sessions.registry import IDLE_SECONDS, SESSIONS_MAX

_OPTIONS = (
    click.option(
        "--control-token",
        default="",
        envvar="PDS_SIM_CONTROL_TOKEN",
        metavar="TOKEN",
        help="What calls of the control service have to bring as 'authorization: Bearer TOKEN'. Better set"
        " PDS_SIM_CONTROL_TOKEN, because others see the command line.",
    ),
    click.option(
        "--sessions-max",
        default=SESSIONS_MAX,
        show_default=True,
        type=click.IntRange(1),
        help="How many sessions there may be.",
    ),
    click.option(
        "--session-idle",
        default=IDLE_SECONDS,
        show_default=True,
        type=click.FloatRange(0, min_open=True),
        metavar="SECONDS",
        help="After how long without a call a session ends; 'default' never does.",
    ),
    click.option(
        "--workers",
        "workers_count",
        default=0,
        metavar="N",
        type=click.IntRange(0, 64),
        help="Put the sessions with a port of their own into so many processes, to use all cores.",
    ),
    click.option(
        "--service",
        "services",
        multiple=True,
        callback=find_functions,
        metavar="MODULE:FUNCTION",
        help="Serve services of your own too: a function that gets the server and the world of a session; repeatable.",
    ),
)


def session_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a verb the options of sessions."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
