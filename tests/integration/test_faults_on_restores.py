"""What rules do to restores and to the world, seen by a client that polls: phases, times, error codes and messages."""

from datetime import UTC, timedelta

import grpc
import pytest

from simulator import Constant, Phase, faults
from simulator.api import restore_pb2

CLOUDSNAP_SECONDS = 5 + 102.4
"""10 GiB over the 100 MiB/s of west."""
UNDISTURBED_SECONDS = 1 + 2 + CLOUDSNAP_SECONDS + 3 + 30 + 15
DEPLOYMENT_FROM = 1 + 2 + CLOUDSNAP_SECONDS + 3


class Client:
    """Creates restores and looks at them; times are seconds from the start of the world."""

    def __init__(self, sim, stub, create_request):
        self.sim, self.stub, self.request = sim, stub, create_request
        self._start = sim.now

    def create(self, *name, **options):
        return self.stub.CreateRestore(self.request(*name, **options))

    def get(self, restore):
        return self.stub.GetRestore(restore_pb2.GetRestoreRequest(id=restore.meta.uid))

    def seconds(self, timestamp):
        return (timestamp.ToDatetime(tzinfo=UTC) - self._start) / timedelta(seconds=1)

    def faults_of(self, uid):
        """The faults that happened to a restore or an entity: the rule, the effect and when."""
        start_microseconds = round(self._start.timestamp() * 1e6)
        return [
            (event.rule, event.effect, (event.at_microseconds - start_microseconds) / 1e6)
            for event in self.sim.timeline
            if event.kind == "fault" and event.uid == uid
        ]


@pytest.fixture
def client(sim, stub, create_request):
    return Client(sim, stub, create_request)


@pytest.mark.parametrize(
    ("effect", "later", "fired_at"),
    [
        (faults.stall(Constant(20)), 20, 0),
        (faults.stall(Constant(20), at=0.5), 20, 15),
        (faults.slow(3), 60, 0),
        (faults.slow(0.5), -15, 0),
        (faults.restart_phase(), 15, 15),
        (faults.restart_phase(at=1), 30, 30),
    ],
    ids=repr,
)
def test_a_restore_comes_to_its_end_later_or_sooner(sim, client, effect, later, fired_at):
    sim.inject(effect, phase="RESTORING_DATA_SERVICE_DEPLOYMENT", name="bad luck")
    restore = client.create()
    sim.run_until_idle()

    done = client.get(restore)
    assert done.status.phase == Phase.SUCCESSFUL
    assert client.seconds(done.status.completed_at) == pytest.approx(UNDISTURBED_SECONDS + later)
    assert (done.status.error_code, done.status.error_message) == (0, "")
    ((rule, name, at),) = client.faults_of(restore.meta.uid)
    assert (rule, name) == ("bad luck", effect.name)
    assert at == pytest.approx(DEPLOYMENT_FROM + fired_at)


@pytest.mark.parametrize("at", [0, 0.5, 1])
@pytest.mark.parametrize(
    ("code", "number"),
    [
        ("DATA_SERVICE_DEPLOYMENT_NAME_ALREADY_EXIST", 1),
        ("FAILED_BACKUP_CREDENTIAL_SYNC", 2),
        ("RESTORE_INTERNAL_ERROR", 3),
    ],
)
def test_a_restore_fails_where_and_how_the_rule_says(sim, client, at, code, number):
    sim.inject(faults.fail(code, at=at), phase="RESTORING_DATA_SERVICE_DEPLOYMENT", name="bad luck")
    restore = client.create()
    sim.run_until_idle()

    failed = client.get(restore)
    assert failed.status.phase == Phase.FAILED
    assert failed.status.error_code == number
    assert failed.status.error_message == "injected by the rule 'bad luck'"
    assert client.seconds(failed.status.started_at) == 3
    assert client.seconds(failed.status.completed_at) == pytest.approx(DEPLOYMENT_FROM + 30 * at)
    told = [event.kind for event in sim.timeline][-3:]
    assert told == ["fault", "transition", "rpc"]


def test_a_restore_that_failed_by_a_rule_can_be_recreated_and_succeed(sim, client):
    sim.inject(faults.fail(message="disk full"), phase="RESTORING_CLOUDSNAP", times=1)
    failed = client.create()
    sim.run_until_idle()
    assert client.get(failed).status.error_message == "disk full"

    second = client.stub.RecreateRestore(
        restore_pb2.RecreateRestoreRequest(
            id=failed.meta.uid,
            name="second",
            project_id=sim.world.projects["shop"].uid,
            namespace_id=sim.world.namespaces["shop-staging"].uid,
        )
    )
    sim.run_until_idle()

    assert client.get(second).status.phase == Phase.SUCCESSFUL
    assert client.get(failed).status.phase == Phase.FAILED


def test_a_gate_holds_a_restore_at_the_door_of_a_phase(sim, client):
    gate = sim.gate(phase="RESTORING_CLOUDSNAP", name="door")
    restore = client.create()
    sim.advance(10_000)
    assert client.get(restore).status.phase == Phase.RESTORING_CLOUDSNAP
    assert [held.uid for held in gate.held] == [restore.meta.uid]
    assert client.faults_of(restore.meta.uid) == [("door", "gate", 3)]

    gate.open()
    sim.advance(CLOUDSNAP_SECONDS)

    assert client.get(restore).status.phase == Phase.RESTORING_DATA_SERVICE_DEPLOYMENT_CR


