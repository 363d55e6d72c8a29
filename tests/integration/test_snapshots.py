"""A snapshot is all of a simulator as JSON; a simulator that is made from it goes on as the first would have."""

import asyncio
import copy
import json
import re
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import grpc
import pytest
from google.protobuf.json_format import MessageToDict
from google.protobuf.struct_pb2 import Struct
from jsonschema import Draft202012Validator

from fakes.faults.settings import PlainEffect, WholeNumber, setting
from fakes.snapshot.errors import SnapshotError
from scenarios.loading.setups import read_setup
from simulator import Simulator, Token, World, default_world, faults
from simulator.api import RestoreServiceStub, restore_pb2
from simulator.documents.snapshots import json_schema
from simulator.remote import RemoteSimulator
from simulator.server import SimulatorServer
from simulator.services.control.host import SessionSetup
from simulator.transports import rest_gateway
from simulator.transports.service_registry import MESSAGE_BYTES_MAX

RULES = (
    faults.rule(faults.error("UNAVAILABLE"), method="GetRestore", after=2, times=2, name="blip"),
    faults.rule(faults.rate_limit(per_second=0.5), method="ListRestores"),
    faults.rule(faults.slow(3), phase="RESTORING_CLOUDSNAP", probability=0.5),
    faults.rule(faults.outage(duration_seconds=40), cluster="west", at=15),
    faults.rule(faults.lose_credentials(), backup_location="vault", at=70),
)


SECRET = "s3cret"  # noqa: S105  # it is none


def create(sim: Any, name: str) -> Any:
    world = sim.world
    return RestoreServiceStub(sim.channel()).CreateRestore(
        restore_pb2.CreateRestoreRequest(
            namespace_id=world.namespaces["shop-staging"].uid,
            project_id=world.projects["shop"].uid,
            restore={
                "meta": {"name": name, "labels": {"team": "shop", "batch": "7"}},
                "config": {"source_references": {"backup_id": world.backups["orders-backup"].uid}},
            },
        )
    )


def use(sim: Any, first: int) -> list[Any]:
    """Do this and that with a simulator; give the answers and the errors."""
    stub = RestoreServiceStub(sim.channel())
    answers: list[Any] = []
    for step in range(first, first + 6):
        try:
            answers.append(create(sim, f"copy-{step % 4}"))
        except grpc.RpcError as error:
            answers.append((error.code(), error.details()))
        for call, request in (
            (stub.GetRestore, restore_pb2.GetRestoreRequest(id=next(iter(sim.world.restores.by_uid)))),
            (stub.ListRestores, restore_pb2.ListRestoresRequest()),
        ):
            try:
                answers.append(call(request))
            except grpc.RpcError as error:
                answers.append((error.code(), error.details()))
        sim.advance(7.3)
    return answers


def told(sim: Any) -> dict[str, Any]:
    """What can be asked of a simulator afterwards, but for the times of the wall clock."""
    return {
        "timeline": sim.timeline.to_json_lines(),
        "calls": [(each.method, each.code, each.at, each.call, each.delay_seconds) for each in sim.calls],
        "attempts": [[each.call for each in call.attempts] for call in sim.calls.logical()],
        "rules": [(each.name, each.matched_count, each.fired_count) for each in sim.rules],
        "complaints": sim.rule_complaints(),
        "now": sim.now,
    }


@pytest.fixture
def from_snapshot(transport: str, server: Any) -> Callable[..., Any]:
    """Goes on from a snapshot, here or as a session of a server."""
    if transport != "remote":
        return Simulator.from_snapshot
    return lambda document, **options: RemoteSimulator.from_snapshot(server.target, document, **options)


@pytest.mark.parametrize("clock", ["manual", "on_poll"])
def test_a_simulator_from_a_snapshot_goes_on_as_the_first_would_have(make_simulator, from_snapshot, clock):
    with make_simulator(seed=5, clock=clock, rules=RULES, strict=False) as sim:
        use(sim, 0)
        sim.inject(faults.stall(), phase="RESTORING_DATA_SERVICE_DEPLOYMENT", restore="copy-1")
        text = json.dumps(sim.snapshot())
        with from_snapshot(json.loads(text)) as other:
            assert told(other) == told(sim)
            assert use(other, 6) == use(sim, 6)
            other.run_until_idle()
            sim.run_until_idle()
            assert told(other) == told(sim)
            assert other.snapshot()["world"] == sim.snapshot()["world"]


