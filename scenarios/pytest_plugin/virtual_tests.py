"""Tests that wait in virtual time themselves: ``@pytest.mark.pds_simulator(virtual_time=True)``."""

from __future__ import annotations

import asyncio
import functools
import inspect
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from scenarios.pytest_plugin.marker_options import marker_options_of, refusal
from simulator.simulator import Simulator
from simulator.virtual_time.event_loop import VirtualEventLoop
from simulator.virtual_time.report import LIMIT_SECONDS, Deadlock

if TYPE_CHECKING:
    from simulator.remote import RemoteSimulator

_NOT_ITS_OWN = (
    "this is the world of the fixture pds_simulator, by which virtual_time=True of the mark lets the test wait, but"
    " which the test does not use; for a Simulator() of its own, leave out the mark, and wait in"
    " 'with sim.virtual_sleep():' or by sim.run(main)"
)

Test = Callable[..., Coroutine[Any, Any, None]]


def limit_of(item: pytest.Item) -> float | timedelta:
    """How long a test may wait in virtual time, in seconds."""
    limit: float | timedelta = marker_options_of(item).get("limit", LIMIT_SECONDS)
    return limit


def in_virtual_time(item: pytest.Function, simulator: Simulator | RemoteSimulator) -> AbstractContextManager[None]:
    """Let the threads of a test and of its fixtures wait in virtual time, unless it is a coroutine function."""
    assert isinstance(simulator, Simulator)
    return nullcontext() if inspect.iscoroutinefunction(item.obj) else simulator.virtual_sleep(limit=limit_of(item))


@contextmanager
def waiting_in_virtual_time(item: pytest.Function, simulator: Simulator | RemoteSimulator) -> Iterator[None]:
    """Let a test that is a coroutine function run in an event loop of its simulator, and in no other."""
    assert isinstance(simulator, Simulator)
    test = item.obj
    if inspect.iscoroutinefunction(test):
        item.obj = _requiring_loop(item, test, simulator)
    try:
        yield
    except Deadlock as error:
        if "pds_simulator" not in item._fixtureinfo.names_closure:  # noqa: SLF001  # `fixturenames` has what we added
            error.add_note(_NOT_ITS_OWN)
        raise
    finally:
        item.obj = test


def run_where_nobody_does(item: pytest.Function, simulator: Simulator | RemoteSimulator) -> None:
    """Make a coroutine test an ordinary function, if no plugin has done so."""
    assert isinstance(simulator, Simulator)
    test = item.obj
    if inspect.iscoroutinefunction(test) and "anyio_backend" not in item.funcargs:
        item.obj = functools.wraps(test)(
            lambda **fixtures: simulator.run(lambda: test(**fixtures), limit=limit_of(item))
        )


def _requiring_loop(item: pytest.Item, test: Test, simulator: Simulator) -> Test:
    @functools.wraps(test)
    async def checked(**fixtures: Any) -> None:
        loop = asyncio._get_running_loop()  # noqa: SLF001  # documented; the other one raises
        if loop is None:
            raise refusal(
                item,
                "virtual_time=True, but the test does not run in an event loop of asyncio; for trio leave it out, and"
                " let a fixture anyio_backend return ('trio', {'clock': TrioClock(pds_simulator)}), with"
                " 'from simulator.virtual_time.trio_clock import TrioClock'",
            )
        if not isinstance(loop, VirtualEventLoop) or loop.session is not simulator.session:
            raise refusal(
                item,
                f"virtual_time=True, but the test runs in another event loop ({type(loop).__name__}); expected"
                " pytest-asyncio 1.4 or later with loop_scope='function', or a fixture anyio_backend that returns"
                " ('asyncio', {'loop_factory': pds_simulator.event_loop})",
            )
        await test(**fixtures)

    return checked
