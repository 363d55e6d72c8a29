"""Whatever is asked, the service answers with a status that has a meaning, and a call that fails changes nothing."""

import dataclasses
from string import ascii_letters, digits

import grpc
import pytest
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from hypothesis import event, given, settings
from hypothesis import strategies as st

from fakes.world.entities import COLLECTIONS
from simulator import Simulator, Token, default_world
from simulator.api import METHODS, SERVICE, pagination_pb2, restore_pb2, selector_pb2, sort_pb2

DETAILS = {
    grpc.StatusCode.INVALID_ARGUMENT: error_details_pb2.BadRequest,
    grpc.StatusCode.NOT_FOUND: error_details_pb2.ResourceInfo,
    grpc.StatusCode.ALREADY_EXISTS: error_details_pb2.ResourceInfo,
    grpc.StatusCode.PERMISSION_DENIED: error_details_pb2.ErrorInfo,
    grpc.StatusCode.UNAUTHENTICATED: error_details_pb2.ErrorInfo,
    grpc.StatusCode.FAILED_PRECONDITION: error_details_pb2.PreconditionFailure,
}
"""The codes that calls may fail with, each with the detail that explains it."""

TOKENS = {"a": ("shop", "analytics"), "b": ("analytics",)}
WORLD = dataclasses.replace(
    default_world(),
    tokens=[Token(f"holder of {secret}", secret=secret, projects=projects) for secret, projects in TOKENS.items()],
)
OWNER = "Bearer a"
FAILED_RESTORE = "the restore that failed"
"""Stands for its uid, which is known once the server runs."""
EXAMPLES = settings(max_examples=30)


class Server:
    """One simulator for all examples, with a restore that failed."""

    def __init__(self, sim):
        channel = sim.channel()
        self.sim = sim
        self.methods = {
            name: channel.unary_unary(method.path, request_serializer=bytes) for name, method in METHODS.items()
        }
        sim.world.lose_credentials("vault")
        request = restore_pb2.CreateRestoreRequest(
            namespace_id=sim.world.namespaces["shop-staging"].uid,
            project_id=sim.world.projects["shop"].uid,
            restore={
                "meta": {"name": "failed"},
                "config": {"source_references": {"backup_id": sim.world.backups["orders-backup"].uid}},
            },
        )
        response = self.methods["CreateRestore"](request.SerializeToString(), metadata=(("authorization", OWNER),))
        self.failed_uid = restore_pb2.Restore.FromString(response).meta.uid
        sim.run_until_idle()
        sim.world.give_back_credentials("vault")

    def state(self):
        restores = [(restore.uid, restore.status) for restore in self.sim.world.restores.values()]
        return restores, len(self.sim.timeline.transitions()), len(self.sim.world.deployments), self.sim.now

    def ask(self, method, request, authorization):
        """Make a call, check what every answer has to be like, and give its bytes; None when it failed."""
        before = self.state()
        call = self.methods[method].future(request, metadata=(("authorization", authorization),))
        event(f"{method}: {call.code().name}")
        if call.code() is not grpc.StatusCode.OK:
            (packed,) = rpc_status.from_call(call).details
            assert packed.Is(DETAILS[call.code()].DESCRIPTOR)
            assert self.state() == before
            return None
        response = call.result()
        message = METHODS[method].response.FromString(response)
        assert message.SerializeToString(deterministic=True) == response
        created = len(self.state()[0]) - len(before[0])
        assert created == (method in {"CreateRestore", "RecreateRestore"})
        return response


@pytest.fixture(scope="module")
def server():
    with Simulator(world=WORLD) as sim:
        yield Server(sim)


def uids_of(*collections):
    return st.sampled_from([entity.uid for collection in collections for entity in getattr(WORLD, collection)])


def mostly(usual, unusual):
    """Draw *usual* nearly always, so that whole requests are often valid."""
    return st.integers(0, 7).flatmap(lambda number: unusual if number == 7 else usual)


texts = st.text(max_size=80)
wrong_uids = texts | uids_of("accounts", "tenants", "clusters", "deployments") | st.just("x" * 1025)
namespaces = mostly(uids_of("namespaces"), wrong_uids)
projects = mostly(uids_of("projects"), wrong_uids)
backups = mostly(uids_of("backups"), wrong_uids)
restores = mostly(st.just(FAILED_RESTORE), wrong_uids)
plain_names = st.text(ascii_letters + digits, min_size=3, max_size=63)
names = mostly(st.just("a").flatmap(lambda first: plain_names.map(lambda rest: first + rest[:62])), texts)
entries = mostly(st.dictionaries(plain_names, plain_names, max_size=3), st.dictionaries(texts, texts, max_size=3))
int64s = st.integers(-(2**63), 2**63 - 1)
int32s = st.integers(-(2**31), 2**31 - 1)
timestamps = st.fixed_dictionaries({"seconds": int64s, "nanos": int32s})
authorizations = mostly(st.just(OWNER), st.sampled_from(["Bearer b", "Bearer c", "Basic a", ""]))

