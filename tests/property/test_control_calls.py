"""Whatever a client sends to the control service, it is told what is wrong, and what was wrong changes nothing."""

import json
import operator
from contextlib import closing, suppress
from functools import cache
from http.client import HTTPConnection
from math import inf, nan

import grpc
import pytest
from google.protobuf import message_factory, struct_pb2
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, multiple, rule, run_state_machine_as_test

from fakes.world.entities import COLLECTIONS
from scenarios.loading.setups import read_setup
from scenarios.recording import write_scenario
from simulator.api import RestoreServiceStub, restore_pb2
from simulator.api.pool import POOL
from simulator.documents.changes import ChangeDocument
from simulator.documents.rules import FaultDocument
from simulator.documents.worlds import WorldDocument
from simulator.server import SimulatorServer
from simulator.services.control.host import SessionSetup
from simulator.services.control.service import SERVICE
from simulator.transports import rest_gateway
from simulator.transports.rest_gateway.descriptors import real_oneof

METHODS = {method.name: method for method in POOL.FindServiceByName(SERVICE).methods if not method.server_streaming}
METHOD_NAMES = st.sampled_from(sorted(METHODS))
NEVER = {grpc.StatusCode.UNKNOWN, grpc.StatusCode.INTERNAL}
HUGE = 2**63 - 1


def keys_of(model):
    schema = model.model_json_schema()
    return {key for each in (schema, *schema.get("$defs", {}).values()) for key in each.get("properties", ())}


def nested(depth):
    document = {"phase": "PENDING"}
    for _ in range(depth):
        document = {"unless": document, "any_of": [document]} if depth < 5 else {"any_of": [document]}
    return document


NAMES = ("orders", "orders-backup", "shop", "east", "vault", "a", "", "rst:none", "PENDING", "CreateRestore", "manual")
KEYS = sorted({key for model in (FaultDocument, WorldDocument, ChangeDocument) for key in keys_of(model)} | {*NAMES})
NUMBERS = (0, -1, 1, 2.5, HUGE, 1e308, -1e308, nan, inf, -inf, 5e-324)
SCALARS = st.none() | st.booleans() | st.sampled_from(NUMBERS + NAMES) | st.text(max_size=4)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=3), inner),
    max_leaves=8,
)
RULES = st.sampled_from(
    [
        {"method": "CreateRestore", "error": {"code": "UNAVAILABLE"}},
        {"phase": "PENDING", "gate": {}},
        {"phase": "PENDING", "stall": {}},
        {"phase": "PENDING", "slow": {"factor": 1e308}},
        {"phase": "PENDING", "restart_phase": {}},
        {"at": "1s", "outage": {"cluster": "east", "duration": 1e308}},
        {"phase": "PENDING", "delete_backup": {}},
        {"method": "*", "delay": {"seconds": 1e308}},
        {**nested(4), "gate": {}},
        {**nested(12), "gate": {}},
    ]
)
CHANGES = st.sampled_from(
    [
        {"delete_backup": "orders-backup"},
        {"disconnect_cluster": "east"},
        {"disconnect_cluster": "east", "reconnect_cluster": "east"},
        {"lose_credentials": "vault"},
        {"create_backup": {"name": "new", "deployment": "orders"}},
        {"create_backup": {"name": "orders-backup", "deployment": "orders", "size": 1e308}},
    ]
)
WORLDS = st.sampled_from(
    [
        {"base": "empty", "namespaces": {"a": {"cluster": "a"}}, "clusters": {"a": {"tenant": "a"}}},
        {"backups": {"a": {"deployment": "a"}}, "deployments": {"a": {"namespace": "a"}}},
        {"clusters": {"east": {"uid": "same"}, "west": {"uid": "same"}}},
        {"durations": {"PENDING": 1e308}},
    ]
)
SCENARIOS = st.sampled_from(["quickstart", "nope", {"version": 1}, nan, None, {"world": {}, "steps": 1}])
ANY_DOCUMENT = st.dictionaries(st.sampled_from(KEYS), ANYTHING, max_size=4)
DOCUMENTS = {"rule": RULES, "rules": RULES, "change": CHANGES, "world": WORLDS}
TEXTS = {
    "clock": st.sampled_from(["", "manual", "on_poll", "wall", "sundial"]),
    "mode": st.sampled_from(["", "manual", "on_poll", "wall", "sundial"]),
    "phase": st.sampled_from(["PENDING", "SUCCESSFUL", "NOWHERE", ""]),
    "page_token": st.sampled_from(["", "0", "5", "-1", "9" * 30, "\u0661", "x"]),
    "session_id": st.sampled_from(["", "a", "b", "default", "x" * 64, "a/b", "\n"]),
}
DURATIONS = st.fixed_dictionaries(
    {
        "seconds": st.sampled_from([0, 1, 100, -1, 315_576_000_000, HUGE]),
        "nanos": st.sampled_from([0, 1, -1, 2**31 - 1]),
    }
)


