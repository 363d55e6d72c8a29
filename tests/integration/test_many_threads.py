"""Many clients at once share one world: nothing is lost or seen half-changed, and who comes first does not matter."""

import sys
import threading
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise

import grpc
import pytest

from simulator import Backup, BackupLocation, Constant, ErrorCode, Phase, Simulator, Uniform, World, default_world
from simulator.api import RestoreServiceStub, restore_pb2

CLIENTS = 32
CHANNELS = 8
RESTORES_EACH = 3
FINAL = (Phase.SUCCESSFUL, Phase.FAILED)
REVISION_OF_FAILED = 3
"""Restores whose credentials are lost fail when PENDING ends: created, PENDING, FAILED."""


def crowded_world(phase_duration):
    """The default world with room for everybody, and with backups of no size: one good, one that nobody can get at."""
    world = default_world()
    return World(
        accounts=world.accounts,
        tenants=world.tenants,
        projects=world.projects,
        clusters=[replace(cluster, capacity=1000) for cluster in world.clusters],
        backup_locations=[*world.backup_locations, BackupLocation("lost", credentials_valid=False)],
        namespaces=world.namespaces,
        deployments=world.deployments,
        backups=[
            Backup("good", deployment="orders", location="vault", size_bytes=0),
            Backup("bad", deployment="orders", location="lost", size_bytes=0),
        ],
        durations=dict.fromkeys((phase for phase in Phase if phase not in FINAL), phase_duration),
    )