sorts = st.builds(
    sort_pb2.Sort, sort_by=mostly(st.integers(0, 4), int32s), sort_order=mostly(st.integers(0, 2), int32s)
)
paginations = st.builds(
    pagination_pb2.PageBasedPaginationRequest,
    page_number=mostly(st.integers(0, 3), int64s),
    page_size=mostly(st.integers(0, 30), int64s),
)
metas = st.fixed_dictionaries(
    {"name": names},
    optional={
        "uid": texts,
        "description": texts | st.just("x" * 101),
        "create_time": timestamps,
        "labels": entries,
        "annotations": entries,
        "resource_names": st.dictionaries(texts, texts, max_size=3),
        "parent_reference": st.fixed_dictionaries({"uid": texts}),
    },
)
configs = st.fixed_dictionaries(
    {"source_references": st.fixed_dictionaries({"backup_id": backups}, optional={"cloudsnap_id": texts})},
    optional={"custom_resource_name": texts, "destination_references": st.fixed_dictionaries({"project_id": texts})},
)
statuses = st.fixed_dictionaries({}, optional={"phase": int32s, "error_code": int32s, "completed_at": timestamps})
whole_restores = st.fixed_dictionaries({"meta": metas, "config": configs}, optional={"status": statuses})
partial_restores = st.fixed_dictionaries({}, optional={"meta": metas, "config": configs, "status": statuses})

selectors = st.builds(
    selector_pb2.Selector,
    filters=st.lists(
        st.fixed_dictionaries(
            {
                "key": mostly(st.sampled_from(["meta.name", "meta.uid", "status.phase"]), texts),
                "op": mostly(st.integers(0, 3), int32s),
                "values": st.lists(texts, max_size=3),
            }
        ),
        max_size=2,
    ),
)
resource_selectors = st.builds(
    selector_pb2.ResourceSelector,
    infra_resource_filters=st.lists(
        st.fixed_dictionaries(
            {
                "resource_type": mostly(st.integers(1, 10), int32s),
                "op": mostly(st.integers(0, 3), int32s),
                "values": st.lists(wrong_uids, max_size=3),
            }
        ),
        max_size=2,
    ),
)
anything = uids_of(*COLLECTIONS) | wrong_uids


def others(request):
    """Requests of the services around a restore; they delete nothing that there is."""
    drawn = {
        "id": texts if request.__name__.startswith("Delete") else anything,
        "project_id": projects,
        "tenant_id": mostly(uids_of("tenants"), anything),
        "data_service_deployment_id": anything,
        "label_selector": selectors,
        "field_selector": selectors,
        "infra_resource_selector": resource_selectors,
        "sort": sorts,
        "pagination": paginations,
        "resp_data": int32s,
    }
    known = {name: strategy for name, strategy in drawn.items() if name in request.DESCRIPTOR.fields_by_name}
    return st.fixed_dictionaries({}, optional=known).map(lambda fields: request(**fields))


REQUESTS = {
    "CreateRestore": st.builds(
        restore_pb2.CreateRestoreRequest,
        namespace_id=namespaces,
        project_id=projects,
        restore=mostly(whole_restores, st.none() | partial_restores),
    ),
    "GetRestore": st.builds(restore_pb2.GetRestoreRequest, id=restores),
    "ListRestores": st.builds(
        lambda list_by, **fields: restore_pb2.ListRestoresRequest(**list_by, **fields),
        st.just({})
        | st.fixed_dictionaries({"tenant_id": uids_of("tenants") | texts})
        | st.fixed_dictionaries({"project_id": projects})
        | st.fixed_dictionaries({"data_service_deployment_id": uids_of("deployments") | texts})
        | st.fixed_dictionaries({"backup_id": backups}),
        sort=sorts,
        pagination=paginations,
    ),
    "RecreateRestore": st.builds(
        restore_pb2.RecreateRestoreRequest, id=restores, name=names, project_id=projects, namespace_id=namespaces
    ),
    "GetRestorabilityMatrix": st.builds(METHODS["GetRestorabilityMatrix"].request),
} | {name: others(method.request) for name, method in METHODS.items() if method.service != SERVICE}


@pytest.mark.parametrize("method", REQUESTS)
@EXAMPLES
@given(data=st.data())
def test_every_request_gets_a_status_with_a_meaning(server, method, data):
    request = data.draw(REQUESTS[method])
    if getattr(request, "id", "") == FAILED_RESTORE:
        request.id = server.failed_uid

    server.ask(method, request.SerializeToString(), data.draw(authorizations))


@EXAMPLES
@given(method=st.sampled_from(list(METHODS)), request_bytes=st.binary(max_size=60))
def test_arbitrary_bytes_get_a_status_with_a_meaning(server, method, request_bytes):
    server.ask(method, request_bytes, OWNER)


@EXAMPLES
@given(data=st.data(), appended=st.binary(max_size=20))
def test_a_request_that_was_damaged_on_its_way_gets_a_status_with_a_meaning(server, data, appended):
    method = data.draw(st.sampled_from(list(METHODS)))
    serialized = data.draw(REQUESTS[method]).SerializeToString()
    kept = data.draw(st.integers(0, len(serialized)))

    server.ask(method, serialized[:kept] + appended + serialized[kept:], OWNER)


@EXAMPLES
@given(name=plain_names, labels=st.dictionaries(plain_names, plain_names, max_size=3), backup=uids_of("backups"))
def test_what_was_created_is_got_byte_by_byte(server, name, labels, backup):
    namespace = server.sim.world.namespaces["shop-staging"]
    request = restore_pb2.CreateRestoreRequest(
        namespace_id=namespace.uid,
        project_id=namespace.projects[0],
        restore={
            "meta": {"name": name, "labels": labels},
            "config": {"source_references": {"backup_id": backup}},
        },
    )

    created = server.ask("CreateRestore", request.SerializeToString(), OWNER)

    if created is not None:
        uid = restore_pb2.Restore.FromString(created).meta.uid
        get = restore_pb2.GetRestoreRequest(id=uid).SerializeToString()
        assert server.ask("GetRestore", get, OWNER) == created
