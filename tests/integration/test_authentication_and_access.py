"""A world with tokens asks every call for one, and shows and lets use only the projects of that token."""

import dataclasses

import grpc
import pytest
from google.protobuf import empty_pb2

from simulator import Simulator, Token, default_world
from simulator.api import METHODS, restore_pb2

SECRETS = {
    "shop-team": "s3cret-of-shop",
    "analysts": "s3cret-of-analysts",
    "owner": "s3cret-of-owner",
    "guest": "s3cret",
}
UNKNOWN = "s3cret-of-nobody"


@pytest.fixture
def sim():
    tokens = [
        Token("shop-team", secret=SECRETS["shop-team"], projects=["shop"]),
        Token("analysts", secret=SECRETS["analysts"], projects=["analytics"]),
        Token("owner", secret=SECRETS["owner"], projects=["shop", "analytics"]),
        Token("guest", secret=SECRETS["guest"]),
    ]
    with Simulator(world=dataclasses.replace(default_world(), tokens=tokens)) as simulator:
        yield simulator


def bearer(name):
    return (("authorization", f"Bearer {SECRETS[name]}"),)


def into_analytics(create_request, name="orders-copy"):
    """A restore of a backup from the project shop into the project analytics."""
    return create_request(name, namespace="analytics-prod", project="analytics")


def got(uid):
    return restore_pb2.GetRestoreRequest(id=uid)


@pytest.fixture
def one_in_each_project(stub, create_request):
    """Uids of a restore that belongs to shop and of one that belongs to analytics."""
    requests = (create_request(), into_analytics(create_request))
    return tuple(stub.CreateRestore(request, metadata=bearer("owner")).meta.uid for request in requests)


@pytest.fixture
def access_refusal(stub, create_request, refusal):
    """How a caller is refused who restores from the project shop into the project analytics."""
    return lambda caller: refusal(stub.CreateRestore, into_analytics(create_request), metadata=bearer(caller))


@pytest.mark.parametrize(
    ("metadata", "reason"),
    [
        ((), "TOKEN_MISSING"),
        ((("px-account-id", "acc:x"),), "TOKEN_MISSING"),
        ((("authorization", ""),), "TOKEN_MALFORMED"),
        ((("authorization", f"Basic {SECRETS['owner']}"),), "TOKEN_MALFORMED"),
        ((("authorization", SECRETS["owner"]),), "TOKEN_MALFORMED"),
        ((("authorization", "Bearer"),), "TOKEN_UNKNOWN"),
        ((("authorization", "Bearer "),), "TOKEN_UNKNOWN"),
        ((("authorization", f"Bearer {UNKNOWN}"),), "TOKEN_UNKNOWN"),
        ((("authorization", f"Bearer {SECRETS['owner'].upper()}"),), "TOKEN_UNKNOWN"),
        ((("authorization", "Bearer owner"),), "TOKEN_UNKNOWN"),
        ((*bearer("owner"), ("px-account-id", "acc:another")), "ACCOUNT_MISMATCH"),
    ],
)
def test_a_call_without_a_good_token_is_unauthenticated(stub, create_request, refusal, metadata, reason):
    refused = refusal(stub.CreateRestore, create_request(), metadata=metadata)

    assert refused.code is grpc.StatusCode.UNAUTHENTICATED
    assert refused.detail.reason == reason
    assert refused.detail.domain


@pytest.mark.parametrize("method", METHODS)
def test_every_method_asks_for_a_token_before_it_looks_at_the_request(sim, refusal, method, open_channel):
    call = open_channel(sim).unary_unary(METHODS[method].path, request_serializer=bytes)

    assert refusal(call, b"\xff no message").code is grpc.StatusCode.UNAUTHENTICATED


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_a_token_lets_its_holder_call(stub, create_request, scheme):
    metadata = (("authorization", f"{scheme} {SECRETS['shop-team']}"),)

    assert stub.CreateRestore(create_request(), metadata=metadata).meta.uid


def test_the_account_of_the_token_may_be_sent_along_or_left_empty(sim, stub):
    account = sim.world.accounts["acme"].uid
    for value in (account, ""):
        metadata = (*bearer("owner"), ("px-account-id", value))
        assert stub.GetRestorabilityMatrix(empty_pb2.Empty(), metadata=metadata).conditions


def test_the_matrix_is_for_everybody_with_a_token(stub):
    assert stub.GetRestorabilityMatrix(empty_pb2.Empty(), metadata=bearer("guest")).conditions


@pytest.mark.parametrize(
    ("caller", "role", "project"),
    [("shop-team", "DESTINATION", "analytics"), ("analysts", "SOURCE", "shop"), ("guest", "DESTINATION", "analytics")],
)
def test_creating_needs_access_to_the_destination_and_to_the_source(access_refusal, caller, role, project):
    refused = access_refusal(caller)

    assert refused.code is grpc.StatusCode.PERMISSION_DENIED
    assert refused.detail.reason == f"{role}_PROJECT_ACCESS_DENIED"
    assert refused.detail.metadata["project"] == project
    assert refused.detail.metadata["project_id"] in refused.message
    assert refused.detail.metadata["caller"] == caller


def test_access_to_both_projects_is_enough(stub, create_request):
    assert stub.CreateRestore(into_analytics(create_request), metadata=bearer("owner")).meta.uid


def test_what_does_not_exist_is_told_before_the_access(stub, create_request, refusal):
    request = into_analytics(create_request)
    request.restore.config.source_references.backup_id = "bkp:nothing"

    assert refusal(stub.CreateRestore, request, metadata=bearer("shop-team")).code is grpc.StatusCode.NOT_FOUND


