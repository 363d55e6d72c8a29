"""Lanes only say who acts when: beside idle lanes a client sees what it sees alone, and every run is like the first."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes import Phase
from scenarios.loading.loader import load_scenario
from scenarios.running.runner import ScenarioRun

NAMES = ["one", "two", "three"]
DURATIONS = {"PENDING": {"exponential": {"mean": "5s"}}, "INITIALIZING": {"uniform": {"low": "0s", "high": "3s"}}}

advances = st.builds(lambda seconds: {"advance": seconds}, st.integers(0, 90) | st.floats(0, 30, width=16))
polls = st.sampled_from([{"list": {}}, {"matrix": {}}])
clocks = st.sampled_from(["manual", "on_poll"])
idle_lanes = st.lists(advances, min_size=1, max_size=4)


def create(name):
    place = {"backup": "orders-backup", "namespace": "shop-staging", "project": "shop"}
    return {"create": {"name": name, **place}}


@st.composite
def actions(draw, names=("one",)):
    """What a client does with restores that it creates first; some of it may go wrong, as time goes on."""
    about = st.sampled_from(names)
    gets = st.builds(lambda name: {"get": {"restore": name}}, about)
    waits = st.builds(
        lambda name, phase, limit: {"advance_until": {"restore": name, "phase": phase.name, "limit": limit}},
        about,
        st.sampled_from(Phase),
        st.integers(0, 300),
    )
    return [*map(create, names), *draw(st.lists(advances | polls | gets | waits, max_size=6))]


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    """Runs steps and tells the timeline, and of each step but ``beside`` when it was done and what came of it."""
    file = tmp_path_factory.mktemp("lanes") / "scenario.yaml"

    def run(steps, *, clock, world_durations=DURATIONS):
        document = {"version": 1, "clock": clock, "world": {"durations": world_durations}, "steps": steps}
        file.write_text(json.dumps(document), encoding="utf-8")
        with ScenarioRun(load_scenario(file), lenient=True) as current:
            results = list(current.steps())
            timeline = current.simulator.timeline.to_json_lines()
            assert [event for result in results for event in result.events] == list(current.simulator.timeline)
        told = [
            (result.at_seconds, result.summary.removeprefix("client: "), result.complaints)
            for result in results
            if not result.summary.startswith("beside ")
        ]
        return timeline, told

    return run


def lane(name, steps):
    return {"name": name, "steps": steps}


@settings(max_examples=40)
@given(actions(("one", "two")), st.lists(idle_lanes, min_size=1, max_size=2), st.booleans(), clocks)
def test_a_client_beside_idle_lanes_sees_what_it_sees_alone(outcome, steps, idle, is_first, clock):
    beside = [lane(f"beside {number}", advances) for number, advances in enumerate(idle)]
    lanes = [lane("client", steps), *beside] if is_first else [*beside, lane("client", steps)]
    rest = {"advance": "1h"}

    alone_timeline, alone = outcome([*steps, rest], clock=clock)
    timeline, told = outcome([{"parallel": lanes}, rest], clock=clock)

    assert timeline == alone_timeline
    assert told[:-1] == alone[:-1]


@settings(max_examples=30)
@given(st.lists(idle_lanes, min_size=2, max_size=3))
def test_lanes_together_take_as_long_as_the_longest(outcome, lanes):
    _, told = outcome(
        [{"parallel": [lane(f"client {number}", steps) for number, steps in enumerate(lanes)]}], clock="manual"
    )

    longest_seconds = max(sum(round(step["advance"] * 1e6) for step in steps) for steps in lanes) / 1e6
    assert told[-1][0] == longest_seconds
    assert [at_seconds for at_seconds, _, _ in told] == sorted(at_seconds for at_seconds, _, _ in told)


@st.composite
def lanes_of_clients(draw):
    """Lanes, each with a restore of its own; some with lanes inside or done twice."""
    lanes = []
    for name in NAMES[: draw(st.integers(2, 3))]:
        steps = draw(actions((name,)))
        if draw(st.booleans()):
            steps.append(
                {"parallel": [lane("idle", draw(idle_lanes)), lane("inner", [{"list": {}}, *draw(idle_lanes)])]}
            )
        if draw(st.booleans()):
            steps = [steps[0], {"repeat": {"times": 2, "steps": [*steps[1:], {"matrix": {}}]}}]
        lanes.append(lane(name, steps))
    return lanes


@settings(max_examples=30)
@given(lanes_of_clients(), clocks)
def test_every_run_is_like_the_first(outcome, lanes, clock):
    steps = [{"parallel": lanes}]

    assert outcome(steps, clock=clock) == outcome(steps, clock=clock)
