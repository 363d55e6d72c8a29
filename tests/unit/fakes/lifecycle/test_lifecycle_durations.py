"""Phases take what the most particular profile says, drawn for each restore from streams of its own."""

import itertools

import pytest

from fakes import ANYBODY, Cluster, Constant, Deployment, LogNormal, Phase, Uniform

PHASE = Phase.RESTORING_DATA_SERVICE_DEPLOYMENT


def time_in(world, restore, phase):
    arrivals = {event.status.phase: event.at_microseconds for event in world.timeline.transitions(restore.uid)}
    return (arrivals[Phase(phase + 1)] - arrivals[phase]) / 1e6


@pytest.fixture
def run(declare, set_going, spec_in, advance):
    """Runs a restore in a world with some profiles and tells how long it stayed in the phase."""

    def measure(*, world=None, cluster=None, data_service=None, phase=PHASE):
        going = set_going(
            declare(
                durations=world or {},
                clusters=[Cluster("east", durations=cluster or {})],
                data_service_durations={"PostgreSQL": data_service} if data_service else {},
            )
        )
        restore = going.create_restore(spec_in(going), ANYBODY)
        advance(going, 10_000)
        return time_in(going, restore, phase)

    return measure


@pytest.mark.parametrize(
    "phase", [phase for phase in Phase if phase < Phase.DATA_SERVICE_DEPLOYMENT_ENTERING_NORMAL_MODE]
)
def test_the_duration_of_every_phase_can_be_replaced(run, phase):
    assert run(world={phase: Constant(77)}, phase=phase) == 77


@pytest.mark.parametrize(
    ("world", "cluster", "data_service", "seconds"),
    [
        (None, None, None, 30),
        (41, None, None, 41),
        (41, 42, None, 42),
        (None, 42, None, 42),
        (41, 42, 43, 43),
        (41, None, 43, 43),
        (None, None, 43, 43),
    ],
)
def test_a_data_service_wins_over_its_cluster_and_that_over_the_world(run, world, cluster, data_service, seconds):
    profiles = {
        name: {PHASE: Constant(value)}
        for name, value in (("world", world), ("cluster", cluster), ("data_service", data_service))
        if value is not None
    }

    assert run(**profiles) == seconds


def test_each_phase_is_looked_up_by_itself(run):
    profiles = {
        "world": {PHASE: Constant(41), Phase.INITIALIZING: Constant(51)},
        "data_service": {PHASE: Constant(43)},
    }

    assert run(**profiles, phase=PHASE) == 43
    assert run(**profiles, phase=Phase.INITIALIZING) == 51
    assert run(**profiles, phase=Phase.RESTORING_DATA_SERVICE_DEPLOYMENT_CR) == 3


def test_the_durations_of_one_data_service_are_not_those_of_another(declare, set_going, spec_in, advance):
    world = set_going(
        declare(
            deployments=[Deployment("orders", data_service="PostgreSQL")],
            data_service_durations={"Redis": {PHASE: Constant(77)}},
        )
    )
    restore = world.create_restore(spec_in(world), ANYBODY)
    advance(world, 1000)

    assert time_in(world, restore, PHASE) == 30


def test_the_download_comes_on_top_of_the_duration(living_world, spec_in, advance):
    restore = living_world.create_restore(spec_in(living_world, backup="carts-backup"), ANYBODY)
    advance(living_world, 1000)

    assert time_in(living_world, restore, Phase.RESTORING_CLOUDSNAP) == 10.12


def test_a_phase_may_take_no_time(declare, set_going, spec_in, advance):
    nothing = dict.fromkeys((phase for phase in Phase if not phase.is_final), Constant(0))
    world = set_going(declare(durations=nothing))
    restore = world.create_restore(spec_in(world), ANYBODY)

    assert restore.status.phase is Phase.INITIALIZING
    advance(world, 0)

    assert restore.status.phase is Phase.SUCCESSFUL
    assert restore.status.revision == 7


def test_a_draw_beyond_all_measure_is_cut(declare, set_going, spec_in, advance):
    world = set_going(declare(durations={PHASE: LogNormal(1e300, 0)}))
    restore = world.create_restore(spec_in(world), ANYBODY)
    advance(world, 101 * 366 * 24 * 3600)

    assert restore.status.phase is Phase.SUCCESSFUL


@pytest.fixture
def drawn(declare, set_going, spec_in, advance):
    """Runs restores whose phases take drawn times and tells the times, by name of restore."""

    def measure(*names, seed=7):
        drawing = dict.fromkeys((phase for phase in Phase if not phase.is_final), Uniform(10, 100))
        # Capacity for all, so that nobody waits for anybody.
        world = set_going(declare(durations=drawing, clusters=[Cluster("east", capacity=50)]), seed=seed)
        restores = [world.create_restore(spec_in(world, name), ANYBODY) for name in names]
        advance(world, 10_000)
        return {
            restore.name: [event.at_microseconds for event in world.timeline.transitions(restore.uid)]
            for restore in restores
        }

    return measure


def test_the_same_seed_draws_the_same(drawn):
    assert drawn("one", "two") == drawn("one", "two")


def test_another_seed_draws_something_else(drawn):
    assert drawn("one", seed=7) != drawn("one", seed=8)


def test_each_restore_has_draws_of_its_own(drawn):
    times = drawn("one", "two")

    assert times["one"] != times["two"]


def test_each_phase_has_draws_of_its_own(drawn):
    times = drawn("one")["one"]
    durations = {later - earlier for earlier, later in itertools.pairwise(times)}

    assert len(durations) == 6


def test_other_restores_do_not_change_the_draws_of_one(drawn):
    assert drawn("before", "one", "after")["one"] == drawn("one")["one"]
