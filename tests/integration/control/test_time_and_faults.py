"""Time, rules, the world and the history of a session are controlled from outside as from inside."""

import grpc
import pytest

TOKEN = "s3cret"  # noqa: S105  # of a test


def test_time_moves_by_a_duration(control, session, create_restore):
    create_restore(session)

    answer = control.AdvanceTime(session=session, duration="3s")

    assert (answer["now"], answer["events"]) == ("2025-01-01T00:00:03Z", "2")
    assert [event["transition"]["to"] for event in answer["happened"]] == ["PENDING", "RESTORING_CLOUDSNAP"]


def test_time_moves_to_the_next_event_and_to_a_phase_and_until_nothing_is_left(control, session, create_restore):
    create_restore(session)

    assert control.AdvanceTime(session=session, toNextEvent=True)["now"] == "2025-01-01T00:00:01Z"
    until = {"restore": "orders-copy", "phase": "RESTORING_CLOUDSNAP", "limit": "60s"}
    assert control.AdvanceTime(session=session, until=until)["now"] == "2025-01-01T00:00:03Z"
    happened = control.AdvanceTime(session=session, untilIdle=True)["happened"]
    assert happened[-1]["transition"]["to"] == "SUCCESSFUL"


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({}, grpc.StatusCode.INVALID_ARGUMENT),
        ({"duration": "-1s"}, grpc.StatusCode.INVALID_ARGUMENT),
        ({"toNextEvent": False}, grpc.StatusCode.INVALID_ARGUMENT),
        ({"until": {"restore": "orders-copy", "phase": "NOPE"}}, grpc.StatusCode.INVALID_ARGUMENT),
        ({"until": {"restore": "nope", "phase": "FAILED"}}, grpc.StatusCode.NOT_FOUND),
        (
            {"until": {"restore": "orders-copy", "phase": "SUCCESSFUL", "limit": "1s"}},
            grpc.StatusCode.FAILED_PRECONDITION,
        ),
        ({"duration": "315576000000s"}, grpc.StatusCode.OUT_OF_RANGE),
    ],
)
def test_time_that_can_not_move_so_is_refused(control, session, create_restore, refusal_of, request_, code):
    create_restore(session)

    assert refusal_of(lambda: control.AdvanceTime(session=session, **request_)).code is code


def test_the_wall_clock_is_advanced_only_while_it_stands(control, refusal_of):
    session = control.CreateSession(clock="wall", speed=60)["id"]
    assert refusal_of(lambda: control.AdvanceTime(session=session, duration="1s")).code is (
        grpc.StatusCode.FAILED_PRECONDITION
    )

    paused = control.UpdateClock(session=session, paused=True)
    later = control.AdvanceTime(session=session, duration="3600s")["now"]

    assert (paused["mode"], paused["speed"], paused["paused"]) == ("wall", 60.0, True)
    assert control.GetSession(session=session)["now"] == later > paused["now"]


def test_a_clock_changes_its_mode(control, session, refusal_of):
    assert control.UpdateClock(session=session, mode="wall", speed=5, paused=True)["speed"] == 5.0
    assert control.UpdateClock(session=session, mode="on_poll")["mode"] == "on_poll"
    assert refusal_of(lambda: control.UpdateClock(session=session, speed=2)).code is grpc.StatusCode.INVALID_ARGUMENT
    assert (
        refusal_of(lambda: control.UpdateClock(session=session, paused=True)).code is grpc.StatusCode.INVALID_ARGUMENT
    )


def test_a_session_whose_clock_becomes_on_poll_moves_with_calls(control, session, create_restore, names_in):
    create_restore(session)
    control.UpdateClock(session=session, mode="on_poll")

    for _ in range(10):
        names_in(session)

    assert control.GetSession(session=session)["restores"] == {"SUCCESSFUL": "1"}


def test_polls_of_a_changed_clock_may_find_nothing_left_to_happen(control, session, create_restore, names_in):
    control.InjectRule(session=session, rule={"phase": "PENDING", "gate": {}})
    create_restore(session)
    control.UpdateClock(session=session, mode="wall", paused=True)
    control.UpdateClock(session=session, mode="on_poll")

    assert [names_in(session) for _ in range(5)] == [["orders-copy"]] * 5


def test_a_rule_takes_effect_and_is_counted_until_it_is_removed(control, session, create_restore, refusal_of):
    rule = control.InjectRule(session=session, rule={"method": "CreateRestore", "error": {"code": "ABORTED"}})
    assert refusal_of(lambda: create_restore(session)).code is grpc.StatusCode.ABORTED

    [listed] = control.ListRules(session=session)["rules"]
    assert (listed["id"], listed["matched"], listed["fired"], listed["nearMisses"]) == (rule["id"], "1", "1", [])
    assert listed["rule"]["error"] == {"code": "ABORTED"}
    control.DeleteRule(session=session, rule=rule["id"])
    assert create_restore(session).meta.name == "orders-copy"
    assert control.ListRules(session=session)["rules"] == []


