"""Another effect is one class: with its settings it can be written in YAML, in Python and as plain data."""

from dataclasses import dataclass
from typing import ClassVar

import pytest

from fakes.faults.rule import Rule
from fakes.faults.settings import PlainEffect, Seconds, setting
from fakes.lifecycle.work import Pause, RecordFault
from scenarios.loading.yaml_source import parse_source
from simulator import faults
from simulator.documents.reading import read_document
from simulator.documents.rules import rule_document


@dataclass(frozen=True, slots=True)
class Hiccup(PlainEffect):
    """Stop for a moment at both ends of the phase."""

    name: ClassVar[str] = "hiccup"

    duration_seconds: float = setting(Seconds(), "For how long, at each end.", key="duration", default=1.0)

    def before(self, plan, firing):
        pause = Pause(round(self.duration_seconds * 1_000_000))
        plan.insert(0, RecordFault(firing.rule, self.name), pause)
        plan.insert(1, pause)


EFFECTS = (*faults.EFFECTS, Hiccup)


def from_yaml():
    source = parse_source("{phase: PENDING, hiccup: {duration: 2s}}", "rule.yaml")
    return read_document(rule_document(EFFECTS), source.data).to_rule()


def from_python():
    return faults.rule(Hiccup(2), phase="PENDING")


def from_plain_data():
    return Rule.from_plain({"phase": "PENDING", "hiccup": {"duration": 2}}, EFFECTS)


@pytest.mark.parametrize("make", [from_yaml, from_python, from_plain_data])
def test_it_happens_however_it_is_written(sim, stub, create_request, make):
    sim.inject(make())
    restore = stub.CreateRestore(create_request())

    sim.advance_until(restore, "RESTORING_CLOUDSNAP")

    assert [event.at_microseconds % 60_000_000 for event in sim.timeline.transitions()] == [
        0,
        1e6,
        1e6 + 2e6 + 2e6 + 2e6,
    ]
    assert [event.effect for event in sim.timeline.faults()] == ["hiccup"]


def test_all_ways_make_the_same_rule():
    assert len({from_yaml(), from_python(), from_plain_data()}) == 1
    assert from_python().to_plain() == {"phase": ["PENDING"], "hiccup": {"duration": 2}}


def test_what_is_wrong_with_it_is_told_with_its_place():
    with pytest.raises(ValueError, match=r"hiccup\.duration: is 0; expected a duration above 0"):
        read_document(rule_document(EFFECTS), {"phase": "PENDING", "hiccup": {"duration": 0}})
