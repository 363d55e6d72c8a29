"""Requests are built from names: what is left out follows from the world, or is said to be missing."""

import inspect

import pytest
from google.protobuf import descriptor_pool, message_factory
from google.protobuf.descriptor_pb2 import FileDescriptorProto

from fakes import Backup, Namespace
from simulator import Simulator, World, default_world
from simulator.api import METHODS, restore_pb2
from simulator.requests.parameters import METHODS_BY_VERB


def small_world():
    """A world with one backup and one namespace."""
    whole = default_world()
    return World(
        accounts=whole.accounts,
        tenants=whole.tenants,
        projects=whole.projects,
        clusters=whole.clusters,
        backup_locations=whole.backup_locations,
        namespaces=[Namespace("shop-prod", cluster="east", projects=["shop"])],
        deployments=[one for one in whole.deployments if one.name == "orders"],
        backups=[one for one in whole.backups if one.name == "orders-backup"],
    )


def test_a_restore_is_created_listed_and_recreated_by_names(sim, stub):
    sim.world.delete_backup("carts-backup")
    created = stub.CreateRestore(
        sim.requests.create("orders", backup="orders-backup", namespace="shop-prod", labels={"team": "shop"})
    )
    sim.advance_until("orders", "FAILED")  # a deployment has that name there

    recreated = stub.RecreateRestore(sim.requests.recreate("orders", name="orders-copy"))

    assert created.meta.labels == {"team": "shop"}
    assert recreated.meta.parent_reference.uid == sim.uid("shop-prod")
    assert stub.GetRestore(sim.requests.get(recreated)) == stub.GetRestore(sim.requests.get("orders-copy"))
    listed = stub.ListRestores(
        sim.requests.list(backup="orders-backup", sort={"by": "NAME", "order": "DESC"}, page={"size": 1})
    )
    assert [restore.meta.name for restore in listed.restores] == ["orders-copy"]
    assert stub.GetRestorabilityMatrix(sim.requests.matrix()).conditions


@pytest.mark.parametrize(
    ("verb", "arguments", "fields"),
    [
        ("get_backup", {"backup": "orders-backup"}, {"id": ("backup", "orders-backup")}),
        (
            "delete_backup",
            {"backup": "orders-backup", "force": True},
            {"id": ("backup", "orders-backup"), "force": True},
        ),
        ("list_backups", {"deployment": "orders"}, {"data_service_deployment_id": ("deployment", "orders")}),
        ("get_target_cluster", {"cluster": "east"}, {"id": ("cluster", "east")}),
        ("get_backup_location", {"backup_location_id": "x"}, {"id": "x"}),
        ("list_projects", {"tenant": "acme-engineering", "resp_data": "FULL"}, {"resp_data": 3}),
        ("who_am_i", {}, {}),
    ],
)
def test_requests_of_the_other_services_are_built_as_steps_are(sim, verb, arguments, fields):
    request = getattr(sim.requests, verb)(**arguments)

    assert type(request) is METHODS_BY_VERB[verb].request
    for name, value in fields.items():
        assert getattr(request, name) == (sim.uid(value[1], value[0]) if isinstance(value, tuple) else value)


def test_every_method_of_the_product_has_a_builder_with_a_signature(sim):
    assert {method.name for method in METHODS_BY_VERB.values()} == METHODS.keys()
    assert METHODS_BY_VERB.keys() <= set(dir(sim.requests))
    assert list(inspect.signature(sim.requests.get_backup).parameters) == ["backup", "backup_id", "as_type"]


def test_what_can_only_be_one_thing_may_be_left_out(make_simulator):
    with make_simulator(world=small_world()) as sim:
        request = sim.requests.create("copy")

        assert request.namespace_id == sim.uid("shop-prod")
        assert request.project_id == sim.uid("shop")
        assert request.restore.config.source_references.backup_id == sim.uid("orders-backup")


def test_entities_uids_answers_and_any_text_do_as_well_as_names(sim):
    backup = sim.world.backups["orders-backup"]

    requests = [
        sim.requests.create("copy", backup=given, namespace="shop-staging")
        for given in (backup, backup.uid, backup.name)
    ]
    text = sim.requests.create("copy", backup_id="nonsense", namespace_id="", project_id="x")

    assert requests == [requests[0]] * 3
    assert (text.restore.config.source_references.backup_id, text.namespace_id, text.project_id) == (
        "nonsense",
        "",
        "x",
    )


COPY = {"backup": "orders-backup", "namespace": "shop-prod"}


