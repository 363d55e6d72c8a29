"""A session written as a scenario does again what was done in it."""

import json
from contextlib import suppress
from pathlib import Path

import grpc
import pytest
import yaml

from fakes.history.events import to_json_lines
from scenarios.loading.loader import load_scenario
from scenarios.loading.shipped import shipped_files
from scenarios.recording import write_scenario
from scenarios.running.runner import ScenarioRun
from simulator.api import RestoreServiceStub, backup_pb2, restore_pb2
from simulator.services.control.host import SessionSetup
from simulator.sessions.registry import HostedSession


@pytest.fixture
def server(make_server):
    return make_server(write_scenario=write_scenario)


def run(file: Path) -> ScenarioRun:
    """Run a scenario to its end; all its steps have to pass."""
    scenario_run = ScenarioRun(load_scenario(file))
    with scenario_run:
        failed = [(step.summary, step.complaints) for step in scenario_run.steps() if not step.passed]
        assert not failed
    return scenario_run


def history_of(session) -> str:
    """What happened, with times from the start of the world and without what the transport adds."""
    return to_json_lines(session.timeline.recorded())


@pytest.mark.parametrize(
    "name",
    ["quickstart", "polling-loop", "refused", "listing-and-paging", "recreate-after-failure", "capacity", "bandwidth"],
)
def test_a_scenario_that_was_run_and_written_has_the_same_history(name, tmp_path):
    [file] = shipped_files(name)
    with ScenarioRun(load_scenario(file)) as first:
        assert all(step.passed for step in first.steps())
        written = tmp_path / "recorded.pds.yaml"
        text, _ = write_scenario(HostedSession("first", first.simulator.session))
        written.write_text(text, encoding="utf-8")
        history = history_of(first.simulator.session)
    assert history_of(run(written).simulator.session) == history


def test_what_the_control_service_did_is_done_again_in_its_place(control, session, create_restore, channel, tmp_path):
    metadata = [("x-pds-session", session)]
    stub = RestoreServiceStub(channel)
    orders_copy = create_restore(session, "orders-copy").meta.uid
    control.InjectRule(session=session, rule={"name": "door", "phase": "RESTORING_CLOUDSNAP", "gate": {}})
    control.AdvanceTime(session=session, duration="2.5s")
    flaky = control.InjectRule(session=session, rule={"method": "CreateRestore", "times": 1, "lose_response": {}})
    with pytest.raises(Exception, match="UNAVAILABLE"):
        create_restore(session, "second")
    control.DeleteRule(session=session, rule=flaky["id"])
    control.AdvanceTime(session=session, duration="60s")
    stub.GetRestore(restore_pb2.GetRestoreRequest(id=orders_copy), metadata=metadata, timeout=30)
    control.OpenGate(session=session, rule="door")
    control.ChangeWorld(session=session, change={"disconnect_cluster": "west"})
    control.AdvanceTime(session=session, duration="5s")
    control.ChangeWorld(session=session, change={"reconnect_cluster": "west"})
    control.AdvanceTime(session=session, untilIdle=True)
    text = control.WriteScenario(session=session)["yaml"]
    file = tmp_path / "recorded.pds.yaml"
    file.write_text(text, encoding="utf-8")
    events = [(event["time"], event["text"]) for event in control.ListEvents(session=session)["events"]]
    again = run(file).simulator.session
    assert [event.to_plain()["time"] for event in again.timeline.recorded()] == [_long(time) for time, _ in events]
    assert "lose_response" in text
    assert "remove: " in text


def _long(time: str) -> str:
    """A time as a timeline writes it, always to the microsecond."""
    seconds, _, fraction = time.removesuffix("Z").partition(".")
    return f"{seconds}.{fraction:0<6}Z"