@pytest.fixture(autouse=True)
def hurried_threads():
    """Threads take turns so often that what is not guarded gets mixed up."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


@pytest.fixture
def sim():
    with Simulator(world=crowded_world(Uniform(0, 20)), seed=7) as simulator:
        yield simulator


@pytest.fixture
def stubs(sim, open_channel):
    """A client for each thread; several share a connection, as threads of one program do."""
    channels = [open_channel(sim) for _ in range(CHANNELS)]
    return [RestoreServiceStub(channels[number % CHANNELS]) for number in range(CLIENTS)]


@pytest.fixture
def request_for(create_request):
    def make(name):
        return create_request(name, backup="bad" if name.endswith("-0") else "good")

    return make


def at_once(work, arguments):
    """Do *work* with each of *arguments* in a thread of its own, all beginning together; give the results in order."""
    together = threading.Barrier(len(arguments))

    def begin(argument):
        together.wait()
        return work(argument)

    with ThreadPoolExecutor(len(arguments)) as threads:
        return list(threads.map(begin, arguments))


def names_of(client):
    return [f"client-{client}-{number}" for number in range(RESTORES_EACH)]


ALL_NAMES = [name for client in range(CLIENTS) for name in names_of(client)]


def assert_is_whole(restore):
    """Check what holds for every version of a restore, and for no mixture of two."""
    meta, status = restore.meta, restore.status
    failed, successful = status.phase == Phase.FAILED, status.phase == Phase.SUCCESSFUL
    assert int(meta.resource_version) == (REVISION_OF_FAILED if failed else status.phase)
    assert status.HasField("completed_at") == (failed or successful)
    assert status.HasField("started_at") == (status.phase > Phase.PENDING and not failed)
    assert status.error_code == (ErrorCode.FAILED_BACKUP_CREDENTIAL_SYNC if failed else 0)
    assert bool(status.error_message) == failed
    assert bool(status.custom_resource_name) == (status.phase >= Phase.PENDING)
    if failed or successful:
        assert status.completed_at == meta.update_time


class Traffic:
    """What each client saw, in its order; after every call the time of the world moves on a little.

    The clients move the time themselves, each between its calls, and so while the calls of others are under way.
    """

    def __init__(self, sim, stubs, request_for):
        self.sim = sim
        self.stubs = stubs
        self.request_for = request_for

    def run(self, client):
        stub, seen, lists = self.stubs[client], [], []
        for name in names_of(client):
            seen.append(stub.CreateRestore(self.request_for(name)))
            self.sim.advance(0.7)
            seen.append(stub.GetRestore(restore_pb2.GetRestoreRequest(id=seen[-1].meta.uid)))
            self.sim.advance(0.7)
            lists.append(stub.ListRestores(restore_pb2.ListRestoresRequest(pagination={"page_size": 1000})))
            seen.extend(lists[-1].restores)
        return seen, lists


@pytest.fixture
def traffic(sim, stubs, request_for):
    return at_once(Traffic(sim, stubs, request_for).run, range(CLIENTS))


@pytest.fixture
def listed_at_last(stubs):
    return lambda: stubs[0].ListRestores(restore_pb2.ListRestoresRequest(pagination={"page_size": 1000}))


def test_nothing_that_was_created_is_lost(sim, traffic, listed_at_last):
    created = {restore.meta.name: restore.meta.uid for seen, _ in traffic for restore in seen}
    listed = {restore.meta.name: restore.meta.uid for restore in listed_at_last().restores}

    assert sorted(created) == sorted(ALL_NAMES)
    assert listed == created
    assert len(set(created.values())) == len(ALL_NAMES)
    assert len(sim.timeline.transitions()) == sum(restore.status.revision for restore in sim.world.restores.values())


def test_every_call_is_in_the_history_once(sim, traffic):
    calls = Counter((call.method, call.code) for call in sim.calls)
    remote_calls = [event for event in sim.timeline if event.kind == "rpc"]

    assert len(traffic) == CLIENTS
    assert calls == {(method, "OK"): len(ALL_NAMES) for method in ("CreateRestore", "GetRestore", "ListRestores")}
    assert len(remote_calls) == len(sim.calls)
    assert [event.at_microseconds for event in sim.timeline] == sorted(event.at_microseconds for event in sim.timeline)


def test_nobody_sees_a_half_changed_restore(sim, traffic):
    seen_phases = set()
    for seen, _ in traffic:
        for restore in seen:
            assert_is_whole(restore)
            seen_phases.add(restore.status.phase)

    assert len(seen_phases) > 3  # else the world stood still, and there was no change to see half of
    assert len(sim.world.restores) == len(ALL_NAMES)


def test_nobody_sees_a_restore_go_back(traffic):
    for seen, _ in traffic:
        versions = defaultdict(list)
        for restore in seen:
            versions[restore.meta.uid].append(int(restore.meta.resource_version))
        assert all(numbers == sorted(numbers) for numbers in versions.values())


def test_every_list_is_of_one_moment(traffic):
    for _, lists in traffic:
        known = set()
        for response in lists:
            uids = [restore.meta.uid for restore in response.restores]
            created = [restore.meta.create_time.ToMicroseconds() for restore in response.restores]
            assert response.pagination.total_records == len(uids) == len(set(uids))
            assert created == sorted(created)
            assert known <= set(uids)
            known = set(uids)


def test_restores_that_change_together_are_seen_to(create_request, open_stub):
    calls_each = 6
    with Simulator(world=crowded_world(Constant(1)), seed=7) as sim:
        stub = open_stub(sim)
        for number in range(100):
            stub.CreateRestore(create_request(f"copy {number}", backup="good"))

        def list_and_move_on(_):
            seen = []
            for _ in range(calls_each):
                listed = stub.ListRestores(restore_pb2.ListRestoresRequest(pagination={"page_size": 1000}))
                seen.append({(restore.meta.resource_version, restore.status.phase) for restore in listed.restores})
                sim.advance(6 / CLIENTS / calls_each)
            return seen

        versions = [version for seen in at_once(list_and_move_on, range(CLIENTS)) for version in seen]

    assert max(map(len, versions)) == 1
    assert len(set.union(*versions)) > 3


def test_all_restores_end_as_they_would_have_alone(sim, traffic, listed_at_last):
    sim.run_until_idle()

    ends = Counter(Phase(restore.status.phase) for restore in listed_at_last().restores)
    assert ends == {Phase.FAILED: len(traffic), Phase.SUCCESSFUL: len(ALL_NAMES) - len(traffic)}


def test_of_many_that_want_one_name_one_gets_it(sim, stubs, create_request):
    def create(stub):
        try:
            stub.CreateRestore(create_request("the-one", backup="good"))
        except grpc.RpcError as error:
            return error.code()
        return grpc.StatusCode.OK

    codes = Counter(at_once(create, stubs))

    assert codes == {grpc.StatusCode.OK: 1, grpc.StatusCode.ALREADY_EXISTS: CLIENTS - 1}
    assert len(sim.world.restores) == 1


def test_the_history_can_be_read_while_it_is_written(sim, stubs, request_for):
    def create_and_read(client):
        for name in names_of(client):
            stubs[client].CreateRestore(request_for(name))
            sim.step()
            written = sim.timeline.to_json_lines()
            calls = list(sim.calls)
        return len(written.splitlines()), len(calls)

    for events, calls in at_once(create_and_read, range(CLIENTS)):
        assert events >= 2 * RESTORES_EACH
        assert calls >= RESTORES_EACH
    assert len(sim.calls) == len(ALL_NAMES)


def fates(sim):
    """What each restore got by the draw: its uid, its error, and how long each of its phases took."""
    result = {}
    for restore in sim.world.restores.values():
        moments = [change.at_microseconds for change in sim.timeline.transitions(restore.uid)]
        durations = tuple(after - before for before, after in pairwise(moments))
        result[restore.name] = (restore.uid, restore.status.error_code, durations)
    return result


def test_what_happens_to_a_restore_does_not_depend_on_who_else_came_when(sim, traffic, request_for, open_stub):
    sim.run_until_idle()
    with Simulator(world=crowded_world(Uniform(0, 20)), seed=7) as alone:
        stub = open_stub(alone)
        for name in reversed(ALL_NAMES):
            stub.CreateRestore(request_for(name))
            alone.step()
        alone.run_until_idle()

        assert len(traffic) == CLIENTS
        assert fates(alone) == fates(sim)