def test_a_gate_holds_until_it_is_opened(control, session, create_restore):
    gate = control.InjectRule(session=session, rule={"name": "the door/1", "phase": "PENDING", "gate": {}})
    create_restore(session)
    control.AdvanceTime(session=session, duration="60s")

    assert gate["id"] == "the-door-1"
    assert control.ListRules(session=session)["rules"][0]["held"] == ["orders-copy"]
    assert control.OpenGate(session=session, rule=gate["id"])["held"] == []
    assert control.AdvanceTime(session=session, untilIdle=True)["happened"][-1]["transition"]["to"] == "SUCCESSFUL"


def test_what_is_no_rule_or_no_gate_is_refused(control, session, refusal_of):
    rule = control.InjectRule(session=session, rule={"method": "GetRestore", "hang": {}})["id"]

    assert refusal_of(lambda: control.OpenGate(session=session, rule=rule)).code is grpc.StatusCode.INVALID_ARGUMENT
    assert refusal_of(lambda: control.DeleteRule(session=session, rule="nope")).code is grpc.StatusCode.NOT_FOUND
    assert refusal_of(lambda: control.InjectRule(session=session, rule={"hang": {}, "fail": {}})).violations


def test_a_rule_comes_back_as_it_went(control, session):
    rule = {
        "name": "all of it",
        "phase": ["PENDING", "RESTORING_*"],
        "label": {"team": "pay"},
        "any_of": [{"cluster": ["east"]}, {"project": ["shop"]}],
        "unless": {"restore": ["x"]},
        "after": 1,
        "times": 2,
        "probability": 0.5,
        "between": [1, 60],
        "stall": {"duration": {"uniform": {"low": 1, "high": 2}}, "at": 0.5},
    }

    told = control.InjectRule(session=session, rule=rule)["rule"]

    assert told == rule
    assert control.InjectRule(session=session, rule=told)["rule"] == rule | {"name": "all of it"}


def test_the_world_is_shown_and_changed(control, session, refusal_of):
    backup = control.GetWorld(session=session)["entities"]["backups"]["orders-backup"]
    assert backup["uid"].startswith("bkp:")

    [event] = control.ChangeWorld(session=session, change={"delete_backup": "orders-backup"})["happened"]

    assert (event["world"]["change"], event["world"]["uid"]) == ("backup deleted", backup["uid"])
    assert "orders-backup" not in control.GetWorld(session=session)["entities"]["backups"]
    again = refusal_of(lambda: control.ChangeWorld(session=session, change={"delete_backup": "orders-backup"}))
    assert again.code is grpc.StatusCode.NOT_FOUND
    assert refusal_of(lambda: control.ChangeWorld(session=session, change={"explode": 1})).violations


def test_entities_are_added_to_a_world_all_or_none(control, session, refusal_of):
    added = {"projects": {"new": {"tenant": "acme-engineering"}}, "namespaces": {"far": {"cluster": "east"}}}
    happened = control.ChangeWorld(session=session, change={"add": added})["happened"]
    wrong = {"projects": {"other": {"tenant": "acme-engineering"}}, "namespaces": {"pay": {"cluster": "nowhere"}}}

    refusal = refusal_of(lambda: control.ChangeWorld(session=session, change={"add": wrong}))

    assert [event["world"]["change"] for event in happened] == ["project added", "namespace added"]
    assert list(refusal.violations) == ["change.add.namespaces.pay.cluster"]
    entities = control.GetWorld(session=session)["entities"]
    assert "far" in entities["namespaces"]
    assert "other" not in entities["projects"]


def test_calls_are_listed_with_attempts_that_belong_together(control, session, create_restore, refusal_of):
    control.InjectRule(session=session, rule={"method": "CreateRestore", "times": 1, "error": {}})
    refusal_of(lambda: create_restore(session))
    create_restore(session)

    calls = control.ListCalls(session=session)["calls"]

    assert [(call["number"], call["code"], call["firstAttempt"]) for call in calls] == [
        ("1", "UNAVAILABLE", "1"),
        ("2", "OK", "1"),
    ]
    assert calls[0]["request"]["restore"]["meta"]["name"] == "orders-copy"
    assert calls[1]["response"]["status"]["phase"] == "INITIALIZING"
    assert [call["number"] for call in control.ListCalls(session=session, code="OK")["calls"]] == ["2"]
    assert control.ListCalls(session=session, method="GetRestore")["calls"] == []