def test_a_reset_begins_with_the_declared_world_and_rules(make_simulator, from_snapshot):
    with make_simulator(seed=5, rules=RULES, strict=False) as sim:
        use(sim, 0)
        with from_snapshot(sim.snapshot()) as other:
            sim.reset()
            other.reset()
            assert use(other, 0) == use(sim, 0)
            assert told(other) == told(sim)


@pytest.mark.parametrize("strict", [True, False])
def test_a_simulator_is_as_strict_as_that_of_its_snapshot_unless_told_otherwise(make_simulator, from_snapshot, strict):
    with make_simulator(strict=strict, allow_held=True) as sim:
        gate = sim.gate(phase="PENDING")
        create(sim, "orders-copy")
        sim.advance(60)
        document = sim.snapshot()
        sim.remove_rule(gate)
    with from_snapshot(document) as same:
        assert (same.strict, same.held_restores()) == (strict, [])
    with from_snapshot(document, strict=not strict, allow_held=False) as other:
        assert other.strict is not strict
        assert len(other.held_restores()) == 1
        other.remove_rule(other.rules[0])


@pytest.mark.parametrize("told_otherwise", [None, 30])
def test_a_simulator_keeps_as_many_calls_and_events_as_that_of_its_snapshot_unless_told_otherwise(told_otherwise):
    with Simulator(history_max=20) as sim:
        use(sim, 0)
        with Simulator.from_snapshot(sim.snapshot(), history_max=told_otherwise) as other:
            use(sim, 6)
            use(other, 6)
            kept = [(len(each.calls), len(each.timeline)) for each in (sim, other)]
            assert all(count <= 20 for count in kept[0])
            assert (kept[1] == kept[0]) is (told_otherwise is None)


@pytest.mark.parametrize(("option", "error"), [({"strict": 1}, TypeError), ({"history_max": 0}, ValueError)])
def test_options_that_make_no_sense_are_refused(option, error):
    with Simulator() as sim, pytest.raises(error, match=r"^strict is 1|^history_max is 0"):
        Simulator.from_snapshot(sim.snapshot(), **option)


def test_a_snapshot_knows_the_tokens_of_the_world(make_simulator, from_snapshot):
    declared = default_world()
    world = World(**{**vars(declared), "tokens": [Token("reader", secret=SECRET, projects=["shop"], account="acme")]})
    with make_simulator(world=world) as sim, from_snapshot(sim.snapshot()) as other:
        stub = RestoreServiceStub(other.channel())
        request = restore_pb2.ListRestoresRequest()
        written = json.dumps(sim.snapshot())
        assert SECRET not in written
        [digest] = set(re.findall("sha256:[0-9a-f]+", written))
        with pytest.raises(grpc.RpcError) as refused:
            stub.ListRestores(request, metadata=[("authorization", f"Bearer {digest}")])
        assert refused.value.code() is grpc.StatusCode.UNAUTHENTICATED
        with pytest.raises(grpc.RpcError) as refused:
            stub.ListRestores(request)
        assert refused.value.code() is grpc.StatusCode.UNAUTHENTICATED
        assert not stub.ListRestores(request, metadata=[("authorization", f"Bearer {SECRET}"), ("x", SECRET)]).restores
        assert SECRET not in str(other.calls[-1])
        assert SECRET not in str(refused.value) + other.timeline.to_json_lines()


def test_a_snapshot_that_is_wrong_is_refused_with_place_and_reason(make_simulator, from_snapshot):
    with make_simulator() as sim:
        create(sim, "orders-copy")
        document = sim.snapshot()
        document["world"]["restores"][0]["target"] = 7
        expected = r"world\.restores\[0\]\.target: is 7; expected the index of one of 1 targets"
        with pytest.raises(ValueError, match=expected), from_snapshot(document):
            pytest.fail("it is none")


def double(records: list[Any]) -> None:
    records.append(copy.deepcopy(records[0]))


def put(value: Any, *path: str | int) -> Callable[[Any], None]:
    """Change the value at a place of a document."""

    def change(document: Any) -> None:
        for key in path[:-1]:
            document = document[key]
        document[path[-1]] = value

    return change