def test_during_an_outage_a_client_sees_the_last_that_was_reported(sim, client):
    sim.inject(faults.outage(60), cluster="west", at=50, name="agent gone")
    restore = client.create()
    sim.advance(49)
    before = client.get(restore)
    sim.advance(60)
    assert client.get(restore) == before

    sim.run_until_idle()
    done = client.get(restore)
    assert done.status.phase == Phase.SUCCESSFUL
    assert client.seconds(done.status.completed_at) == pytest.approx(UNDISTURBED_SECONDS + 60)
    assert client.faults_of(sim.world.clusters["west"].uid) == [("agent gone", "outage", 50)]


def test_an_outage_past_the_heartbeat_limit_fails_what_is_there(sim, client):
    sim.inject(faults.outage(1000), cluster="west", at=50)
    restore = client.create()
    sim.advance(400)

    failed = client.get(restore)
    assert failed.status.phase == Phase.FAILED
    assert failed.status.error_code == restore_pb2.RESTORE_INTERNAL_ERROR
    assert failed.status.error_message == "no heartbeat from target cluster 'west' for 300 s"
    assert client.seconds(failed.status.completed_at) == 350


def test_during_an_outage_restores_can_be_created_and_begin_afterwards(sim, client):
    sim.inject(faults.outage(100), cluster="west", at=0)
    restore = client.create()
    elsewhere = client.create(namespace="shop-prod")
    sim.advance(99)
    assert client.get(restore).status.phase == Phase.INITIALIZING
    assert client.get(elsewhere).status.phase == Phase.DATA_SERVICE_DEPLOYMENT_ENTERING_NORMAL_MODE

    sim.advance(2)
    assert client.get(restore).status.phase == Phase.PENDING


def test_lost_credentials_fail_restores_until_they_are_given_back(sim, client):
    sim.inject(faults.lose_credentials(60), backup_location="vault", at=0, name="rotation")
    first = client.create(name="first")
    sim.advance(58)
    second = client.create(name="second")
    sim.run_until_idle()

    failed = client.get(first)
    assert failed.status.error_code == restore_pb2.FAILED_BACKUP_CREDENTIAL_SYNC
    assert failed.status.error_message == "credentials of backup location 'vault' did not sync to target cluster 'west'"
    assert not failed.status.HasField("started_at")
    assert client.get(second).status.phase == Phase.SUCCESSFUL
    assert client.faults_of(sim.world.backup_locations["vault"].uid) == [("rotation", "lose_credentials", 0)]


def test_a_backup_that_is_deleted_fails_its_restores_and_can_not_be_restored_any_more(sim, client):
    uid = sim.world.backups["orders-backup"].uid
    request = client.request()
    sim.inject(faults.delete_backup(), backup="orders-backup", at=30, name="retention")
    restore = client.stub.CreateRestore(request)
    sim.run_until_idle()

    failed = client.get(restore)
    assert failed.status.error_code == restore_pb2.RESTORE_INTERNAL_ERROR
    assert "of backup 'orders-backup' not found in the backup location" in failed.status.error_message
    assert client.faults_of(uid) == [("retention", "delete_backup", 30)]
    with pytest.raises(grpc.RpcError) as caught:
        client.stub.CreateRestore(request)
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND


@pytest.mark.parametrize(
    ("effect", "code", "message"),
    [
        (faults.outage(1000), restore_pb2.RESTORE_INTERNAL_ERROR, "no heartbeat from target cluster 'west'"),
        (faults.delete_backup(), restore_pb2.RESTORE_INTERNAL_ERROR, "cloudsnap csn:"),
        (
            faults.lose_credentials(),
            restore_pb2.FAILED_BACKUP_CREDENTIAL_SYNC,
            "credentials of backup location 'vault'",
        ),
    ],
    ids=repr,
)
def test_a_restore_can_bring_about_what_happens_to_the_world(sim, client, effect, code, message):
    sim.inject(effect, phase="PENDING", restore="unlucky", times=1)
    restore = client.create(name="unlucky")
    sim.run_until_idle()

    failed = client.get(restore)
    assert failed.status.phase == Phase.FAILED
    assert failed.status.error_code == code
    assert failed.status.error_message.startswith(message)


def test_rules_find_restores_by_what_they_belong_to(sim, client):
    rest = {"phase": "PENDING", "unless": faults.Where({"restore": ("lucky-*",)})}
    sim.inject(faults.fail(message="by cluster"), cluster="west", data_service="Postgre*", **rest)
    sim.inject(faults.fail(message="by label"), label={"team": "pay*"}, **rest)
    messages = {}
    for name, where in {
        "one": {},
        "two": {"namespace": "shop-prod", "labels": {"team": "payments"}},
        "three": {"namespace": "shop-prod", "labels": {"team": "search"}},
        "four": {"backup": "carts-backup"},
        "lucky-one": {},
    }.items():
        restore = client.create(name=name, **where)
        sim.run_until_idle()
        messages[name] = client.get(restore).status.error_message

    assert messages == {"one": "by cluster", "two": "by label", "three": "", "four": "", "lucky-one": ""}


def test_rules_are_checked_against_what_restores_have_made_as_well(sim, client):
    client.create(name="first")
    sim.run_until_idle()
    with pytest.raises(faults.InvalidRule, match="'Mongo' matches no data service"):
        sim.inject(faults.fail(), phase="PENDING", data_service="Mongo")

    sim.inject(faults.fail(message="by data service"), phase="PENDING", data_service="PostgreSQL")
    restore = client.create(name="second")
    sim.run_until_idle()
    assert client.get(restore).status.error_message == "by data service"