@pytest.mark.parametrize(
    ("build", "error", "message"),
    [
        (lambda make: make.create("a"), ValueError, r"create\(\): gives no backup; expected one of '"),
        (
            lambda make: make.create("a", backup="orders-bakup"),
            ValueError,
            "gives no namespace; expected one of '",
        ),
        (
            lambda make: make.create("a", backup="orders-bakup", namespace="shop-prod"),
            KeyError,
            "no backup 'orders-bakup'; did you mean 'orders-backup'",
        ),
        (
            lambda make: make.create("a", backup="orders-backup", namespace_id="x"),
            ValueError,
            "gives no project, and it can't follow from the namespace 'x'",
        ),
        (
            lambda make: make.create("a", backup="orders-backup", backup_id="x", namespace="shop-prod"),
            ValueError,
            "gives both backup and backup_id",
        ),
        (
            lambda make: make.list(project="shop", backup="orders-backup"),
            ValueError,
            "gives both project and backup",
        ),
        (
            lambda make: make.create("a", backup=1, namespace="shop-prod"),
            TypeError,
            "backup is 1; expected a name, a uid",
        ),
        (lambda make: make.get(3), TypeError, "restore is 3; expected a name, a uid"),
        (lambda make: make.get("nobody"), KeyError, "no restore 'nobody'; there are none"),
        (
            lambda make: make.list(page={"nr": 1}),
            ValueError,
            r"list\(\): page has no 'nr'; expected one of 'number', 's",
        ),
        (lambda make: make.list(sort={"by": "NAM"}), ValueError, r"sort\.by is 'NAM'; did you mean 'NAME'"),
        (lambda make: make.list(sort="NAME"), TypeError, "sort is 'NAME'; expected a mapping with by and order"),
        (lambda make: make.list(page={"size": "9"}), TypeError, r"page\.size is '9'; expected a whole number"),
        (lambda make: make.get(None), TypeError, r"get\(\): gives no restore; expected a name, a uid"),
        (lambda make: make.recreate(name="again"), TypeError, r"recreate\(\): gives no restore"),
        (lambda make: make.get_backup(backup=None), TypeError, r"get_backup\(\): gives no backup"),
        (
            lambda make: make.delete_backup(backup="orders-backup", force="no"),
            TypeError,
            "force is 'no'; expected True",
        ),
        (lambda make: make.get(restore_id=5), TypeError, "restore_id is 5; expected a text"),
        (lambda make: make.create(5, **COPY), TypeError, r"create\(\): name is 5; expected a text"),
        (lambda make: make.create("a", **COPY, labels=["x"]), TypeError, "labels is .*; expected texts by key"),
        (lambda make: make.create("a", **COPY, labels={"x": 5}), TypeError, r"labels\['x'\] is 5; expected a text"),
        (
            lambda make: make.create("\ud800", **COPY),
            ValueError,
            r"name is '\\ud800', which has half of a surrogate pair",
        ),
        (lambda make: make.list_backups(deploymnt="orders"), TypeError, "no 'deploymnt'; did you mean 'deployment'"),
        (lambda make: make.lst_backups(), AttributeError, "'lst_backups'; did you mean 'list_backups'"),
        (
            lambda make: make.get(restore_id="x", as_type=restore_pb2.Restore),
            TypeError,
            "expected the class of your stubs for public.portworx.pds.restore.v1.GetRestoreRequest",
        ),
        (
            lambda make: make.get(restore_id="x", as_type=dict),
            TypeError,
            "as_type is <class 'dict'>; expected the class",
        ),
    ],
)
def test_what_makes_no_request_is_told(sim, build, error, message):
    with pytest.raises(error, match=message):
        build(sim.requests)


def test_a_project_that_could_be_several_is_told_with_their_names(make_simulator):
    world = small_world()
    namespace = Namespace("both", cluster="east", projects=["shop", "analytics"])
    with make_simulator(world=world) as sim:
        sim.world.add(namespace)

        with pytest.raises(ValueError, match="gives no project; expected one of 'shop', 'analytics'"):
            sim.requests.create("copy", namespace="both")


def test_a_request_comes_in_the_stubs_of_the_client(sim):
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(
        FileDescriptorProto(
            name="theirs.proto",
            package="public.portworx.pds.restore.v1",
            syntax="proto3",
            message_type=[{"name": "GetRestoreRequest", "field": [{"name": "id", "number": 1, "type": 9, "label": 1}]}],
        ).SerializeToString()
    )
    theirs = message_factory.GetMessageClass(
        pool.FindMessageTypeByName("public.portworx.pds.restore.v1.GetRestoreRequest")
    )

    request = sim.requests.get(restore_id="rst:1", as_type=theirs)

    assert type(request) is theirs
    assert request.id == "rst:1"


def test_a_uid_is_found_by_a_name_alone(sim, stub):
    deployment = sim.uid("orders")
    stub.CreateRestore(sim.requests.create("orders-copy", backup="orders-backup", namespace="shop-staging"))
    sim.advance_until("orders-copy", "SUCCESSFUL")

    assert deployment == sim.world.deployments["orders"].uid
    assert sim.uid(deployment) == deployment
    with pytest.raises(KeyError, match=r"'orders-copy' is the name of several: deployment dep:.*, restore rst:.*kind="):
        sim.uid("orders-copy")
    assert sim.uid("orders-copy", "restore") == sim.world.restores["orders-copy"].uid
    with pytest.raises(KeyError, match="nothing has the name 'order-copy'; did you mean 'orders-copy'"):
        sim.uid("order-copy")
    with pytest.raises(ValueError, match="kind is 'backups'; did you mean 'backup'"):
        sim.uid("orders-backup", "backups")
    with pytest.raises(TypeError, match="name is None; expected the name of an entity"):
        sim.uid(None)


def test_what_was_deleted_keeps_its_uid(sim):
    uids = {name: sim.uid(name) for name in ("orders-backup", "orders")}

    sim.world.delete_backup("orders-backup")
    sim.world.delete_deployment("orders")

    assert {name: sim.uid(name) for name in uids} == uids
    assert sim.requests.get_backup(backup="orders-backup").id == uids["orders-backup"]
    with pytest.raises(KeyError, match="no backup 'orders'"):
        sim.uid("orders", "backup")


def test_several_of_a_name_are_told_with_their_uids():
    with Simulator(listen=False) as sim:
        sim.world.add(Backup("orders-backup", uid="bkp:other", deployment="orders", location="vault"))

        with pytest.raises(KeyError, match="2 backups are named 'orders-backup'; choose by uid"):
            sim.uid("orders-backup")
