"""A rule is a value: it is written as JSON, read again as the same rule, compared and hashed."""

import json
import math
from dataclasses import dataclass
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import Constant, Exponential, LogNormal, Normal, Uniform
from fakes.faults.errors import InvalidRule
from fakes.faults.rule import Rule
from fakes.faults.selector import Selector
from simulator import faults
from simulator.faults import EFFECTS
from simulator.faults.error import Error

ONE_OF_EACH = (
    faults.error("ABORTED", "m", 2.5, [{"@type": "google.rpc.Help"}], {"a": "b"}, {"raw-bin": b"\x00\xff"}),
    faults.error(),
    faults.lose_response("DEADLINE_EXCEEDED"),
    faults.delay(5),
    faults.delay(Uniform(1, 2)),
    faults.hang(),
    faults.rate_limit(2, 3),
    faults.stale(30),
    faults.fail("FAILED_BACKUP_CREDENTIAL_SYNC", "m", 0.5),
    faults.stall(),
    faults.stall(Normal(5, 1), at=0.25),
    faults.stall(LogNormal(5, 1)),
    faults.stall(Exponential(5)),
    faults.slow(2.5),
    faults.restart_phase(0.75),
    faults.outage(30),
    faults.outage(),
    faults.lose_credentials(5.5),
    faults.delete_backup(),
    faults.gate(),
)
patterns = st.dictionaries(
    st.sampled_from(["phase", "cluster", "restore", "backup"]),
    st.lists(st.sampled_from(["a", "b*", "[cd]"]), min_size=1, max_size=2),
    min_size=1,
)
selectors = st.builds(
    Selector,
    patterns,
    st.dictionaries(st.sampled_from("xy"), st.just("z*")),
    st.lists(st.builds(Selector, patterns), max_size=2),
    st.none() | st.builds(Selector, patterns),
)
rules = st.builds(
    Rule,
    effect=st.sampled_from(ONE_OF_EACH),
    where=selectors,
    name=st.sampled_from(["", "own"]),
    after=st.integers(0, 2),
    times=st.none() | st.integers(1, 3),
    probability=st.sampled_from([0.5, 1.0]),
    between_seconds=st.sampled_from([None, (0, 5), (2.5, math.inf)]),
    at_seconds=st.none() | st.floats(0, 100),
)


@given(rule=rules)
def test_what_is_written_and_read_again_is_the_same_rule(rule):
    read = Rule.from_plain(json.loads(json.dumps(rule.to_plain(), allow_nan=False)), EFFECTS)

    assert read == rule
    assert hash(read) == hash(rule)


def test_every_effect_is_written():
    assert {effect.name for effect in ONE_OF_EACH} == {effect.name for effect in EFFECTS}


def test_a_rule_is_written_in_the_words_of_documents_without_what_is_so_by_default():
    rule = Rule(effect=faults.slow(2), where=Selector({"phase": ("PENDING",)}), times=1)

    assert rule.to_plain() == {"phase": ["PENDING"], "times": 1, "slow": 2}
    assert Rule(effect=faults.gate()).to_plain() == {"gate": {}}
    assert Rule(effect=faults.delay(Constant(3))).to_plain() == {"delay": 3}


def test_rules_are_members_of_sets():
    one, same, other = (Rule(effect=faults.slow(factor), where=Selector({"phase": "PENDING"})) for factor in (2, 2, 3))

    assert {one, same, other} == {one, other}


@pytest.mark.parametrize(
    ("plain", "key", "message"),
    [
        ("slow", "", "is 'slow'; expected a mapping"),
        ({"phase": "PENDING"}, "", "has no effect; expected exactly one of error,"),
        ({"slow": 2, "gate": {}}, "", "has slow and gate; expected exactly one of"),
        ({"slow": -1}, "factor", "is -1; expected a number above 0"),
        ({"slow": 2, "phse": "PENDING"}, "phse", "did you mean 'phase'?"),
        ({"slow": 2, "phase": 3}, "phase", "is 3; expected a pattern, or a list of them"),
        ({"slow": 2, "any_of": "x"}, "any_of", "is 'x'; expected a list of mappings"),
        ({"slow": 2, "unless": 5}, "", "is 5; expected a mapping"),
        ({"slow": 2, "between": 5}, "between", "is 5; expected two times"),
        ({"slow": 2, "times": "x"}, "times", "is 'x'; expected"),
        ({"fail": {"att": 1}}, "att", "'att' is nothing that fail takes; did you mean 'at'?"),
        ({"fail": "x"}, "", "is 'x'; expected a mapping of settings"),
        ({"rate_limit": {"burst": 1}}, "per_second", "is missing; rate_limit needs it"),
        ({"delay": {"unifrm": {}}}, "duration", "expected one of constant, uniform"),
        ({"delay": {"uniform": {"low": 1}}}, "duration", "expected low and high"),
        ({"delay": {"uniform": {"low": 2, "high": 1}}}, "duration", "is from 2 to 1 s; expected a high"),
        ({"error": {"details": "x"}}, "details", "is 'x'; expected a list of mappings"),
        ({"error": {"trailing_metadata": {"a-bin": "?"}}}, "trailing_metadata", "expected base64"),
    ],
)
def test_what_is_no_rule_is_refused_with_the_key_that_is_wrong(plain, key, message):
    with pytest.raises(InvalidRule) as caught:
        Rule.from_plain(plain, EFFECTS)

    assert caught.value.key == key
    assert message in caught.value.message


@dataclass(frozen=True)
class Mute:
    """An effect of somebody else that can't be written."""

    name: ClassVar[str] = "mute"

    def before(self, plan, firing):
        raise NotImplementedError


class Sunday:
    """A duration of somebody else."""

    def sample_seconds(self, generator):
        raise NotImplementedError


def test_an_effect_that_can_not_be_written_is_named():
    with pytest.raises(TypeError, match=r"^the effect 'mute' of the rule 'quiet' has no to_plain\(\)$"):
        Rule(effect=Mute(), name="quiet").to_plain()


def test_a_duration_that_can_not_be_written_is_named():
    with pytest.raises(TypeError, match=r"Sunday.* can't be written as plain data; expected one of constant, uniform"):
        Rule(effect=faults.stall(Sunday())).to_plain()


def test_errors_with_other_details_are_others():
    one, other = (Error(details=[{"@type": "google.rpc.Help", "links": [{"url": url}]}]) for url in "ab")

    assert one != other
    assert len({one, other, Error(details=list(one.details))}) == 2