def test_rules_with_the_same_name_are_written_by_the_names_that_they_have(control, create_restore, tmp_path):
    door = {"name": "door", "phase": "RESTORING_CLOUDSNAP", "gate": {}}
    session = control.CreateSession(rules=[door, door])["id"]
    for _ in range(2):
        control.InjectRule(session=session, rule=door)
    control.DeleteRule(session=session, rule="door #3")
    control.DeleteRule(session=session, rule="door #2")
    create_restore(session, "orders-copy")
    control.AdvanceTime(session=session, duration="10s")
    control.OpenGate(session=session, rule="door")
    control.OpenGate(session=session, rule="door #4")
    control.AdvanceTime(session=session, untilIdle=True)
    text = control.WriteScenario(session=session)["yaml"]
    file = tmp_path / "recorded.pds.yaml"
    file.write_text(text, encoding="utf-8")
    again = [event.to_plain()["time"] for event in run(file).simulator.session.timeline.recorded()]
    assert again == [_long(event["time"]) for event in control.ListEvents(session=session)["events"]]
    written = yaml.safe_load(text)
    assert [rule["name"] for rule in written["faults"]] == ["door", "door #2"]
    assert [step["inject"]["name"] for step in written["steps"] if "inject" in step] == ["door #3", "door #4"]


def test_calls_of_the_services_around_a_restore_are_written_too(control, session, channel):
    uid = control.GetWorld(session=session)["entities"]["backups"]["orders-backup"]["uid"]
    get = channel.unary_unary(
        "/public.portworx.pds.backup.v1.BackupService/GetBackup", response_deserializer=backup_pb2.Backup.FromString
    )
    get(backup_pb2.GetBackupRequest(id=uid).SerializeToString(), metadata=[("x-pds-session", session)], timeout=30)
    assert "get_backup:\n    backup: orders-backup" in control.WriteScenario(session=session)["yaml"]


def test_what_was_done_before_a_reset_is_not_written(control, session, create_restore):
    create_restore(session)
    control.InjectRule(session=session, rule={"name": "door", "phase": "PENDING", "gate": {}})
    control.ResetSession(session=session)
    assert control.WriteScenario(session=session)["yaml"].endswith("steps: []\n")


def test_what_no_step_can_do_is_counted(control, session, channel):
    with pytest.raises(Exception, match="UNIMPLEMENTED"):
        channel.unary_unary("/no.Such/Method")(b"", metadata=[("x-pds-session", session)], timeout=30)
    text = control.WriteScenario(session=session)["yaml"]
    assert text.startswith("# 1 calls that no step can make are left out.\n")


def test_a_server_that_writes_no_scenarios_says_so(make_server, control_of, refusal_of):
    refusal = refusal_of(lambda: control_of(make_server()).WriteScenario(session="default"))
    assert refusal.code.name == "UNIMPLEMENTED"


@pytest.mark.parametrize("clock", ["manual", "on_poll"])
def test_what_a_session_began_with_is_written_too(control, channel, create_restore, tmp_path, clock):
    session = control.CreateSession(
        clock=clock,
        seed="7",
        strict=False,
        allowHeld=True,
        world={"clusters": {"west": {"capacity": 1}}},
        rules=[
            {"method": "GetRestore", "times": 1, "error": {}},
            {"phase": "PENDING", "restore": "second", "gate": {}},
        ],
    )["id"]
    uid = create_restore(session).meta.uid
    create_restore(session, "second")
    with pytest.raises(grpc.RpcError, match="ALREADY_EXISTS"):
        create_restore(session, "second")
    stub, metadata = RestoreServiceStub(channel), [("x-pds-session", session)]
    for _ in range(4):
        with suppress(grpc.RpcError):
            stub.GetRestore(restore_pb2.GetRestoreRequest(id=uid), metadata=metadata, timeout=30)
    control.AdvanceTime(session=session, duration="40.25s")
    file = tmp_path / "recorded.pds.yaml"
    file.write_text(control.WriteScenario(session=session)["yaml"], encoding="utf-8")
    times = [_long(event["time"]) for event in control.ListEvents(session=session)["events"]]
    again = run(file).simulator.session
    assert [event.to_plain()["time"] for event in again.timeline.recorded()] == times
    assert (again.seed, again.clock.mode.value) == (7, clock)


