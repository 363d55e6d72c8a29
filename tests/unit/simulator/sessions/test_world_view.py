"""The world of a simulator is the present one, brought up to date, for one visitor at a time."""

import copy
import inspect
import threading

import pytest
from freezegun import freeze_time

from simulator import Simulator
from simulator.api import RestoreServiceStub


def test_looking_brings_the_world_up_to_the_present(create_request_for):
    with freeze_time("2025-06-01", ignore=["grpc"]) as frozen, Simulator(clock="wall") as sim:
        RestoreServiceStub(sim.channel()).CreateRestore(create_request_for(sim))
        frozen.tick(600)

        assert sim.world.restores["orders-copy"].status.phase.name == "SUCCESSFUL"


def test_what_has_happened_is_told_up_to_the_present(create_request_for):
    with freeze_time("2025-06-01", ignore=["grpc"]) as frozen, Simulator(clock="wall") as sim:
        RestoreServiceStub(sim.channel()).CreateRestore(create_request_for(sim))
        frozen.tick(600)

        assert sim.timeline.transitions()[-1].status.phase.name == "SUCCESSFUL"


def test_a_change_happens_in_the_present(create_request_for):
    with freeze_time("2025-06-01", ignore=["grpc"]) as frozen, Simulator(clock="wall") as sim:
        RestoreServiceStub(sim.channel()).CreateRestore(create_request_for(sim))
        frozen.tick(600)
        sim.world.delete_backup("orders-backup")

        last, before = sim.timeline[-1], sim.timeline[-2]
        assert last.change == "backup deleted"
        assert (last.at_microseconds - sim.timeline[0].at_microseconds) == 600_000_000
        assert before.status.phase.name == "SUCCESSFUL"


def test_a_change_waits_until_nobody_else_changes_the_world(sim):
    changed = threading.Event()

    def change():
        sim.world.delete_backup("orders-backup")
        changed.set()

    with sim.session:
        thread = threading.Thread(target=change)
        thread.start()
        assert not changed.is_set()
        assert "orders-backup" in sim.session.world.backups
    thread.join()

    assert "orders-backup" not in sim.world.backups


def test_after_a_reset_it_is_the_new_world(sim):
    world = sim.world
    sim.reset()

    world.delete_backup("orders-backup")

    assert "orders-backup" not in sim.world.backups
    assert sim.timeline[0].change == "backup deleted"


def test_it_shows_what_tests_use_with_signatures_and_docstrings(sim):
    used = {name: getattr(sim.world, name) for name in dir(sim.world)}

    methods = {name: method for name, method in used.items() if callable(method)}
    assert {"add", "add_backup", "delete_backup", "lose_credentials"} <= methods.keys()
    for name, method in methods.items():
        assert "keywords" not in inspect.signature(method).parameters, name
        assert method.__doc__, name
    assert str(inspect.signature(sim.world.create_backup)).startswith("(name: 'str', deployment: 'str', *, size_bytes")
    assert list(inspect.signature(sim.world.add_namespace).parameters) == ["name", "uid", "cluster", "projects"]


@pytest.mark.parametrize(("name", "meant"), [("backup", "backups"), ("add_backupp", "add_backup"), ("loose", "'")])
def test_an_unknown_name_is_answered_with_what_comes_close(sim, name, meant):
    with pytest.raises(AttributeError, match=f"the world has no '{name}'; .*{meant}"):
        getattr(sim.world, name)


def test_it_and_its_collections_say_in_a_line_what_there_is(sim):
    assert repr(sim.world) == (
        "<world at 2025-01-01T00:00:00.000000Z: 1 account, 1 tenant, 2 projects, 2 clusters, 1 backup location,"
        " 3 namespaces, 3 deployments, 6 backups, 0 restores>"
    )
    assert repr(sim.world.clusters) == "<2 clusters: east, west>"
    assert repr(sim.world.restores) == "<0 restores>"
    assert repr(sim.world.accounts.by_uid) == f"<1 account: {sim.world.accounts['acme'].uid}>"


REGISTRIES = ("accounts", "tenants", "projects", "clusters", "backup_locations", "namespaces", "deployments", "backups")


