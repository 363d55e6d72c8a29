"""`explore`: runs a client against many random fault schedules, and returns the smallest that break it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from types import NoneType
from typing import Any

from fakes import World
from fakes.values import is_finite
from scenarios.clients.functions import CheckFunction, NoSuchFunction, find_function, require_check
from scenarios.clients.limits import Limits
from scenarios.clients.oracles import choose_oracles
from scenarios.exploration.corpus import read_corpus, write_findings
from scenarios.exploration.explorer import Budget, Explorer, Progress
from scenarios.exploration.findings import Exploration
from scenarios.exploration.pools import InProcess, Pool, Processes
from scenarios.exploration.search import perform
from scenarios.exploration.space import require_lists
from scenarios.exploration.trials import FunctionClient, Trials
from scenarios.reports.files import check_folder
from simulator.api import METHODS
from simulator.documents.plain import plain_world
from simulator.sessions.clock import ClockMode, make_clock

PoolMaker = Callable[[Mapping[str, Any]], AbstractContextManager[Pool]]
"""Makes a pool for the tasks of the trials that a setup describes (`Trials.from_plain`)."""


def _ignore(_progress: Progress) -> None:
    """Ignore the progress."""


def explore(  # noqa: PLR0913  # all but the client by name, and none is needed
    check: CheckFunction | str | None = None,
    *,
    command: str | None = None,
    examples: int = 1000,
    time_seconds: float | None = None,
    seed: int = 0,
    world: World | Mapping[str, Any] | None = None,
    methods: Collection[str] | None = None,
    phases: Collection[str] | None = None,
    effects: Collection[str] | None = None,
    max_rules: int = 3,
    clock: ClockMode | str | None = None,
    speed: float = 1.0,
    oracles: Collection[str] | None = None,
    limits: Limits | None = None,
    corpus: str | Path | None = None,
    scenarios_to: str | Path | None = None,
    jobs: int | None = None,
    pool: PoolMaker | None = None,
    watcher: Callable[[Progress], None] = _ignore,
) -> Exploration:
    """Run a client against random fault schedules, and find for each way in which it breaks the smallest schedule.

    The same seed finds the same in every pool. Ctrl-C ends it with what was found so far.

    Args:
        check: A function, or ``"module:function"``, that is called with a `simulator.simulator.Simulator` for each
            schedule, and raises what is wrong with what its client did.
        command: Instead, a command in any language that is run for each schedule.
        examples: How many random schedules are run, at most.
        time_seconds: For how long it searches, in real time; findings are made smaller after that. None means without
            limit.
        seed: Which schedules.
        world: What there is in each run, also as the ``world`` of a scenario; without one, the default world.
        methods: Whose calls go wrong; without any, those that the client turns out to call.
        phases: In which restores meet a fault; without any, all that are not final.
        effects: What goes wrong, by name; without any, every effect that is registered.
        max_rules: How many rules a schedule has at most.
        clock: What moves the time: ``"manual"``, ``"on_poll"`` or ``"wall"``; without one, ``"manual"`` for a function,
            which can move it itself, and ``"on_poll"`` for a command.
        speed: Virtual seconds in a second of a wall clock.
        oracles: Names of the oracles that judge; without any, all.
        limits: What a run may take.
        corpus: A folder of earlier findings, which are run first; new ones are added to it.
        scenarios_to: A folder to which findings are written; it is made, unless there are none.
        jobs: In how many processes; without it, in this, which a client may end.
        pool: Instead, where: ``functools.partial(DaskPool, "tcp://10.0.0.7:8786")``.
        watcher: Is told how far it has come.

    Raises:
        TypeError: an argument is of another type, such as text where a list is expected.
        ValueError: an argument is invalid; ``NoSuchFunction`` and ``NoCheck`` are subclasses.
        scenarios.loading.errors.ScenarioError: the scenario, or one of the corpus, is wrong.

    Example:
        >>> def check(sim):
        ...     assert sim.uid("orders-backup").startswith("bkp:")
        >>> explore(check, examples=10).findings
        []
    """
    if (check is None) == (command is None):
        raise ValueError("expected either check or command")
    _require_whole_numbers(seed=(seed, None), examples=(examples, 1), jobs=(1 if jobs is None else jobs, 1))
    if time_seconds is not None and (not is_finite(time_seconds) or time_seconds < 0):
        raise ValueError(f"time_seconds is {time_seconds!r}; expected a number of seconds from 0, or None")
    require_lists(methods=methods, phases=phases, effects=effects, oracles=oracles)
    _require_types(world=world, limits=limits, pool=pool, watcher=watcher, corpus=corpus, scenarios_to=scenarios_to)
    budget = Budget(examples, time_seconds, shrink_runs=500 if command is None else 60)
    space = {
        "methods": _listed(methods) or [*METHODS],
        "phases": _listed(phases),
        "effects": _listed(effects),
        "max_rules": max_rules,
    }
    client = _named_client(check, command)
    setup: Mapping[str, Any] = {
        "client": client,
        "world": plain_world(world) if isinstance(world, World) else world or {},
        "clock": make_clock(
            clock or (ClockMode.MANUAL if command is None else ClockMode.ON_POLL), speed=speed
        ).mode.value,
        "speed": speed,
        "limits": asdict(limits or Limits()),
        "space": space,
        "oracles": [*choose_oracles(only=oracles or ())],
        "seed": seed,
    }
    folders = {key: Path(folder) for key, folder in (("to", scenarios_to), ("corpus", corpus)) if folder is not None}
    new_folders = [folder for folder in folders.values() if not folder.exists()]
    for folder in folders.values():
        check_folder(folder)
    if jobs is not None and pool is None:
        pool = partial(Processes, jobs)
    if callable(check):
        require_check(check, client["check"])
    if callable(check) and (pool is not None or folders):
        _require_name(check, client["check"])
    trials = Trials.from_plain(setup, FunctionClient(check) if callable(check) else None)
    earlier = read_corpus(folders["corpus"]) if "corpus" in folders else []
    with nullcontext(InProcess(partial(perform, trials))) if pool is None else pool(setup) as performing:
        explorer = Explorer(performing, trials.space, budget, _listed(methods), earlier, watcher)
        exploration = explorer.explore()
    for folder in folders.values():
        exploration = replace(exploration, findings=write_findings(folder, exploration.findings, setup))
    if not exploration.findings:
        for folder in new_folders:
            folder.rmdir()
    return exploration


_FOLDER = ((str, Path, NoneType), "a folder")
_TYPES: Mapping[str, tuple[tuple[type, ...], str]] = {
    "world": ((World, Mapping, NoneType), "a World, or a mapping as in scenarios"),
    "limits": ((Limits, NoneType), "Limits"),
    "pool": ((Callable, NoneType), "a function that makes a pool"),  # type: ignore[dict-item]  # a class to isinstance
    "watcher": ((Callable,), "a function that is called with the progress"),  # type: ignore[dict-item]
    "corpus": _FOLDER,
    "scenarios_to": _FOLDER,
}
"""What arguments may be, and how that is told."""


def _require_types(**arguments: object) -> None:
    for name, value in arguments.items():
        types, expected = _TYPES[name]
        if not isinstance(value, types):
            raise TypeError(f"{name} is {value!r}; expected {expected}")
        if value == "":
            raise ValueError(f"{name} is ''; expected {expected}")


def _require_whole_numbers(**arguments: tuple[object, int | None]) -> None:
    """Check each argument, which comes with the least that it may be."""
    for name, (value, least) in arguments.items():
        if isinstance(value, bool) or not isinstance(value, int) or (least is not None and value < least):
            raise ValueError(
                f"{name} is {value!r}; expected a whole number" + ("" if least is None else f" from {least}")
            )


def _named_client(check: CheckFunction | str | None, command: str | None) -> Mapping[str, str]:
    if command is not None and not command.strip():
        raise ValueError("the command is empty; expected one that runs the client")
    if command is not None:
        return {"command": command}
    if callable(check):
        return {"check": f"{check.__module__}:{getattr(check, '__qualname__', type(check).__name__)}"}
    return {"check": str(check)}


def _require_name(check: CheckFunction, name: str) -> None:
    """Check that a function can be found by its name.

    Raises:
        NoSuchFunction: it can't.
    """
    if find_function(name) is not check:
        raise NoSuchFunction(f"{name!r} names another function; expected one that can be imported, to write scenarios")


def _listed(names: Collection[str] | None) -> list[str] | None:
    return None if names is None else [*names]