def value_of(field):
    """A strategy for the values of a field: of those that make sense, and of others."""
    if field.message_type is None:
        by_type = {
            field.TYPE_STRING: TEXTS.get(field.name, st.sampled_from(NAMES) | st.text(max_size=4)),
            field.TYPE_BOOL: st.booleans(),
            field.TYPE_DOUBLE: st.sampled_from([1.0, *map(float, NUMBERS)]),
            field.TYPE_INT32: st.sampled_from([0, 1, -1, 2**31 - 1, -(2**31)]),
            field.TYPE_INT64: st.sampled_from([0, 1, -1, HUGE, -HUGE - 1]),
        }
        return by_type[field.type]
    kind = message_factory.GetMessageClass(field.message_type)
    name = field.message_type.full_name
    if name == "google.protobuf.Duration":
        return DURATIONS.map(lambda parts: kind(**parts))
    if name == "google.protobuf.Struct":
        return (DOCUMENTS.get(field.name, ANY_DOCUMENT) | ANY_DOCUMENT).map(lambda document: struct(document, kind()))
    if name == "google.protobuf.Value":
        # A value stands in a struct, which can be made of plain data.
        return (SCENARIOS | ANYTHING).map(lambda plain: kind.FromString(in_struct(plain).SerializeToString()))
    return message_of(field.message_type)


def struct(document, message):
    message.update(document)
    return message


def in_struct(plain):
    return struct({"": plain}, struct_pb2.Struct()).fields[""]


@cache
def message_of(descriptor):
    """A strategy for messages in which any fields are set."""
    kind = message_factory.GetMessageClass(descriptor)
    alternatives = [field for field in descriptor.fields if real_oneof(field)]
    fields = {
        field.name: st.lists(value_of(field), max_size=2) if field.is_repeated else value_of(field)
        for field in descriptor.fields
        if field.name != "session" and field not in alternatives
    }
    documents = {name: fields.pop(name) for name in ("rule", "change") if name in fields}
    message = st.fixed_dictionaries(documents, optional=fields)
    if alternatives:
        one = st.one_of([st.fixed_dictionaries({field.name: value_of(field)}) for field in alternatives])
        message = st.builds(operator.or_, message, one)
    return message.map(lambda set_: kind(**set_))


class ControlCalls(RuleBasedStateMachine):
    """A server with some sessions, and a client that sends it anything."""

    sessions = Bundle("sessions")

    def __init__(self):
        super().__init__()
        self.server = SimulatorServer(
            SessionSetup(), read_scenario=read_setup, write_scenario=write_scenario, sessions_max=4
        )
        self.server.__enter__()
        self.channel = self.server.channel()

    def teardown(self):
        self.channel.close()
        self.server.__exit__(None, None, None)

    @initialize(target=sessions)
    def default(self):
        self.create("default")
        return "default"

    def create(self, session):
        """Create a restore, for time to move."""
        world = self.server.sessions.get(session).session.world
        collections = ((world.namespaces, "shop-staging"), (world.projects, "shop"), (world.backups, "orders-backup"))
        if all(name in collection for collection, name in collections):
            namespace, project, backup = (collection[name].uid for collection, name in collections)
            request = restore_pb2.CreateRestoreRequest(
                namespace_id=namespace,
                project_id=project,
                restore={"meta": {"name": "a"}, "config": {"source_references": {"backup_id": backup}}},
            )
            with suppress(grpc.RpcError):  # the rules in force may refuse it
                metadata = (("x-pds-session", session),)
                RestoreServiceStub(self.channel).CreateRestore(request, metadata=metadata, timeout=0.1)

    def call(self, name, request):
        """The code of the status, and the answer or what the status says."""
        response_type = message_factory.GetMessageClass(METHODS[name].output_type)
        call = self.channel.unary_unary(f"/{SERVICE}/{name}", response_deserializer=response_type.FromString)
        try:
            return grpc.StatusCode.OK, call(request.SerializeToString(), timeout=20)
        except grpc.RpcError as error:
            return error.code(), error.details()

    def state(self):
        """What a refused call must not have changed, of each session whose time stands still."""
        return [
            (
                hosted.id,
                hosted.session.clock,
                hosted.session.world.environment.now_microseconds,
                hosted.session.world.timeline.last_number,
                [active.name for active in hosted.session.world.rules],
                [dict(hosted.session.world.collection(name)) for name in COLLECTIONS],
            )
            for hosted in self.server.sessions
            if hosted.session.clock.may_be_advanced  # otherwise, the wall clock changes it too
        ]

    @rule(target=sessions, data=st.data(), name=METHOD_NAMES, session=sessions, is_known=st.integers(0, 9).map(bool))
    def ask(self, data, name, session, is_known):
        request = data.draw(message_of(METHODS[name].input_type))
        if "session" in METHODS[name].input_type.fields_by_name:
            request.session = session if is_known else data.draw(st.sampled_from(NAMES))
        before = self.state()

        code, answer = self.call(name, request)

        assert code not in NEVER, answer
        if code is grpc.StatusCode.INVALID_ARGUMENT:
            assert self.state() == before
        if code is not grpc.StatusCode.OK or name != "CreateSession":
            return multiple()
        self.create(answer.id)
        return answer.id


