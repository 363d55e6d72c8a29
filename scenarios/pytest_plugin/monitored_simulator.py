"""Watches over the simulator of a test: its trouble is the test's."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from fakes.printable import printable
from scenarios.pytest_plugin.marker_options import MarkerOptions, Start, make_simulator, marker_options_of

if TYPE_CHECKING:
    from simulator.remote import RemoteSimulator
    from simulator.simulator import Simulator


class MonitoredSimulator:
    """Knows the trouble in a simulator, and what of it has been told already.

    Args:
        simulator: A simulator that runs.
    """

    def __init__(self, simulator: Simulator | RemoteSimulator) -> None:
        self.simulator = simulator
        self.started_at = simulator.now
        self._errors_told_count = 0
        self._rules_told = False

    def trouble(self, *, rules: bool = True) -> list[str]:
        """Tell what is wrong and was not told before: errors in the simulator, and *rules* that never took effect."""
        errors = self.simulator.errors[self._errors_told_count :]
        self._errors_told_count += len(errors)
        told = [printable("".join(traceback.format_exception(error)).rstrip(), keep="\n") for error in errors]
        if rules and self.simulator.strict and not self._rules_told:
            self._rules_told = True
            told += self.simulator.rule_complaints()
        return told

    def require_no_trouble(self, *, rules: bool = True) -> None:
        """Fail the test where a strict simulator has trouble that was not told before."""
        if self.simulator.strict and (trouble := self.trouble(rules=rules)):
            pytest.fail("\n".join(trouble), pytrace=False)


@contextmanager
def monitored_simulator(item: pytest.Item, parameters: MarkerOptions, start: Start) -> Iterator[MonitoredSimulator]:
    """Run the simulator that a test asks for; what goes wrong after the test, in other fixtures, fails it as well."""
    simulator = make_simulator(item, marker_options_of(item, parameters), start)
    monitored = MonitoredSimulator(simulator)
    try:
        yield monitored
    finally:
        simulator.close()
    monitored.require_no_trouble(rules=False)
