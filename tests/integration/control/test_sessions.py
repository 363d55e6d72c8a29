"""Sessions are made, found by what a call says, reset and ended, and none sees another's world."""

from math import nan

import grpc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.api import control_pb2
from simulator.services.control.service import SERVICE
from simulator.sessions.registry import SESSION_HEADER


def test_the_default_session_is_always_there(control, names_in, refusal_of):
    assert [session["id"] for session in control.ListSessions()["sessions"]] == ["default"]
    assert names_in(None) == []
    assert refusal_of(lambda: control.DeleteSession(session="default")).code is grpc.StatusCode.INVALID_ARGUMENT


def test_a_session_is_as_it_was_asked_for(control):
    made = control.CreateSession(sessionId="mine", seed="7", clock="on_poll", strict=False)

    assert (made["id"], made["seed"], made["clock"], made["strict"]) == ("mine", "7", "on_poll", False)
    assert made["now"] == "2025-01-01T00:00:00Z"
    described = control.GetSession(session="mine")
    assert described.pop("complaints") == {"unfiredRules": [], "heldRestores": [], "errors": []}
    made.pop("complaints", None)
    assert described == made


def test_a_call_names_its_session_in_its_metadata(control, session, create_restore, names_in):
    other = control.CreateSession()["id"]

    create_restore(session)

    assert [names_in(session), names_in(other), names_in("default")] == [["orders-copy"], [], []]


def test_a_dedicated_port_leads_to_its_session_alone(control, create_restore, names_in):
    made = control.CreateSession(dedicatedPort=True)

    with grpc.insecure_channel(made["target"]) as channel:
        create_restore(made["id"], over=channel)
        assert names_in(made["id"], over=channel) == ["orders-copy"]
        control.DeleteSession(session=made["id"])
        with pytest.raises(grpc.RpcError) as caught:
            names_in(made["id"], over=channel)
    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
    assert names_in("default") == []


def test_an_unknown_session_is_refused_and_never_the_default_one(names_in, refusal_of):
    refusal = refusal_of(lambda: names_in("nope"))

    assert refusal.code is grpc.StatusCode.FAILED_PRECONDITION
    assert (refusal.detail.reason, refusal.detail.metadata["session"]) == ("SESSION_UNKNOWN", "nope")


def test_a_session_starts_as_a_scenario_says(control):
    shipped = control.CreateSession(scenario="capacity")
    given_one = control.CreateSession(
        scenario={
            "seed": 3,
            "world": {"clusters": {"east": {"capacity": 1}}},
            "faults": [{"method": "CreateRestore", "times": 1, "error": {"code": "ABORTED"}}],
        },
        rules=[{"phase": "PENDING", "gate": {}}],
    )

    assert shipped["clock"] == "manual"
    assert given_one["seed"] == "3"
    world = control.GetWorld(session=given_one["id"])["entities"]
    assert world["clusters"]["east"]["capacity"] == 1
    rules = control.ListRules(session=given_one["id"])["rules"]
    assert [sorted(set(rule["rule"]) & {"error", "gate"}) for rule in rules] == [["error"], ["gate"]]


def test_everything_that_is_wrong_is_told_with_its_path(control, refusal_of):
    refusal = refusal_of(lambda: control.CreateSession(rules=[{"metod": "GetRestore", "times": 0, "hang": {}}]))

    assert set(refusal.violations) == {"rules[0].metod", "rules[0].times"}
    assert "did you mean 'method'" in refusal.violations["rules[0].metod"]


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        ({"sessionId": "a b"}, "session_id"),
        ({"clock": "sundial"}, "clock"),
        ({"speed": 2}, "clock"),
        ({"scenario": "nope"}, "scenario"),
        ({"scenario": 7}, "scenario"),
        ({"scenario": {"sead": 1}}, "scenario.sead"),
        ({"world": {"clusters": {"east": {"capacity": 0}}}}, "world.clusters.east.capacity"),
        ({"world": {"namespaces": {"new": {"cluster": "nope"}}}}, "world.namespaces.new.cluster"),
        ({"rules": [{"hang": {}}, {"cluster": "nope", "outage": {}}]}, "rules[1].cluster"),
        ({"scenario": {"faults": [{"hang": {}}]}, "rules": [{"method": "Nope", "hang": {}}]}, "rules[0].method"),
    ],
)
def test_a_wrong_request_makes_no_session(control, refusal_of, request_, field):
    assert list(refusal_of(lambda: control.CreateSession(**request_)).violations) == [field]
    assert len(control.ListSessions()["sessions"]) == 1


def test_an_id_is_given_once(control, refusal_of):
    control.CreateSession(sessionId="mine")

    assert refusal_of(lambda: control.CreateSession(sessionId="mine")).code is grpc.StatusCode.ALREADY_EXISTS


def test_a_reset_session_is_as_newly_made(control, session, create_restore, names_in):
    first = create_restore(session).meta.uid
    control.AdvanceTime(session=session, duration="10s")

    assert control.ResetSession(session=session)["now"] == "2025-01-01T00:00:00Z"
    assert names_in(session) == []
    assert create_restore(session).meta.uid == first


def test_the_end_of_a_session_tells_what_a_strict_simulator_would(control, session):
    control.InjectRule(session=session, rule={"name": "never", "method": "GetRestore", "hang": {}})

    [complaint] = control.DeleteSession(session=session)["complaints"]

    assert complaint.startswith("the rule 'never' never fired: ")


def test_a_session_that_is_not_strict_ends_without_complaints(control):
    session = control.CreateSession(strict=False, rules=[{"method": "GetRestore", "hang": {}}])["id"]

    assert control.DeleteSession(session=session)["complaints"] == []


