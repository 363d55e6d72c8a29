"""Trials: runs a client against one fault schedule, and judges it."""

from __future__ import annotations

import random
import weakref
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from fakes import World, default_world
from fakes.faults.rule import Rule
from scenarios.clients.client_run import ClientRun, Complaint
from scenarios.clients.commands import run_command
from scenarios.clients.functions import CheckFunction, find_check, run_function
from scenarios.clients.limits import Limits
from scenarios.clients.oracles import judge
from scenarios.exploration.coverage import Coverage
from scenarios.exploration.space import Schedule, Space, make_space
from scenarios.loading.setups import read_setup
from simulator.documents.reading import read_document
from simulator.documents.worlds import WorldDocument
from simulator.services.control.host import SessionSetup
from simulator.sessions.clock import ClockMode
from simulator.simulator import Simulator

if TYPE_CHECKING:
    from scenarios.clients.command_server import CommandServer


@dataclass(frozen=True)
class TrialSetting:
    """What all trials of an exploration have in common.

    Args:
        world: The world.
        clock: What moves the time.
        limits: What a run may take.
        speed: Virtual seconds in a second of a wall clock.
    """

    world: World = field(default_factory=default_world)
    clock: str = ClockMode.MANUAL.value
    limits: Limits = field(default_factory=Limits)
    speed: float = 1.0


class Client(Protocol):
    """A client under test."""

    def run(self, setting: TrialSetting, rules: Sequence[Rule], seed: int) -> ClientRun:
        """Run it once, against its own world with those rules."""
        ...


@dataclass(frozen=True)
class FunctionClient:
    """A client that is a function of this process.

    Args:
        check: Called with a simulator; raises what it complains of.
    """

    check: CheckFunction

    def run(self, setting: TrialSetting, rules: Sequence[Rule], seed: int) -> ClientRun:
        with Simulator(
            world=setting.world,
            clock=setting.clock,
            speed=setting.speed,
            rules=rules,
            seed=seed,
            strict=False,
            listen=False,
        ) as simulator:
            failure = run_function(self.check, simulator, setting.limits)
            return ClientRun.of_session(simulator.session, failure)


@dataclass(frozen=True)
class CommandClient:
    """A client that is a command, in any language; all runs share one server.

    Args:
        command: Run in a shell.
    """

    command: str

    def run(self, setting: TrialSetting, rules: Sequence[Rule], seed: int) -> ClientRun:
        setup = SessionSetup(setting.world, seed, setting.clock, setting.speed, tuple(rules), strict=False)
        session = setup.make()
        with self._server.serving(session) as environment:
            failure = run_command(self.command, session, environment, setting.limits)
        return ClientRun.of_session(session, failure)

    @cached_property
    def _server(self) -> CommandServer:
        """Started with the first run, and stopped with the process or when it is no longer used."""
        from scenarios.clients.command_server import CommandServer  # noqa: PLC0415  # it loads a web server

        stack = ExitStack()
        weakref.finalize(self, stack.close)
        return stack.enter_context(CommandServer(read_setup))


@dataclass(frozen=True)
class Trials:
    """Runs a client against fault schedules.

    Args:
        client: The client.
        setting: The setting of all runs.
        space: The possible schedules.
        oracles: Names of the oracles that judge.
        seed: The seed of the schedules and of their runs.
    """

    client: Client
    setting: TrialSetting
    space: Space
    oracles: Sequence[str]
    seed: int

    @classmethod
    def from_plain(cls, setup: Mapping[str, Any], client: Client | None = None) -> Trials:
        """Make the trials that plain JSON describes, so that they run the same in any process.

        Args:
            setup: ``{"client": {"check": "module:function"}, "world": {…}, "clock": "manual", "limits": {…},
                "space": {…}, "oracles": […], "seed": 0}``: the world as in a scenario, limits by the names of
                `scenarios.clients.limits.Limits`, the space by the arguments of
                `scenarios.exploration.space.make_space`.
            client: The client, if it can't be found by name.

        Raises:
            ValueError: it is invalid.
        """
        [(kind, named)] = setup["client"].items()
        world = read_document(WorldDocument, setup["world"]).to_world()
        return cls(
            client or CLIENTS[kind](named),
            TrialSetting(world, setup["clock"], Limits(**setup["limits"]), setup.get("speed", 1.0)),
            make_space(world=world, **setup["space"]),
            setup["oracles"],
            setup["seed"],
        )

    def narrowed(self, methods: Sequence[str] | None) -> Trials:
        """The same trials with rules for calls of those *methods* only; None means all."""
        return self if methods is None else replace(self, space=self.space.narrowed(methods))

    def schedule(self, number: int) -> tuple[Schedule, int]:
        """Return the schedule with a number, from 0, and the seed of its run: the same in every process."""
        generator = random.Random(f"{self.seed} {number}")
        return self.space.choose_schedule(generator.randrange), generator.randrange(SEEDS)

    def run(self, rules: Sequence[Rule], seed: int, coverage: Coverage | None = None) -> list[Complaint]:
        """Run the client once, and return the complaints of the oracles."""
        run = self.client.run(self.setting, rules, seed)
        if coverage is not None:
            coverage.add(run)
        return judge(run, self.oracles)


SEEDS = 1_000_000
"""Seeds of runs are below this, so that they are easy to type."""

CLIENTS: Mapping[str, Callable[[str], Client]] = {
    "check": lambda name: FunctionClient(find_check(name)),
    "command": CommandClient,
}
"""Makes clients, by the key of their names."""
