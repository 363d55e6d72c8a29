"""Whatever is done to a world, in whatever order: what is promised about its restores holds at every moment."""

import itertools
from collections import Counter
from functools import partial
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes import Phase

NAMES = ("orders", "copy", "other", "spare", "fifth", "sixth", "seventh")
BACKUPS = ("nightly", "weekly", "monthly")
NAMESPACES = ("east-prod", "east-test", "west-prod")


class Action(NamedTuple):
    """Something that is done to the world; each verb uses some of the other fields."""

    verb: str
    name: str
    namespace: str
    backup: str
    location: str
    seconds: float
    ordinal: int


# Mostly creations and time that passes, so that there is something that can go wrong.
VERBS = (
    *["create"] * 9,
    *["advance"] * 5,
    "recreate",
    "recreate",
    "delete_backup",
    "delete_deployment",
    "lose_credentials",
    "give_back_credentials",
    "give_back_credentials",
)
actions = st.builds(
    Action,
    verb=st.sampled_from(VERBS),
    name=st.sampled_from(NAMES),
    namespace=st.sampled_from(NAMESPACES),
    backup=st.sampled_from(BACKUPS),
    location=st.sampled_from(["vault", "cellar"]),
    seconds=st.floats(0, 60),
    ordinal=st.integers(0, 30),
)
histories = st.lists(actions, min_size=10, max_size=40)
moderately = settings(max_examples=30)


@pytest.fixture(scope="session")
def make_driver(driver_of):
    """Makes a world in which nothing is wrong at first, and its driver."""
    return partial(driver_of, cellar_is_valid=True)


def check_fields(restore):
    status = restore.status
    assert (status.error_code is not None) is (status.phase is Phase.FAILED)
    assert bool(status.error_message) is (status.phase is Phase.FAILED)
    assert (status.completed_at_microseconds is not None) is status.phase.is_final
    assert status.reached_cluster is (status.phase is not Phase.INITIALIZING)
    if status.phase is not Phase.FAILED:
        assert (status.started_at_microseconds is not None) is (status.phase > Phase.PENDING)
    moments = [
        restore.created_at_microseconds,
        status.started_at_microseconds,
        status.completed_at_microseconds or status.updated_at_microseconds,
        status.updated_at_microseconds,
    ]
    known = [moment for moment in moments if moment is not None]
    assert known == sorted(known)


def check_now(world):
    """What holds at every moment, seen from outside."""
    holding = Counter()
    live_names = Counter()
    for restore in world.restores.values():
        check_fields(restore)
        assert restore.status.updated_at_microseconds <= world.environment.now_microseconds
        if restore.is_live:
            live_names[restore.spec.namespace, restore.name] += 1
            holding[restore.cluster] += restore.status.phase > Phase.PENDING
        assert (restore.deployment in world.deployments) <= (restore.status.phase is Phase.SUCCESSFUL)
    assert all(count == 1 for count in live_names.values())
    assert all(count <= world.clusters[uid].capacity for uid, count in holding.items())
    places = [(deployment.namespace, deployment.name) for deployment in world.deployments.values()]
    assert len(places) == len(set(places))


def check_history(world):
    """What holds of the whole timeline."""
    times = [event.at_microseconds for event in world.timeline]
    assert times == sorted(times)
    for restore in world.restores.values():
        transitions = world.timeline.transitions(restore.uid)
        assert transitions[0].from_ is None
        assert [event.status.revision for event in transitions] == list(range(1, len(transitions) + 1))
        assert transitions[-1].status is restore.status
        for before, after in itertools.pairwise(transitions):
            assert after.from_ is before.status.phase
            assert not before.status.phase.is_final
            assert after.status.phase in {Phase(before.status.phase + 1), Phase.FAILED}
            assert after.status.updated_at_microseconds == after.at_microseconds


def check_capacity(world):
    """That a cluster never worked on more restores than it can, told from the timeline alone."""
    working = Counter()
    for event in world.timeline.transitions():
        cluster = event.restore.cluster
        if event.status.phase is Phase.RESTORING_CLOUDSNAP:
            working[cluster] += 1
        elif event.status.phase.is_final and event.from_ > Phase.PENDING:
            working[cluster] -= 1
        assert 0 <= working[cluster] <= world.clusters[cluster].capacity


@moderately
@given(history=histories)
def test_what_is_promised_holds_at_every_moment(make_driver, history):
    driver = make_driver()
    for action in history:
        driver.do(action)
        check_now(driver.world)
    check_history(driver.world)
    check_capacity(driver.world)

    driver.finish()

    check_now(driver.world)
    check_history(driver.world)
    check_capacity(driver.world)


@moderately
@given(history=histories)
def test_every_restore_comes_to_an_end_and_leaves_nothing_behind(make_driver, history):
    driver = make_driver()
    for action in history:
        driver.do(action)

    driver.finish()

    assert all(restore.status.phase.is_final for restore in driver.world.restores.values())
    assert driver.world.environment.peek() == float("inf")
    assert all(cluster.slots.taken_count == 0 for cluster in driver.world.engine.clusters.values())


@moderately
@given(history=histories, seed=st.integers(0, 2**64))
def test_the_same_history_with_the_same_seed_is_told_in_the_same_bytes(make_driver, history, seed):
    told = []
    for _ in range(2):
        driver = make_driver(seed=seed)
        for action in history:
            driver.do(action)
        driver.finish()
        told.append(driver.world.timeline.to_json_lines().encode())

    assert told[0] == told[1]


@moderately
@given(history=histories, pieces=st.integers(2, 7))
def test_time_that_passes_in_pieces_brings_the_same_as_time_in_one_piece(make_driver, history, pieces):
    whole, divided = make_driver(), make_driver()
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


@moderately
@given(history=histories)
def test_what_is_final_never_changes_again(make_driver, history):
    driver = make_driver()
    final = {}
    for action in history:
        driver.do(action)
        for restore in driver.world.restores.values():
            if not restore.is_live:
                assert final.setdefault(restore.uid, restore.status) == restore.status
    driver.finish()

    assert all(driver.world.restores[uid].status == status for uid, status in final.items())


@moderately
@given(history=histories)
def test_who_asked_first_for_room_on_a_cluster_gets_it_first(make_driver, history):
    driver = make_driver()
    for action in history:
        driver.do(action)
    driver.finish()

    asked, got = {}, {}
    for event in driver.world.timeline.transitions():
        if event.status.phase is Phase.PENDING:
            asked.setdefault(event.restore.cluster, []).append(event.restore.uid)
        elif event.from_ is Phase.PENDING:
            got.setdefault(event.restore.cluster, []).append(event.restore.uid)
    # All stay equally long in PENDING once they have room, so they leave it in the order in which they got it.
    assert asked == got