LATER = {"at": 1735689615000000}
UNREASONED = {"name": "gone", "life_count": 1, "reasons": []}
VAULT = default_world().backup_locations[0].uid


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda document: document.update(pds_simulator_snapshot=2), "pds_simulator_snapshot"),
        (lambda document: document.pop("pds_simulator_snapshot"), "is no snapshot"),
        (lambda document: document["world"].pop("now"), "world.now"),
        (lambda document: document["world"]["restores"][0].update(target=7), "world.restores[0].target"),
        (lambda document: document["world"]["restores"][0].update(name="another"), "world.restores: restore 1"),
        (lambda document: document["world"]["restores"][0]["history"].reverse(), "world.restores[0].history"),
        (lambda document: document["world"]["agenda"].clear(), "world"),
        (lambda document: document["world"]["entities"][3].update(tenant="nobody"), "world"),
        (lambda document: document["world"].update(further=1), "world.further"),
        (
            lambda document: document["world"]["rules"]["installed"][0].update(memory=[["", [1.0]]]),
            "world.rules.installed[0].memory",
        ),
        (lambda document: document["calls"]["calls"][0].update(request="?"), "calls.calls[0].request"),
        (lambda document: document["calls"]["calls"][0].update(arrived=-1), "calls.calls[0].arrived"),
        (lambda document: document["calls"]["counts"][0].__setitem__(2, 2**53 + 1), "calls.counts[0][2]"),
        (lambda document: document["calls"].update(arrived_count=0), "calls.arrived_count: is 0; expected "),
        (lambda document: document["world"]["collections"].pop("backups"), "world.collections: expected"),
        (lambda document: document["clock"].update(carried_microseconds=1), "clock.carried_microseconds"),
        (lambda document: document["rule_history"].update(life=0), "rule_history.life"),
        (lambda document: document["world"]["clusters"][0].update(started_count=-1), "world.clusters[0].started_count"),
        (lambda document: document["world"]["restores"][0]["run"].update(remaining=1e31), "restores[0].run.remaining"),
        (lambda document: document["world"]["rules"].update(name_numbers={"Gate": 1}), "rules.name_numbers.Gate"),
        (lambda document: document["world"]["restores"][0].update(labels={"App": 1}), "restores[0].labels.App"),
        (lambda document: document.update(history_max=0), "history_max"),
        (lambda document: double(document["world"]["entities"]), "world.entities[19]: is nowhere referred to"),
        (lambda document: double(document["world"]["targets"]), "world.targets[1]: is nowhere referred to"),
        (lambda document: double(document["world"]["gates"]), "world.gates[5]: is nowhere referred to"),
        (lambda document: double(document["world"]["restores"]), "world.restores[1]: is 'rst:"),
        (lambda document: double(document["world"]["clusters"]), "world.clusters: are not those"),
        (lambda document: document["world"]["agenda"][0].update(restore=1), "world.agenda[0].restore: is there"),
        (lambda document: double(document["world"]["versions"]), "world.versions[19]"),
        (lambda document: double(document["world"]["events"]["numbers"]), "world.events.numbers"),
        (
            lambda document: double(document["world"]["collections"]["backups"]["present"]),
            "collections.backups.present[6]",
        ),
        (lambda document: double(document["world"]["collections"]["backups"]["names"]), "collections.backups.names[6]"),
        (lambda document: double(document["calls"]["parts"]), "calls.parts[1]"),
        (lambda document: double(document["calls"]["counts"]), "calls.counts[1]"),
        (lambda document: double(document["calls"]["calls"]), "calls.counts: are fewer than 2 times CreateRestore OK"),
        (lambda document: document["world"]["agenda"][0].update(rule=0), "world.rules.installed[0].is_due_past"),
        (lambda document: document["world"]["versions"][0][0].update(at=document["world"]["now"]), "versions[0][0].at"),
        (lambda document: document["world"]["credential_losses"].update({VAULT: 1}), f"credential_losses.{VAULT}"),
        (lambda document: document["rule_history"]["first"][0].update(fired_count=3), "first[0].fired_count"),
        (put(10**6, "world", "rules", "installed", 0, "fired_count"), "rules.installed[0].fired_count: is 1000000"),
        (put(True, "world", "rules", "installed", 0, "fired_count"), "world.rules.installed[0].fired_count"),
        (put({"rst:none": 10**6}, "world", "rules", "installed", 0, "draws"), "installed[0].draws: are 1000000"),
        (
            put("dep:none", "world", "targets", 0, "source_deployment"),
            "world.targets[0].source_deployment: is 'dep:none'",
        ),
        (put(None, "world", "targets", 0, "plans"), "world.restores[0].run: its target has no plans"),
        (put("nam:none", "world", "restores", 0, "namespace"), "world.restores[0].namespace: is 'nam:none'"),
        (put("bkp:none", "world", "restores", 0, "backup"), "world.restores[0].backup: is 'bkp:none'"),
        (put([], "world", "restores", 0, "history"), "world.restores[0].history: has 0 times"),
        (put(None, "world", "restores", 0, "run"), "world.restores[0].run: is missing for a live restore"),
        (put("CODE", "world", "restores", 0, "error_code"), "world.restores[0].error_code: is 'CODE'"),
        (put("RESTORE_INTERNAL_ERROR", "world", "restores", 0, "error_code"), "world.restores[0].run: is there for"),
        (put([1], "world", "gates", 0, "waiting"), "world.gates[0].waiting[0]: is 1, which does not wait there"),
        (put(LATER | {"kind": "work done", "restore": 9}, "world", "agenda", 0), "world.agenda[0].restore: is 9"),
        (put(LATER | {"kind": "downloaded", "cluster": "?"}, "world", "agenda", 0), "world.agenda[0].cluster: is '?'"),
        (
            lambda document: document["world"]["events"]["numbers"].reverse(),
            "world.events.numbers[2]: is of an event out",
        ),
        (put(15, "world", "events", "numbers", 0), "world.events.numbers[0]: is 15"),
        (put([{"kind": "wish"}], "world", "events", "others"), "world.events.others[0].kind: is 'wish'"),
        (put([{"kind": "fault"}], "world", "events", "others"), "world.events.others[0]: has the keys kind"),
        (put("thing", "world", "entities", 0, "kind"), "world.entities[0].kind: is 'thing'"),
        (put("", "world", "entities", 0, "name"), "world.entities[0].name: "),
        (put("AAAA", "calls", "parts", 0), "calls.calls[0].response: is no answer of CreateRestore"),
        (put([UNREASONED], "rule_history", "past"), "rule_history.past[0].reasons: are missing"),
    ],
)
def test_whatever_is_wrong_in_a_snapshot_is_refused_with_place_and_reason(change, place):
    with Simulator(rules=(RULES[1], RULES[0], *RULES[2:]), strict=False) as sim:
        create(sim, "orders-copy")
        sim.advance(4)
        document = sim.snapshot()
    change(document)
    with pytest.raises(SnapshotError, match=re.escape(place)):
        Simulator.from_snapshot(document, listen=False)