def test_events_are_listed_in_pages_and_by_kind(control, session, create_restore):
    uid = create_restore(session).meta.uid
    control.AdvanceTime(session=session, untilIdle=True)
    everything = control.ListEvents(session=session)["events"]

    pages, token = [], ""
    while token or not pages:
        page = control.ListEvents(session=session, pageSize=4, pageToken=token)
        pages, token = pages + page["events"], page["nextPageToken"]

    assert pages == everything
    assert [event["sequence"] for event in everything] == [str(number + 1) for number in range(len(everything))]
    transitions = control.ListEvents(session=session, kinds=["transition"], subject=uid)["events"]
    assert [event["transition"]["to"] for event in transitions][-1] == "SUCCESSFUL"
    assert control.ListEvents(session=session, after=len(everything))["events"] == []


@pytest.mark.parametrize(
    ("method", "fields", "field", "nearest"),
    [
        ("ListEvents", {"kinds": ["fault", "transtion"]}, "kinds[1]", "'transition'"),
        ("ListEvents", {"after": -1}, "after", "0 (unset) or more"),
        ("ListCalls", {"method": "CreateRestor"}, "method", "'CreateRestore'"),
        ("ListCalls", {"code": "NOT_FOND"}, "code", "'NOT_FOUND'"),
        ("ListCalls", {"code": "not_found"}, "code", "'NOT_FOUND'"),
        ("ListCalls", {"call": -1}, "call", "0 (unset) or more"),
        ("GetWorld", {"kinds": ["backup"]}, "kinds[0]", "'backups'"),
        ("ListCalls", {"subject": "orders"}, "subject", "expected a uid, such as 'dep:"),
        ("ListEvents", {"subject": "vault"}, "subject", "expected a uid, such as 'bkl:"),
        ("UpdateClock", {"speed": 2}, "speed", "only clock='wall' has a speed"),
        (
            "AdvanceTime",
            {"until": {"restore": "x", "phase": "FAILED", "limit": "-1s"}},
            "until.limit",
            "-1 s; expected",
        ),
        ("ChangeWorld", {"change": {"give_back_credentials": "vault"}}, "change", "'vault' are not lost"),
        (
            "ChangeWorld",
            {"change": {"add": {"projects": {"p": {"tenant": "x"}}}}},
            "change.add.projects.p.tenant",
            "acme",
        ),
    ],
)
def test_a_field_that_makes_no_sense_is_refused_with_what_would(
    control, session, refusal_of, method, fields, field, nearest
):
    violations = refusal_of(lambda: getattr(control, method)(session=session, **fields)).violations

    assert list(violations) == [field]
    assert nearest in violations[field]


def test_a_method_that_there_is_not_selects_the_calls_of_it(control, session, channel, failure_of):
    path = "/a.b/NoSuchMethod"
    failure_of(lambda: channel.unary_unary(path)(b"", metadata=[("x-pds-session", session)], timeout=30))

    [call] = control.ListCalls(session=session, method=path)["calls"]
    assert call["code"] == "UNIMPLEMENTED"


def test_watchers_miss_nothing_across_a_reconnect(control, session, create_restore):
    create_restore(session)
    control.AdvanceTime(session=session, untilIdle=True)
    known = control.ListEvents(session=session)["events"]

    first = control.WatchEvents(session=session)
    seen = [next(first).sequence for _ in range(4)]
    first.cancel()
    second = control.WatchEvents(session=session, after=seen[-1])
    create_restore(session, "another")
    seen += [next(second).sequence for _ in range(len(known) - 4 + 2)]
    second.cancel()

    assert seen == list(range(1, len(known) + 3))


def test_the_control_token_guards_the_control_service_alone(make_server, control_of, refusal_of):
    server = make_server(control_token=TOKEN)

    for metadata, found in (
        ((), "found none"),
        ([("authorization", "Bearer wrong")], "found a token that is not this server's"),
        ([("authorization", "s3cret")], "found none"),
    ):
        refusal = refusal_of(control_of(server, metadata).ListSessions)
        assert refusal.code is grpc.StatusCode.UNAUTHENTICATED
        assert refusal.message.endswith(found)
        assert "s3cret" not in refusal.message
    assert control_of(server, [("authorization", "Bearer s3cret")]).ListSessions()["sessions"]


def test_bytes_that_are_no_message_are_refused(channel):
    with pytest.raises(grpc.RpcError) as caught:
        channel.unary_unary("/pds.simulator.control.v1.ControlService/GetSession")(b"\xff\xff", timeout=30)

    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