@pytest.mark.parametrize("name", REGISTRIES)
def test_what_exists_is_iterated_by_name_and_found_by_uid(sim, name):
    registry = getattr(sim.world, name)
    declared = getattr(sim.session.declared, name)

    assert {name: entity.uid for name, entity in registry.items()} == {entity.name: entity.uid for entity in declared}
    assert list(registry) == list(registry.keys()) == [entity.name for entity in declared]
    assert list(registry.by_uid) == [entity.uid for entity in declared]
    assert list(registry.values()) == list(registry.by_uid.values()) == list(declared)
    assert len(registry) == len(registry.by_uid) == len(declared)
    assert all(entity.name in registry and entity.uid in registry for entity in declared)
    assert all(registry.by_uid[entity.uid].name == entity.name for entity in declared)
    assert registry.get("nobody") is registry.by_uid.get("nobody") is None


@pytest.mark.parametrize(
    "look",
    [
        lambda restores: restores,
        lambda restores: restores.keys(),
        lambda restores: restores.values(),
        lambda restores: restores.items(),
        lambda restores: restores.by_uid,
        lambda restores: restores.by_uid.values(),
        lambda restores: restores.copy().items(),
    ],
)
def test_iterating_goes_on_over_what_there_was_when_others_create_meanwhile(sim, stub, create_request, look):
    for name in ("one", "two", "three"):
        stub.CreateRestore(create_request(name))

    seen = iter(look(sim.world.restores))
    first = next(seen)
    stub.CreateRestore(create_request("four"))

    assert len({str(first), *map(str, seen)}) == 3
    assert len(list(look(sim.world.restores))) == 4


def test_iterating_goes_on_when_others_delete_meanwhile(sim):
    found = []
    for name, backup in sim.world.backups.items():
        sim.world.delete_backup(name)
        found.append(backup.name)

    assert len(found) == 6
    assert len(sim.world.backups) == 0


def test_any_thread_may_iterate_while_others_create(sim, stub, create_request):
    failures, done = [], threading.Event()

    def look():
        while not done.is_set():
            try:
                names = {name: restore.uid for name, restore in sim.world.restores.items()}
                assert names.keys() <= {f"copy-{number}" for number in range(100)}
                assert all(uid in sim.world.restores.by_uid for uid in names.values())
            except BaseException as failure:
                failures.append(failure)
                raise

    threads = [threading.Thread(target=look) for _ in range(2)]
    for thread in threads:
        thread.start()
    for number in range(100):
        stub.CreateRestore(create_request(f"copy-{number}"))
    done.set()
    for thread in threads:
        thread.join()

    assert failures == []


def test_those_of_a_shared_name_have_their_uids_as_keys(sim, stub, create_request):
    first = stub.CreateRestore(create_request("copy"))
    second = stub.CreateRestore(create_request("copy", namespace="shop-prod"))
    stub.CreateRestore(create_request("other"))
    sim.run_until_idle()

    assert list(sim.world.restores) == [first.meta.uid, second.meta.uid, "other"]
    assert [deployment.name for deployment in sim.world.deployments.named("copy")] == ["copy", "copy"]
    *copies, _ = list(sim.world.deployments.by_uid)[-3:]
    assert list(sim.world.deployments)[-3:] == [*copies, "other"]


def test_a_registry_is_that_of_the_new_world_after_a_reset(sim, stub, create_request):
    restores = sim.world.restores
    stub.CreateRestore(create_request())
    assert list(restores) == ["orders-copy"]
    sim.reset()

    assert list(restores) == []


def test_a_registry_found_by_its_name_is_as_safe(sim):
    assert dict(sim.world.collection("backups")) == dict(sim.world.backups)
    assert {"by_uid", "named", "names", "recall", "keys", "values", "items"} <= set(dir(sim.world.backups))
    assert not {"add", "remove", "replace"} & set(dir(sim.world.backups))


def test_a_copy_shows_the_same_and_a_deep_copy_stays_as_it_is(sim):
    same, apart = copy.copy(sim.world.backups), copy.deepcopy(sim.world.backups)
    world, world_apart = copy.copy(sim.world), copy.deepcopy(sim.world)
    sim.world.delete_backup("orders-backup")

    assert list(same) == list(world.backups) == list(sim.world.backups)
    assert "orders-backup" not in same
    assert "orders-backup" in apart
    assert "orders-backup" in world_apart.backups


@pytest.mark.parametrize("look", [lambda sim: sim.world, lambda sim: sim.world.backups])
def test_what_there_is_not_is_an_attribute_error(sim, look):
    for name in ("nothing", "_nothing", "__nothing__"):
        assert not hasattr(look(sim), name)