def test_a_snapshot_whose_numbers_are_doubles_is_one_too(make_simulator):
    with make_simulator(rules=RULES, strict=False) as sim:
        use(sim, 0)
        struct = Struct()
        struct.update(sim.snapshot())
        with Simulator.from_snapshot(MessageToDict(struct)) as other:
            assert told(other) == told(sim)


def test_an_answer_of_the_control_service_is_a_snapshot_too(make_simulator, from_snapshot):
    with make_simulator(seed=5) as sim, from_snapshot({"snapshot": sim.snapshot()}) as other:
        assert other.seed == 5


@pytest.mark.parametrize("option", ["world", "seed", "clock", "speed"])
def test_what_the_snapshot_says_is_no_option(make_simulator, from_snapshot, option):
    with make_simulator() as sim, pytest.raises(TypeError, match=rf"from_snapshot\(\) .* '{option}'"):
        from_snapshot(sim.snapshot(), **{option: 3})


def test_rules_on_top_of_a_snapshot_may_be_in_the_words_of_yaml(make_simulator, from_snapshot):
    rule = {"method": "ListRestores", "error": {"code": "UNAVAILABLE"}}
    with make_simulator() as sim, from_snapshot(sim.snapshot(), rules=[rule]) as other:
        with pytest.raises(grpc.RpcError) as refused:
            RestoreServiceStub(other.channel()).ListRestores(restore_pb2.ListRestoresRequest())
        assert refused.value.code() is grpc.StatusCode.UNAVAILABLE


