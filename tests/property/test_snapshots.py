"""Cut anywhere, under any rules, on any clock: what comes after a snapshot is what would have come without it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from scenarios.exploration import rule_sets
from tests.property.simulator_histories import VERBS, History

HISTORIES = int(os.environ.get("SNAPSHOT_HISTORIES", "100"))
"""How many histories are cut; 2,000 in the long run."""
WAITING_EFFECTS = ("hang", "delay", "lose_response")
"""On the wall clock, calls that they hold up would wait in real time."""
EFFECTS_OF_WALL = (
    "error",
    "rate_limit",
    "stale",
    "fail",
    "stall",
    "slow",
    "restart_phase",
    "outage",
    "lose_credentials",
)
SCRIPT = Path(__file__).with_name("simulator_histories.py")
ROOT = SCRIPT.parents[2]

any_rules = rule_sets(max_rules=4)
rules_of_wall = rule_sets(max_rules=4, effects=(*EFFECTS_OF_WALL, "delete_backup", "gate"))


chances = st.sampled_from([{}, {}, {"probability": 0.5}])
pytestmark = pytest.mark.timeout(60 + HISTORIES)


@st.composite
def histories(draw):
    clock = draw(st.sampled_from(["manual", "manual", "on_poll", "wall"]))
    rules = rules_of_wall if clock == "wall" else any_rules
    actions = draw(st.lists(st.tuples(st.sampled_from(VERBS), st.integers(0, 20)), min_size=8, max_size=24))
    return History(
        seed=draw(st.sampled_from([0, 7, 2**70])),
        clock=clock,
        history_max=draw(st.sampled_from([None, None, 5])),
        rules=[rule.to_plain() | draw(chances) for rule in draw(rules)],
        injected=[rule.to_plain() | draw(chances) for rule in draw(rules)],
        actions=actions,
    )


cut_places = st.lists(st.integers(1, 7), min_size=3, max_size=3, unique=True)
moderately = settings(
    max_examples=HISTORIES,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking would take minutes
)


def rest_of(outcome, answer_count):
    return {**outcome, "answers": outcome["answers"][answer_count:]}


@moderately
@given(histories(), cut_places)
def test_what_comes_after_a_snapshot_is_what_would_have_come_without_it(history, eighths):
    cuts = [len(history.actions) * eighth // 8 for eighth in eighths]
    uncut, snapshots = history.run(cuts)
    assert len(snapshots) == len(set(cuts))
    for rest, answer_count in snapshots:
        assert rest.run()[0] == rest_of(uncut, answer_count)


PYTHONS = [sys.executable, *filter(None, os.environ.get("SNAPSHOT_PYTHONS", "").split(os.pathsep))]
"""The interpreters in which snapshots go on: this one with other hash seeds, and those of other versions."""


@pytest.mark.parametrize("python", PYTHONS)
def test_a_snapshot_goes_on_in_another_process_as_it_would_have_here(python):
    rests, expected = [], []

    @settings(moderately, max_examples=max(HISTORIES // 5, 1), database=None)
    @given(histories(), cut_places)
    def gather(history, eighths):
        uncut, snapshots = history.run([len(history.actions) * eighth // 8 for eighth in eighths])
        rests.extend(json.dumps(vars(rest)) for rest, _ in snapshots)
        expected.extend(json.loads(json.dumps(rest_of(uncut, count))) for _, count in snapshots)

    gather()
    for hash_seed, start in (("1", 0), ("4242", 1)):
        ended = subprocess.run(  # noqa: S603  # our own script
            [python, str(SCRIPT)],
            input="\n".join(rests[start::2]),
            env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr
        for line, wanted in zip(ended.stdout.splitlines(), expected[start::2], strict=True):
            assert json.loads(line) == wanted