def test_a_session_that_has_ended_is_gone(control, session, names_in, refusal_of):
    control.DeleteSession(session=session)

    assert refusal_of(lambda: control.GetSession(session=session)).code is grpc.StatusCode.NOT_FOUND
    assert refusal_of(lambda: names_in(session)).detail.reason == "SESSION_UNKNOWN"


def test_sessions_are_listed_in_pages(control):
    made = [control.CreateSession()["id"] for _ in range(4)]

    first = control.ListSessions(pageSize=3)
    second = control.ListSessions(pageSize=3, pageToken=first["nextPageToken"])

    listed = [session["id"] for page in (first, second) for session in page["sessions"]]
    assert listed == ["default", *made]
    assert second["nextPageToken"] == ""


@pytest.mark.parametrize("request_", [{"pageSize": -1}, {"pageToken": "x"}, {"pageToken": "9" * 40}])
def test_a_page_that_is_none_is_refused(control, refusal_of, request_):
    assert len(refusal_of(lambda: control.ListSessions(**request_)).violations) == 1


def test_there_is_a_limit_to_sessions(make_server, control_of, refusal_of):
    control = control_of(make_server(sessions_max=2))
    control.CreateSession()

    assert refusal_of(control.CreateSession).code is grpc.StatusCode.RESOURCE_EXHAUSTED


def test_a_session_that_nobody_uses_ends_and_that_is_logged(make_server, control_of, caplog):
    server = make_server(idle_seconds=0.0)
    session = control_of(server).CreateSession()["id"]

    server.end_idle()

    assert [(record.event, record.session) for record in caplog.records] == [("session_idle", session)]
    assert [hosted.id for hosted in server.sessions] == ["default"]


def test_calls_to_a_port_of_its_own_keep_a_session_from_being_idle(make_server, control_of):
    server = make_server(idle_seconds=3_600.0)
    made = control_of(server).CreateSession(dedicatedPort=True)
    hosted = server.sessions.get(made["id"])
    hosted.used_seconds -= 3_601

    with grpc.insecure_channel(made["target"]) as channel:
        channel.unary_unary("/public.portworx.pds.restore.v1.RestoreService/ListRestores")(b"")

    assert server.sessions.end_idle() == []
    hosted.used_seconds -= 3_601
    assert server.sessions.end_idle() == [hosted]


def test_a_hanging_call_ends_with_its_session(control, channel):
    session = control.CreateSession(clock="wall", strict=False, rules=[{"method": "ListRestores", "hang": {}}])["id"]
    call = channel.unary_unary("/public.portworx.pds.restore.v1.RestoreService/ListRestores")
    future = call.future(b"", metadata=[(SESSION_HEADER, session)])

    while control.ListRules(session=session)["rules"][0]["fired"] == "0":
        """The call is on its way."""
    control.DeleteSession(session=session)

    with pytest.raises(grpc.RpcError):
        future.result(timeout=10)
    assert future.code() is grpc.StatusCode.UNAVAILABLE


STEPS = {
    "create": lambda control, session, number: control.create_restore(session, f"copy-{number}"),
    "advance": lambda control, session, _: control.AdvanceTime(session=session, duration="20s"),
    "inject": lambda control, session, _: control.InjectRule(
        session=session, rule={"phase": "RESTORING_*", "times": 1, "slow": 2}
    ),
    "reset": lambda control, session, _: control.ResetSession(session=session),
    "begin a backup": lambda control, session, number: control.ChangeWorld(
        session=session, change={"create_backup": {"name": f"nightly-{number}", "deployment": "orders"}}
    ),
}


@given(steps=st.lists(st.tuples(st.integers(0, 2), st.sampled_from(sorted(STEPS))), max_size=12))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_interleaved_sessions_go_as_each_would_alone(control, create_restore, steps):
    control.create_restore = create_restore
    together = [control.CreateSession(seed="5", strict=False)["id"] for _ in range(3)]
    for number, (which, step) in enumerate(steps):
        STEPS[step](control, together[which], number)

    for which, session in enumerate(together):
        alone = control.CreateSession(seed="5", strict=False)["id"]
        for number, (other, step) in enumerate(steps):
            if other == which:
                STEPS[step](control, alone, number)
        histories = [control.ListEvents(session=each, pageSize=1000)["events"] for each in (session, alone)]
        assert histories[0] == histories[1]
        for each in (session, alone):
            control.DeleteSession(session=each)


def test_a_session_whose_port_can_not_be_had_is_not_made(control, refusal_of, monkeypatch):
    def refuse(*_):
        raise OSError("too many open files")

    monkeypatch.setattr("simulator.server.GrpcServer", refuse)

    refusal = refusal_of(lambda: control.CreateSession(sessionId="mine", dedicatedPort=True))

    assert (refusal.code, refusal.detail.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "NO_PORT")
    assert [session["id"] for session in control.ListSessions()["sessions"]] == ["default"]


WRONG_NUMBERS = {
    "CreateSession": [control_pb2.CreateSessionRequest(scenario={"number_value": nan}), "scenario"],
    "InjectRule": [control_pb2.InjectRuleRequest(session="default", rule={"times": nan}), "rule.times"],
    "UpdateClock": [control_pb2.UpdateClockRequest(session="default", mode="wall", speed=nan), "speed"],
}


@pytest.mark.parametrize("method", WRONG_NUMBERS)
def test_a_number_that_is_none_is_refused(channel, refusal_of, method):
    request, field = WRONG_NUMBERS[method]

    refusal = refusal_of(lambda: channel.unary_unary(f"/{SERVICE}/{method}")(request.SerializeToString()))

    assert refusal.code is grpc.StatusCode.INVALID_ARGUMENT
    assert field in [violation.field for violation in refusal.detail.field_violations]