def test_no_call_fails_for_a_reason_that_nobody_foresaw_and_a_refused_one_changes_nothing():
    run_state_machine_as_test(
        ControlCalls,
        settings=settings(max_examples=40, stateful_step_count=20, phases=[Phase.generate]),
    )


@pytest.fixture(scope="module")
def fetch():
    """Sends a body to the control API over HTTP, and gives the status and the answer."""
    with SimulatorServer(
        SessionSetup(), read_scenario=read_setup, write_scenario=write_scenario, sessions_max=4
    ) as server:
        channel = server.channel()
        app = rest_gateway.app(channel, server.descriptors, own_address=rest_gateway.OwnAddress("127.0.0.1"))
        http = rest_gateway.HttpServer(app, "127.0.0.1", 0, end_calls=channel.close)

        with closing(HTTPConnection("127.0.0.1", http.port, timeout=20)) as connection:

            def fetch(method, path, body=None):
                connection.request(method, path, body)
                answer = connection.getresponse()
                return answer.status, json.loads(answer.read())

            yield fetch
        http.stop()


BODIES = (
    st.binary(max_size=20)
    | ANYTHING.map(lambda plain: json.dumps(plain).encode())
    | ANYTHING.map(
        lambda plain: json.dumps({"rule": plain, "world": plain, "duration": plain, "speed": plain}).encode()
    )
    | st.sampled_from(
        [
            b"[" * 100_000,
            b'{"rule":' * 5_000 + b"1" + b"}" * 5_000,
            b'{"speed": 1e999}',
            b'{"duration": "' + b"9" * 400 + b's"}',
            b'{"pageSize": 99999999999999999999}',
            b'{"seed": 1e308}',
            b'{"seed": "\xff"}',
        ]
    )
)
TARGETS = st.sampled_from(
    [
        ("POST", "/simulator/v1/sessions"),
        *(
            (method, f"/simulator/v1/sessions/default{rest}")
            for method, rest in (
                ("POST", ":advance"),
                ("POST", ":change"),
                ("POST", "/rules"),
                ("POST", "/rules/none:open"),
                ("PATCH", "/clock"),
                ("DELETE", "/rules/%00"),
                ("GET", "/calls?pageSize=-1"),
                ("GET", "/events?after=9223372036854775808"),
            )
        ),
    ]
)


@settings(max_examples=150)
@given(target=TARGETS, body=BODIES)
def test_any_body_over_http_is_accepted_or_refused_with_a_status(fetch, target, body):
    before = fetch("GET", "/simulator/v1/sessions/default/rules")

    status, answer = fetch(*target, body)

    assert status < 500 or answer["code"] == grpc.StatusCode.RESOURCE_EXHAUSTED.value[0], answer
    if status == 400:
        assert {"code", "message", "details"} <= set(answer)
        assert fetch("GET", "/simulator/v1/sessions/default/rules") == before
