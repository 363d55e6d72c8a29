"""Whatever rules come and go: what is promised about restores holds, nothing raises, all is repeatable."""

import itertools
from collections import Counter
from typing import NamedTuple

from hypothesis import Phase as Stage
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes import Constant, ErrorCode, LogNormal, Phase, Uniform
from fakes.faults.effects.delete_backup import DeleteBackup
from fakes.faults.effects.fail import Fail
from fakes.faults.effects.gate import HoldAtGate
from fakes.faults.effects.lose_credentials import LoseCredentials
from fakes.faults.effects.outage import Outage
from fakes.faults.effects.restart_phase import RestartPhase
from fakes.faults.effects.slow import Slow
from fakes.faults.effects.stall import Stall
from fakes.faults.report import held_restores, why_unfired
from fakes.faults.rule import Rule
from fakes.faults.selector import Selector

NAMES = ("orders", "copy", "other", "spare", "fifth", "sixth")
BACKUPS = ("nightly", "weekly", "monthly")
NAMESPACES = ("east-prod", "east-test", "west-prod")
LIVE_PHASES = tuple(phase.name for phase in Phase if not phase.is_final)


places = st.sampled_from([0, 0.1, 1 / 3, 0.5, 0.999, 1]) | st.floats(0, 1)
drawn = st.sampled_from([Constant(0), Constant(20), Uniform(0, 50), LogNormal(10, 2)])
lasting = st.none() | st.floats(0.001, 200)
phase_effects = st.one_of(
    st.builds(Fail, st.sampled_from([code.name for code in ErrorCode]), at=places),
    st.builds(Stall, st.none() | drawn, places),
    st.builds(Slow, st.sampled_from([1e-6, 0.5, 2.0, 1000.0])),
    st.builds(RestartPhase, places),
    st.just(HoldAtGate()),
)
world_effects = st.one_of(st.builds(Outage, lasting), st.builds(LoseCredentials, lasting), st.just(DeleteBackup()))
TARGETS = {
    "cluster": ("east", "west", "*"),
    "backup_location": ("vault", "cellar", "*"),
    "backup": ("nightly", "w*", "*"),
}


@st.composite
def wheres(draw, *, deep=True):
    patterns = {}
    for key, known in {
        "phase": (*LIVE_PHASES, "RESTORING_*"),
        "cluster": ("east", "west"),
        "restore": ("orders", "*o*", "rst:*"),
        "backup": BACKUPS,
    }.items():
        if draw(st.integers(0, 2)) == 0:
            patterns[key] = tuple(draw(st.lists(st.sampled_from(known), min_size=1, max_size=2)))
    if not deep:
        return Selector(patterns or {"restore": ("*o*",)})  # a part of a combination has to ask for something
    return Selector(
        patterns,
        draw(st.sampled_from([{}, {}, {}, {"team": "pay*"}])),
        tuple(draw(st.lists(wheres(deep=False), max_size=2))),
        draw(st.none() | wheres(deep=False)),
    )


when = {
    "after": st.integers(0, 2),
    "times": st.none() | st.integers(1, 3),
    "probability": st.sampled_from([0.3, 1.0]),
    "between_seconds": st.sampled_from([None, None, (5, 50), (0, 1e9)]),
}


@st.composite
def world_rules(draw):
    """A rule for an effect on the world: at a time, or when a restore comes to a phase."""
    effect = draw(world_effects)
    if draw(st.booleans()):
        where = Selector({effect.target: (draw(st.sampled_from(TARGETS[effect.target])),)})
        return Rule(effect=effect, where=where, at_seconds=draw(st.none() | st.floats(0, 100)))
    where = Selector({"phase": (draw(st.sampled_from(LIVE_PHASES)),)})
    return draw(st.builds(Rule, effect=st.just(effect), where=st.just(where), **when))


rules = st.builds(Rule, effect=phase_effects, where=wheres(), **when) | world_rules()


class Action(NamedTuple):
    """Something that is done to the world; each verb uses some of the other fields."""

    verb: str
    name: str
    namespace: str
    backup: str
    seconds: float
    ordinal: int
    rule: Rule


VERBS = (*["create"] * 9, *["advance"] * 6, *["inject"] * 3, "recreate", "remove", "open", "close")
actions = st.builds(
    Action,
    verb=st.sampled_from(VERBS),
    name=st.sampled_from(NAMES),
    namespace=st.sampled_from(NAMESPACES),
    backup=st.sampled_from(BACKUPS),
    seconds=st.floats(0, 60),
    ordinal=st.integers(0, 30),
    rule=rules,
)
plans = st.lists(rules, min_size=1, max_size=5)
histories = st.lists(actions, min_size=10, max_size=25)
# Failures are not shrunk: hypothesis would take up to five minutes for each of these, which looks like a hang.
moderately = settings(max_examples=15, phases=(Stage.explicit, Stage.reuse, Stage.generate))