def test_the_access_is_told_before_the_conditions(stub, create_request, refusal):
    request = create_request(namespace="shop-staging", project="analytics", backup="orders-running-backup")

    assert refusal(stub.CreateRestore, request, metadata=bearer("analysts")).code is grpc.StatusCode.PERMISSION_DENIED
    assert refusal(stub.CreateRestore, request, metadata=bearer("owner")).code is grpc.StatusCode.FAILED_PRECONDITION


@pytest.mark.parametrize(
    ("caller", "visible"), [("shop-team", [0]), ("analysts", [1]), ("owner", [0, 1]), ("guest", [])]
)
def test_a_list_holds_and_counts_what_the_caller_may_see(stub, one_in_each_project, caller, visible):
    response = stub.ListRestores(restore_pb2.ListRestoresRequest(), metadata=bearer(caller))

    assert [restore.meta.uid for restore in response.restores] == [one_in_each_project[index] for index in visible]
    assert response.pagination.total_records == len(visible)


@pytest.mark.parametrize(
    ("caller", "visible"), [("shop-team", [0]), ("analysts", [1]), ("owner", [0, 1]), ("guest", [])]
)
def test_a_filter_never_shows_more_than_the_caller_may_see(sim, stub, one_in_each_project, caller, visible):
    world = sim.world
    filters = {
        "tenant_id": world.tenants["acme-engineering"].uid,
        "backup_id": world.backups["orders-backup"].uid,
        "data_service_deployment_id": world.deployments["orders"].uid,
    }
    for field, uid in filters.items():
        response = stub.ListRestores(restore_pb2.ListRestoresRequest(**{field: uid}), metadata=bearer(caller))
        assert [restore.meta.uid for restore in response.restores] == [one_in_each_project[index] for index in visible]


def test_a_project_that_the_caller_does_not_see_lists_nothing(sim, stub, one_in_each_project):
    request = restore_pb2.ListRestoresRequest(project_id=sim.world.projects["shop"].uid)

    assert not stub.ListRestores(request, metadata=bearer("analysts")).restores
    (listed,) = stub.ListRestores(request, metadata=bearer("shop-team")).restores
    assert listed.meta.uid == one_in_each_project[0]


def test_a_restore_that_the_caller_may_not_see_is_as_if_it_did_not_exist(stub, one_in_each_project, refusal):
    uid = one_in_each_project[1]
    missing = "rst:00000000-0000-4000-8000-000000000000"
    assert stub.GetRestore(got(uid), metadata=bearer("analysts")).meta.uid == uid

    hidden, unknown = (refusal(stub.GetRestore, got(name), metadata=bearer("shop-team")) for name in (uid, missing))

    assert hidden.code is unknown.code is grpc.StatusCode.NOT_FOUND
    assert hidden.message == unknown.message.replace(missing, uid)


def test_not_even_the_name_of_a_hidden_restore_is_confirmed(stub, create_request, refusal):
    stub.CreateRestore(into_analytics(create_request, "secret-plan"), metadata=bearer("owner"))

    hidden, unknown = (
        refusal(stub.GetRestore, got(name), metadata=bearer("shop-team")) for name in ("secret-plan", "secret-plot")
    )

    assert hidden.message == unknown.message.replace("secret-plot", "secret-plan")


@pytest.fixture
def recreate_request(sim, one_in_each_project):
    """Recreates the restore that belongs to analytics, which has failed."""
    sim.world.lose_credentials("vault")
    sim.advance_until(one_in_each_project[1], "FAILED")
    return restore_pb2.RecreateRestoreRequest(
        id=one_in_each_project[1],
        name="orders-again",
        project_id=sim.world.projects["analytics"].uid,
        namespace_id=sim.world.namespaces["analytics-prod"].uid,
    )


def test_recreating_needs_the_access_of_getting_and_of_creating(stub, recreate_request, refusal):
    hidden = refusal(stub.RecreateRestore, recreate_request, metadata=bearer("shop-team"))
    without_source = refusal(stub.RecreateRestore, recreate_request, metadata=bearer("analysts"))

    assert hidden.code is grpc.StatusCode.NOT_FOUND
    assert without_source.code is grpc.StatusCode.PERMISSION_DENIED
    assert without_source.detail.reason == "SOURCE_PROJECT_ACCESS_DENIED"
    assert stub.RecreateRestore(recreate_request, metadata=bearer("owner")).meta.uid


def test_the_timeline_and_the_errors_name_callers_but_never_secrets(sim, stub, create_request, refusal):
    stub.CreateRestore(create_request(), metadata=bearer("owner"))
    attempts = [
        (("authorization", SECRETS["owner"]),),
        (("authorization", f"Basic {SECRETS['owner']}"),),
        (("authorization", f"Bearer {UNKNOWN}"),),
        (*bearer("owner"), ("px-account-id", "acc:another")),
        bearer("guest"),
        bearer("owner"),
    ]
    refusals = [refusal(stub.CreateRestore, create_request(), metadata=metadata) for metadata in attempts]

    told = "\n".join([sim.timeline.to_json_lines(), *map(str, refusals), repr(sim.world.tokens)])

    assert '"caller": "owner"' in told
    assert "'guest'" in told
    assert not [secret for secret in (*SECRETS.values(), UNKNOWN) if secret in told]


def test_without_tokens_everybody_may_do_everything(open_stub):
    with Simulator() as simulator:
        stub = open_stub(simulator)
        for metadata in ((), bearer("guest"), (("authorization", "Basic x"), ("px-account-id", "acc:another"))):
            assert stub.GetRestorabilityMatrix(empty_pb2.Empty(), metadata=metadata).conditions
