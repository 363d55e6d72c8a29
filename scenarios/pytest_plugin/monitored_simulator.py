"""Monitors the simulator of a test: trouble in it fails the test."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from fakes.faults.rule import Rule
from fakes.printable import printable
from pds_simulator_pytest import MARKER
from scenarios.pytest_plugin.marker_options import (
    MarkerOptions,
    Start,
    make_simulator,
    marker_options_of,
    refusal,
)

if TYPE_CHECKING:
    from simulator.remote import RemoteSimulator
    from simulator.simulator import Simulator


class MonitoredSimulator:
    """Collects the trouble in a simulator that was not reported before.

    Args:
        simulator: A running simulator.
    """

    def __init__(self, simulator: Simulator | RemoteSimulator) -> None:
        self.simulator = simulator
        self.is_strict = simulator.strict
        self.started_at = simulator.now
        self._errors_told_count = 0
        self._rules_told = False

    def trouble(self, *, rules: bool = True) -> list[str]:
        """Return unreported trouble: errors in the simulator, and *rules* that never took effect."""
        errors = self.simulator.errors[self._errors_told_count :]
        self._errors_told_count += len(errors)
        told = [printable("".join(traceback.format_exception(error)).rstrip(), keep="\n") for error in errors]
        if rules and self.is_strict and not self._rules_told:
            self._rules_told = True
            told += self.rule_complaints()
        return told

    def rule_complaints(self) -> list[str]:
        """Report rules that never took effect, and rules that hold restores."""
        return self.simulator.rule_complaints()

    def require_no_trouble(self, *, rules: bool = True) -> None:
        """Fail the test if a strict simulator has unreported trouble."""
        if self.is_strict and (trouble := self.trouble(rules=rules)):
            pytest.fail("\n".join(trouble), pytrace=False)


class SharedSimulator(MonitoredSimulator):
    """A simulator that several tests use in turn: each finds it freshly started, and is responsible for its own rules.

    The rules that it starts with have all tests to take effect in.

    Args:
        simulator: A running simulator.
        node: The module or session whose tests use it.
        options: The options from its markers.
    """

    def __init__(self, simulator: Simulator | RemoteSimulator, node: pytest.Collector, options: MarkerOptions) -> None:
        super().__init__(simulator)
        self.node = node
        self._clock = options.get("clock", "manual")
        self._speed = options.get("speed")
        self._of_start = [rule.name for rule in simulator.rules]
        self._is_new = True

    def begin_test(self, *, is_strict: bool) -> None:
        """Reset it, unless it has not been used yet."""
        if not self._is_new:
            for rule in self.simulator.rules:
                if rule.name not in self._of_start:
                    self.simulator.remove_rule(rule)  # type: ignore[arg-type]  # of the same simulator
            self.simulator.change_clock(mode=self._clock, speed=self._speed)
            self.simulator.reset()
        self._is_new = self._rules_told = False
        self.is_strict = is_strict
        self.started_at = self.simulator.now

    def rule_complaints(self) -> list[str]:
        of_start = tuple(f"the rule {name!r} never fired" for name in self._of_start)
        unfired = [told for told in self.simulator.unfired_rules() if not told.startswith(of_start)]
        return [*unfired, *self.simulator.held_restores()]


@contextmanager
def shared_simulator(node: pytest.Collector, parameters: MarkerOptions, start: Start) -> Iterator[SharedSimulator]:
    """Run a simulator for all tests of a module or session; rules of its start that never took effect end in an error.

    Args:
        node: The module or session, whose markers have the options.
        parameters: The parameters of the fixture.
        start: Starts it.
    """
    options = marker_options_of(node, parameters)
    if options.get("virtual_time"):
        raise refusal(node, "virtual_time is for the simulator of one test; use pds_simulator")
    simulator = make_simulator(node, options, start)
    monitored = SharedSimulator(simulator, node, options)
    try:
        yield monitored
        if simulator.strict and (unfired := simulator.unfired_rules()):
            pytest.fail("\n".join(unfired), pytrace=False)
    finally:
        simulator.close()


def strictness(item: pytest.Item, shared: SharedSimulator) -> bool:
    """Whether a test that shares a simulator is strict; the test alone can't set anything else.

    A marker with other options fails the test.
    """
    for node, marker in item.iter_markers_with_node(MARKER):
        wrong = [key for key in marker.kwargs if key != "strict"]
        if wrong and node not in shared.node.listchain():
            shares = f"the test shares its simulator with all of the {type(shared.node).__name__.lower()}"
            raise refusal(item, f"{wrong[0]} is for a simulator of its own, but {shares}")
    return bool(marker_options_of(item).get("strict", shared.simulator.strict))


@contextmanager
def monitored_simulator(item: pytest.Item, parameters: MarkerOptions, start: Start) -> Iterator[MonitoredSimulator]:
    """Run the simulator of a test; trouble after the test, in other fixtures, fails it as well."""
    simulator = make_simulator(item, marker_options_of(item, parameters), start)
    monitored = MonitoredSimulator(simulator)
    try:
        yield monitored
    finally:
        simulator.close()
    monitored.require_no_trouble(rules=False)


@contextmanager
def simulator_within(
    item: pytest.Item, rules: Iterable[Rule], parameters: MarkerOptions, start: Start
) -> Iterator[MonitoredSimulator]:
    """Run a simulator within a test, with rules behind those of the markers; an error in it fails the test."""
    options = {"strict": False, **marker_options_of(item, parameters)}
    if options.get("virtual_time"):
        raise refusal(item, "virtual_time is for the simulator of a whole test; use sim.run or sim.virtual_sleep()")
    options["faults"] = [*options.get("faults", ()), *rules]
    simulator = make_simulator(item, options, start)
    monitored = MonitoredSimulator(simulator)
    try:
        yield monitored
        if trouble := monitored.trouble(rules=simulator.strict):
            pytest.fail("\n".join(trouble), pytrace=False)
    finally:
        simulator.close()
