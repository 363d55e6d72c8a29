"""A rule finds calls by their method, their caller and all that the resources belong to which they name."""

import grpc
import pytest

from simulator import faults
from simulator.api import restore_pb2
from simulator.faults import Where

LABELS = {"team": "payments"}


@pytest.fixture
def uids(sim):
    """The uids of what a request of `create_request` names, by the keys of rules."""
    return {
        "cluster": sim.world.clusters["west"].uid,
        "namespace": sim.world.namespaces["shop-staging"].uid,
        "project": sim.world.projects["shop"].uid,
        "backup": sim.world.backups["orders-backup"].uid,
        "backup_location": sim.world.backup_locations["vault"].uid,
    }


@pytest.fixture
def meets(sim):
    """Tells whether a call meets a rule; which is removed afterwards."""

    def ask(method, request, /, metadata=(), **where):
        active = sim.inject(faults.error("ABORTED"), **where)
        code = method.future(request, metadata=metadata).code()
        sim.remove_rule(active)
        assert code is (grpc.StatusCode.ABORTED if active.fired_count else grpc.StatusCode.OK)
        return active.fired_count == 1

    return ask


NAMES = {
    "method": "CreateRestore",
    "cluster": "west",
    "namespace": "shop-staging",
    "project": "shop",
    "backup": "orders-backup",
    "backup_location": "vault",
    "data_service": "PostgreSQL",
    "restore": "orders-copy",
    "caller": "anonymous",
}


@pytest.mark.parametrize(("key", "name"), NAMES.items())
def test_a_create_is_found_by_name_by_glob_and_in_a_list(stub, create_request, meets, key, name):
    assert meets(stub.CreateRestore, create_request(), **{key: name})
    assert meets(stub.CreateRestore, create_request(), **{key: f"{name[:2]}*{name[-1]}"})
    assert meets(stub.CreateRestore, create_request(), **{key: ["*", name]})


@pytest.mark.parametrize("key", ["cluster", "namespace", "project", "backup", "backup_location"])
def test_a_create_is_found_by_uid(stub, create_request, meets, uids, key):
    assert meets(stub.CreateRestore, create_request(), **{key: uids[key]})


@pytest.mark.parametrize(
    "where",
    [
        {"method": "GetRestore"},
        {"cluster": "east"},
        {"namespace": "shop-prod"},
        {"project": "analytics"},
        {"backup": "carts-*"},
        {"data_service": ["Redis", "Kafka"]},
        {"restore": "orders"},
        {"caller": "bob"},
        {"label": {"team": "search"}},
        {"label": {"tier": "*"}},
        {"cluster": "west", "namespace": "shop-prod"},
        {"any_of": [Where({"cluster": ("east",)}), Where({"restore": ("x*",)})]},
        {"unless": Where({"cluster": ("west",)})},
        {"unless": Where(labels={"team": "pay*"})},
    ],
    ids=str,
)
def test_a_create_is_not_found_by_what_it_does_not_name(stub, create_request, meets, where):
    assert not meets(stub.CreateRestore, create_request(labels=LABELS), **where)


@pytest.mark.parametrize(
    "where",
    [
        {"label": {"team": "payments"}},
        {"label": {"team": "pay*"}, "cluster": "west"},
        {"any_of": [Where({"cluster": ("east",)}), Where({"restore": ("orders-*",)})]},
        {"unless": Where({"cluster": ("east",)})},
        {"method": "*Restore", "unless": Where({"method": ("GetRestore",)})},
        {},
    ],
    ids=str,
)
def test_a_create_is_found_by_labels_and_combinations(stub, create_request, meets, where):
    assert meets(stub.CreateRestore, create_request(labels=LABELS), **where)


@pytest.mark.parametrize("key", [key for key in NAMES if key not in ("method", "caller")])
def test_a_get_is_found_by_what_its_restore_belongs_to(stub, create_request, meets, key):
    created = stub.CreateRestore(create_request(labels=LABELS))
    request = restore_pb2.GetRestoreRequest(id=created.meta.uid)

    assert meets(stub.GetRestore, request, method="GetRestore", **{key: NAMES[key]})
    assert meets(stub.GetRestore, request, restore=created.meta.uid, label=LABELS)


def test_a_get_of_nothing_is_found_by_the_uid_that_it_asks_for(stub, meets):
    assert meets(stub.GetRestore, restore_pb2.GetRestoreRequest(id="rst:x"), restore="rst:x")


def test_a_list_is_found_by_the_project_and_the_backup_that_it_asks_for(stub, meets, uids):
    by_project = restore_pb2.ListRestoresRequest(project_id=uids["project"])
    by_backup = restore_pb2.ListRestoresRequest(backup_id=uids["backup"])

    assert meets(stub.ListRestores, by_project, project="shop")
    assert not meets(stub.ListRestores, by_project, project="analytics")
    assert meets(stub.ListRestores, by_backup, backup="orders-backup", data_service="PostgreSQL")
    assert not meets(stub.ListRestores, restore_pb2.ListRestoresRequest(), project="*")


def test_a_recreation_is_found_by_the_names_of_the_new_restore(sim, stub, create_request, meets, uids):
    sim.inject(faults.fail(), phase="PENDING", times=1)
    failed = stub.CreateRestore(create_request(namespace="shop-prod"))
    sim.advance(10)
    request = restore_pb2.RecreateRestoreRequest(
        id=failed.meta.uid, name="second", project_id=uids["project"], namespace_id=uids["namespace"]
    )

    assert meets(stub.RecreateRestore, request, restore="second", cluster="west", backup="orders-backup")
    assert not meets(stub.RecreateRestore, request, restore="other")


def test_a_caller_is_known_by_its_account_where_there_are_no_tokens(stub, create_request, meets):
    of_acme = (("px-account-id", "acme"),)

    assert meets(stub.CreateRestore, create_request(), of_acme, caller="ac*")
    assert not meets(stub.CreateRestore, create_request(), caller="ac*")


def test_what_is_no_message_is_found_by_its_method_only(sim, meets, open_channel):
    broken = open_channel(sim).unary_unary("/public.portworx.pds.restore.v1.RestoreService/CreateRestore")

    assert meets(broken, b"\xff", method="CreateRestore", caller="anonymous")
    active = sim.inject(faults.error("ABORTED"), cluster="*")
    assert broken.future(b"\xff").code() is grpc.StatusCode.INVALID_ARGUMENT
    sim.remove_rule(active)


def test_times_and_after_count_calls_that_match(sim, stub, create_request):
    active = sim.inject(faults.error("ABORTED"), method="CreateRestore", restore="copy-*", after=1, times=2)
    codes = []
    for number in range(5):
        stub.CreateRestore(create_request(name=f"other-{number}", namespace="shop-prod"))
        codes.append(stub.CreateRestore.future(create_request(name=f"copy-{number}")).code().name)

    assert codes == ["OK", "ABORTED", "ABORTED", "OK", "OK"]
    assert (active.matched_count, active.fired_count) == (5, 2)


def test_between_includes_its_start_and_excludes_its_end(sim, stub):
    sim.inject(faults.error("ABORTED"), method="ListRestores", between=(10, 12))
    codes = []
    for seconds in (9.999_999, 0.000_001, 1, 0.999_999, 0.000_001):
        sim.advance(seconds)
        codes.append(stub.ListRestores.future(restore_pb2.ListRestoresRequest()).code().name)

    assert codes == ["OK", "ABORTED", "ABORTED", "ABORTED", "OK"]