def test_a_gate_of_a_snapshot_opens(make_simulator, from_snapshot):
    with make_simulator(strict=False) as sim:
        sim.gate(phase="PENDING")
        create(sim, "orders-copy")
        with from_snapshot(sim.snapshot()) as other:
            gate = other.gate_of(other.rules[0])
            other.advance(3600)
            assert [restore.name for restore in gate.held] == ["orders-copy"]
            gate.open()
            other.advance_until("orders-copy", "SUCCESSFUL")


def test_no_snapshot_is_refused_whatever_it_is():
    versions = ("1", True, 1.5, 7.0, -1.0, float("inf"), float("nan"), None, 10**400)
    for given in (None, 3, [], "{}", {}, *({"pds_simulator_snapshot": version} for version in versions)):
        with pytest.raises(SnapshotError):
            Simulator.from_snapshot(given)


def test_snapshots_are_what_their_schema_says(make_simulator):
    validator = Draft202012Validator(json_schema())
    Draft202012Validator.check_schema(validator.schema)
    with make_simulator(seed=5, rules=RULES, strict=False) as sim:
        use(sim, 0)
        document = sim.snapshot()
        validator.validate(document)
        document["world"]["restores"][0]["history"][0] = str(document["world"]["restores"][0]["history"][0])
        validator.validate(document)
        for key, wrong in (("further", 1), ("start", -1)):
            assert not validator.is_valid({**document, "world": {**document["world"], key: wrong}})


