"""GetRestore shows how far a restore has come: each field appears in its time and never changes without reason."""

import itertools
from datetime import UTC, timedelta

import grpc
import pytest

from simulator import ErrorCode, Phase
from simulator.api import restore_pb2

FINAL_FIELDS = ("meta.name", "meta.create_time", "meta.parent_reference", "meta.resource_names", "config")


@pytest.fixture
def get(stub):
    return lambda uid: stub.GetRestore(restore_pb2.GetRestoreRequest(id=uid))


@pytest.fixture
def history(sim, stub, create_request, get):
    """The resource of one restore after each event, from its creation to its end."""

    def watch(**arguments):
        restore = stub.CreateRestore(create_request(**arguments))
        states = [restore]
        while sim.step():
            states.append(get(restore.meta.uid))
        return [state for before, state in itertools.pairwise([None, *states]) if state != before]

    return watch


def test_a_created_restore_is_got_as_it_was_created(stub, create_request, get):
    created = stub.CreateRestore(create_request(description="a copy", labels={"team": "shop"}))

    assert get(created.meta.uid) == created


def test_a_restore_is_seen_in_every_phase(history):
    assert [state.status.phase for state in history()] == list(range(Phase.INITIALIZING, Phase.FAILED))


def test_every_change_has_a_new_resource_version_and_its_time(history):
    states = history()

    versions = [state.meta.resource_version for state in states]
    update_times = [state.meta.update_time.ToDatetime(tzinfo=UTC) for state in states]

    assert len(set(versions)) == len(states)
    assert update_times == sorted(set(update_times))


def test_nothing_changes_while_time_passes_within_a_phase(sim, stub, create_request, get):
    created = stub.CreateRestore(create_request())
    sim.advance_until(created.meta.uid, "RESTORING_DATA_SERVICE_DEPLOYMENT")
    before = get(created.meta.uid)

    sim.advance(10)

    assert get(created.meta.uid) == before


def test_the_update_time_is_when_the_phase_began(sim, stub, create_request, get):
    created = stub.CreateRestore(create_request())
    sim.advance_until(created.meta.uid, "PENDING")
    pending_since = sim.now

    sim.advance(0.5)

    assert get(created.meta.uid).meta.update_time.ToDatetime(tzinfo=UTC) == pending_since


@pytest.mark.parametrize("field", FINAL_FIELDS)
def test_what_was_asked_for_never_changes(history, field):
    def value(state):
        for part in field.split("."):
            state = getattr(state, part)
        return state

    states = history()

    assert all(value(state) == value(states[0]) for state in states)


def test_it_has_started_when_pending_ends(history):
    states = history()
    started = [state.status.started_at for state in states if state.status.HasField("started_at")]

    assert [state.status.phase for state in states if not state.status.HasField("started_at")] == [
        Phase.INITIALIZING,
        Phase.PENDING,
    ]
    assert all(at == states[2].meta.update_time for at in started)


def test_it_is_completed_when_it_succeeds(history):
    *live, successful = history()

    assert not any(state.status.HasField("completed_at") for state in live)
    assert successful.status.completed_at == successful.meta.update_time
    assert successful.status.error_code == restore_pb2.ERROR_CODE_UNSPECIFIED
    assert not successful.status.error_message


def test_it_is_completed_when_it_fails_and_tells_why(sim, history):
    sim.world.lose_credentials("vault")

    *live, failed = history()

    assert failed.status.phase == Phase.FAILED
    assert failed.status.completed_at == failed.meta.update_time
    assert failed.status.error_code == ErrorCode.FAILED_BACKUP_CREDENTIAL_SYNC
    assert failed.status.error_message
    assert not any(state.status.error_code or state.status.error_message for state in live)
    assert not any(state.status.HasField("completed_at") for state in live)


def test_the_status_names_the_custom_resource_once_the_cluster_has_it(history):
    initializing, *others = history()

    assert not initializing.status.custom_resource_name
    assert {state.status.custom_resource_name for state in others} == {initializing.config.custom_resource_name}


def test_a_final_restore_stays_as_it_is(sim, stub, create_request, get):
    created = stub.CreateRestore(create_request())
    sim.advance_until(created.meta.uid, "SUCCESSFUL")
    final = get(created.meta.uid)

    sim.advance(timedelta(days=365))

    assert get(created.meta.uid) == final


def test_a_restore_stays_readable_after_its_backup_and_its_source_are_gone(sim, stub, create_request, get):
    created = stub.CreateRestore(create_request())
    sim.advance_until(created.meta.uid, "SUCCESSFUL")
    sim.world.delete_backup("orders-backup")
    sim.world.delete_deployment("orders")

    assert get(created.meta.uid).meta.resource_names == created.meta.resource_names


@pytest.mark.parametrize("uid", ["rst:00000000-0000-4000-8000-000000000000", "rst:", "no uid at all", ""])
def test_an_unknown_restore_is_not_found(stub, refusal, uid):
    refused = refusal(stub.GetRestore, restore_pb2.GetRestoreRequest(id=uid))

    assert refused.code is grpc.StatusCode.NOT_FOUND
    assert (refused.detail.resource_type, refused.detail.resource_name) == ("restore", uid)