def check_fields(restore):
    status = restore.status
    assert (status.error_code is not None) is bool(status.error_message) is (status.phase is Phase.FAILED)
    assert (status.completed_at_microseconds is not None) is status.phase.is_final
    moments = [
        restore.created_at_microseconds,
        status.started_at_microseconds,
        status.completed_at_microseconds,
        status.updated_at_microseconds,
    ]
    known = [moment for moment in moments if moment is not None]
    assert known == sorted(known)


def check_history(world):
    times = [event.at_microseconds for event in world.timeline]
    assert times == sorted(times)
    working = Counter()
    for restore in world.restores.values():
        check_fields(restore)
        transitions = world.timeline.transitions(restore.uid)
        assert transitions[-1].status is restore.status
        for before, after in itertools.pairwise(transitions):
            assert after.from_ is before.status.phase
            assert not before.status.phase.is_final
            assert after.status.phase in {Phase(before.status.phase + 1), Phase.FAILED}
    for event in world.timeline.transitions():
        cluster = event.restore.cluster
        if event.status.phase is Phase.RESTORING_CLOUDSNAP:
            working[cluster] += 1
        elif event.status.phase.is_final and event.from_ > Phase.PENDING:
            working[cluster] -= 1
        assert 0 <= working[cluster] <= world.clusters[cluster].capacity


def check_rules(world):
    """That the timeline tells no more of a rule than its count, and that gates hold only what is live."""
    told = Counter(event.rule for event in world.timeline if event.kind == "fault")
    for active in world.rules:
        assert told[active.name] <= active.fired_count <= active.matched_count or active.kind == "time"
        assert active.rule.times is None or active.fired_count <= active.rule.times
        assert all(restore.is_live for restore in active.gate.held)
    assert len(held_restores(world.rules)) <= len(world.rules)
    assert all(why_unfired(active, world.rules) for active in world.rules)


@moderately
@given(plan=plans, history=histories)
def test_what_is_promised_of_restores_holds_with_any_rules(driver_of, plan, history):
    driver = driver_of(plan)
    for action in history:
        driver.do(action)
        for restore in driver.world.restores.values():
            check_fields(restore)
    check_history(driver.world)

    driver.finish()

    check_history(driver.world)


@moderately
@given(plan=plans, history=histories)
def test_rules_that_stay_are_counted_as_they_are_told_of(driver_of, plan, history):
    driver = driver_of(plan)
    for action in history:
        if action.verb != "remove":
            driver.do(action)
        check_rules(driver.world)


@moderately
@given(plan=plans, history=histories)
def test_without_rules_every_restore_comes_to_its_end_and_nothing_is_left(driver_of, plan, history):
    driver = driver_of(plan)
    for action in history:
        driver.do(action)

    driver.finish()

    clusters = driver.world.engine.clusters.values()
    assert all(restore.status.phase.is_final for restore in driver.world.restores.values())
    assert not any(
        cluster.outage_count or cluster.slots.taken_count or cluster.slots.waiting_count for cluster in clusters
    )
    assert driver.world.backup_locations["vault"].credentials_valid
    assert not driver.world.backup_locations["cellar"].credentials_valid
    assert driver.world.environment.peek() == float("inf")


@moderately
@given(plan=plans, history=histories)
def test_the_same_rules_and_the_same_history_are_told_in_the_same_bytes(driver_of, plan, history):
    told = []
    for _ in range(2):
        driver = driver_of(plan)
        for action in history:
            driver.do(action)
        driver.finish()
        told.append(driver.world.timeline.to_json_lines().encode())

    assert told[0] == told[1]


@moderately
@given(plan=plans, history=histories, pieces=st.integers(2, 5))
def test_time_that_passes_in_pieces_brings_the_same_as_time_in_one_piece(driver_of, plan, history, pieces):
    whole, divided = driver_of(plan), driver_of(plan)
    for action in history:
        before = whole.world.environment.now_microseconds
        whole.do(action)
        if action.verb == "advance":
            elapsed = whole.world.environment.now_microseconds - before
            for piece in range(1, pieces + 1):
                divided.world.environment.advance_to(before + elapsed * piece // pieces)
        else:
            divided.do(action)

    assert whole.world.timeline.to_json_lines() == divided.world.timeline.to_json_lines()