@pytest.fixture
def written(control, tmp_path):
    """Writes a session as a scenario, with the snapshot beside it; gives the file."""

    def write(session):
        answer = control.WriteScenario(session=session)
        document = yaml.safe_load(answer["yaml"])
        (tmp_path / document["snapshot"]).write_text(json.dumps(answer["snapshot"]), encoding="utf-8")
        file = tmp_path / "recorded.pds.yaml"
        file.write_text(answer["yaml"], encoding="utf-8")
        return file

    return write


@pytest.fixture
def snapshot(control, create_restore, session):
    """A session at a gate that was closed, with a rule that is no longer in force, and time that has passed."""
    create_restore(session, "orders-copy")
    control.InjectRule(session=session, rule={"name": "door", "phase": "PENDING", "gate": {}})
    gone = control.InjectRule(session=session, rule={"method": "CreateRestore", "error": {}})
    with pytest.raises(grpc.RpcError, match="UNAVAILABLE"):
        create_restore(session, "second")
    control.DeleteRule(session=session, rule=gone["id"])
    control.ChangeWorld(session=session, change={"disconnect_cluster": "west"})
    control.AdvanceTime(session=session, duration="7.25s")
    return control.CreateSnapshot(session=session)["snapshot"]


def test_a_session_that_began_with_a_snapshot_goes_on_from_it(control, channel, create_restore, snapshot, written):
    rule = {"method": "GetRestore", "times": 1, "error": {}}
    session = control.CreateSession(snapshot=snapshot, rules=[rule])["id"]
    uid = snapshot["world"]["restores"][0]["uid"]
    stub, metadata = RestoreServiceStub(channel), [("x-pds-session", session)]
    control.ChangeWorld(session=session, change={"reconnect_cluster": "west"})
    control.AdvanceTime(session=session, duration="3s")
    for _ in range(2):
        with suppress(grpc.RpcError):
            stub.GetRestore(restore_pb2.GetRestoreRequest(id=uid), metadata=metadata, timeout=30)
    create_restore(session, "second")
    control.OpenGate(session=session, rule="door")
    control.AdvanceTime(session=session, untilIdle=True)
    file = written(session)
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert document["steps"][0]["inject"]["method"] == ["GetRestore"]
    assert document["steps"][3] == {
        "get": {"restore": "orders-copy", "timeout": "30s", "expect": {"code": "UNAVAILABLE"}}
    }
    told = [_long(event["time"]) for event in control.ListEvents(session=session)["events"]]
    again = run(file).simulator.session
    assert [event.to_plain()["time"] for event in again.timeline.recorded()] == told
    assert [restore.phase.name for restore in again.world.restores.values()] == ["SUCCESSFUL"] * 2


def test_a_session_on_the_wall_clock_goes_on_from_its_snapshot_by_steps(server, control, create_restore, written):
    first = control.CreateSession(clock="wall", speed=1000)["id"]
    create_restore(first, "orders-copy")
    session = control.CreateSession(snapshot=control.CreateSnapshot(session=first)["snapshot"])["id"]
    create_restore(session, "second")
    again = run(written(session)).simulator
    assert again.session.clock.is_virtual
    expected = [call.arrived_microseconds for call in server.sessions.get(session).session.calls]
    assert [call.arrived_microseconds for call in again.calls] == expected


def test_what_was_done_before_a_reset_is_not_written_even_if_it_is_of_a_snapshot(control, snapshot):
    session = control.CreateSession(snapshot=snapshot)["id"]
    control.ResetSession(session=session)
    written = control.WriteScenario(session=session)
    assert "snapshot" not in written["yaml"]
    assert not written.get("snapshot")


def test_a_server_that_goes_on_from_a_snapshot_writes_what_was_done_since(snapshot, make_server, control_of):
    control = control_of(make_server(setup=SessionSetup(snapshot=snapshot), write_scenario=write_scenario))
    control.AdvanceTime(session="default", duration="5s")
    written = yaml.safe_load(control.WriteScenario(session="default")["yaml"])
    assert (written["snapshot"], written["steps"]) == ("default.snapshot.json", [{"advance": "5s"}])