def test_a_snapshot_may_be_larger_than_other_messages(server):
    with RemoteSimulator(server.target, strict=False) as sim:
        stub = RestoreServiceStub(sim.channel())
        for _ in range(5):
            request = restore_pb2.GetRestoreRequest(id="x" * (MESSAGE_BYTES_MAX // 4))
            with pytest.raises(grpc.RpcError):
                stub.GetRestore(request)
        document = sim.snapshot()
        assert len(json.dumps(document)) > MESSAGE_BYTES_MAX
        with RemoteSimulator.from_snapshot(server.target, document, strict=False) as other:
            assert len(other.timeline.calls()) == 5
            with pytest.raises(grpc.RpcError) as refused:
                RestoreServiceStub(other.channel()).GetRestore(
                    restore_pb2.GetRestoreRequest(id="x" * MESSAGE_BYTES_MAX)
                )
            assert refused.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


def test_a_call_that_is_held_up_is_no_part_of_a_snapshot():
    rules = [faults.rule(faults.hang(), method="GetRestore")]
    with Simulator(rules=rules) as sim:
        stub = RestoreServiceStub(sim.channel())
        held = stub.GetRestore.future(restore_pb2.GetRestoreRequest(id="any"), timeout=60)
        document = sim.snapshot()
        with Simulator.from_snapshot(document) as other:
            assert [rule.fired_count for rule in other.rules] == [1]
            assert len(other.timeline.faults()) == 1
            other.advance(100)
            assert (len(other.calls), other.timeline.calls()) == (0, [])
            other.clear_rules()
        held.cancel()


@dataclass(frozen=True, slots=True)
class Jitter(PlainEffect):
    """An effect of somebody's own."""

    name: ClassVar[str] = "jitter"

    count: int = setting(WholeNumber(at_least=1), "How many.")

    async def around(self, call: Any, proceed: Any, firing: Any) -> bytes:  # noqa: ARG002  # so effects are called
        answer: bytes = await proceed(call)
        return answer


class Unwritten:
    """An effect that has no plain form."""

    name = "unwritten"

    async def around(self, call: Any, proceed: Any, firing: Any) -> bytes:  # noqa: ARG002  # so effects are called
        answer: bytes = await proceed(call)
        return answer


def test_an_effect_of_ones_own_takes_part():
    with Simulator(rules=[faults.rule(Jitter(3), method="CreateRestore")]) as sim:
        create(sim, "orders-copy")
        document = sim.snapshot()
    with pytest.raises(SnapshotError, match=r"rules\.installed\[0\]\.rule: has no effect; expected exactly one"):
        Simulator.from_snapshot(document)
    with Simulator.from_snapshot(document, effects=[Jitter]) as other:
        create(other, "orders-second")
        assert [rule.fired_count for rule in other.rules] == [2]


def test_an_effect_without_a_plain_form_is_named():
    sim = Simulator(rules=[faults.rule(Unwritten(), method="CreateRestore", name="mine")], listen=False)
    with pytest.raises(SnapshotError, match="the effect 'unwritten' of the rule 'mine' has no to_plain"):
        sim.snapshot()


def test_a_process_of_simpys_is_named():
    with Simulator() as sim, sim.session as world:
        world.environment.timeout(1).callbacks.append(lambda _: None)
        with pytest.raises(SnapshotError, match=r"Timeout.* waits on the agenda"):
            sim.snapshot()


def test_errors_of_the_simulator_stay_known():
    class Broken(Unwritten):
        name = "broken"

        async def around(self, call: Any, proceed: Any, firing: Any) -> bytes:  # noqa: ARG002  # so effects are called
            raise ZeroDivisionError("oh")

    with Simulator(strict=False) as sim:
        rule = sim.inject(Broken(), method="CreateRestore")
        with pytest.raises(grpc.RpcError):
            create(sim, "orders-copy")
        sim.remove_rule(rule)
        with Simulator.from_snapshot(sim.snapshot(), strict=False) as other:
            assert [repr(error) for error in other.errors] == [repr(error) for error in sim.errors]
            assert [error.__notes__ for error in other.errors] == [error.__notes__ for error in sim.errors]


def test_clients_that_sleep_in_virtual_time_do_not_hinder_a_snapshot():
    async def main() -> dict[str, Any]:
        sleeper = asyncio.create_task(asyncio.sleep(50))
        await asyncio.sleep(10)
        document = sim.snapshot()
        await sleeper
        return document

    with Simulator() as sim:
        create(sim, "orders-copy")
        document = sim.run(main())
        with Simulator.from_snapshot(document) as other:
            other.advance(40)
            sim_transitions = [event for event in sim.timeline.to_json_lines().splitlines() if "transition" in event]
            assert [
                event for event in other.timeline.to_json_lines().splitlines() if "transition" in event
            ] == sim_transitions


def post(url: str, path: str, body: Any) -> Any:
    request = urllib.request.Request(  # noqa: S310  # our own server
        f"{url}/simulator/v1/{path}", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310  # our own server
        return json.loads(answer.read())


def test_the_rest_gateway_gives_and_takes_snapshots():
    with (
        SimulatorServer(SessionSetup(), read_scenario=read_setup) as server,
        rest_gateway.serving_http(
            server.channel(), rest_gateway.OwnAddress("127.0.0.1", ()), port=0, origins=(), more=server.descriptors
        ) as url,
        RemoteSimulator(server.target, strict=False) as other,
    ):
        create(other, "orders-copy")
        taken = post(url, f"sessions/{other._running().id}:snapshot", {})
        made = post(url, "sessions", {"snapshot": taken["snapshot"]})
        assert made["strict"] is False
        assert made["restores"] == {"INITIALIZING": "1"}
        with Simulator.from_snapshot(taken["snapshot"]) as here:
            assert here.timeline.to_json_lines() == other.timeline.to_json_lines()


def test_deployments_that_restores_have_made_stay_and_can_be_changed_and_restored():
    with Simulator(seed=5) as sim:
        create(sim, "orders-copy")
        create(sim, "orders-second")
        sim.run_until_idle()
        sim.world.upgrade_deployment("orders-second", image="newer")
        with Simulator.from_snapshot(sim.snapshot()) as other:
            for each in (other, sim):
                each.world.delete_deployment("orders-second")
                each.world.create_backup("of-copy", "orders-copy", location="vault")
            assert other.world.deployments["orders-copy"] == sim.world.deployments["orders-copy"]
            assert other.snapshot()["world"] == sim.snapshot()["world"]


def test_a_backup_that_came_again_after_it_was_deleted_is_there_and_was():
    with Simulator(seed=5) as sim:
        for _ in range(2):
            sim.world.create_backup("again", "orders", location="vault")
            sim.world.delete_backup("again")
        sim.world.create_backup("again", "orders", location="vault")
        with Simulator.from_snapshot(sim.snapshot()) as other:
            assert other.snapshot()["world"] == sim.snapshot()["world"]
            assert other.world.backups["again"] == sim.world.backups["again"]
