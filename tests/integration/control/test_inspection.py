"""What the control API shows that no client of the product sees."""

import pytest
from jsonschema import Draft202012Validator

from simulator.documents.reading import InvalidDocument, read_document
from simulator.documents.rules import FaultDocument

MIB = 1024**2


def usage_of(control, session, cluster):
    return next(one for one in control.ListClusters(session=session)["clusters"] if one["name"] == cluster)


def test_a_cluster_tells_what_is_in_use_of_it(control, session, create_restore):
    for number in range(3):
        create_restore(session, f"copy-{number}")
    control.AdvanceTime(session=session, duration="9s")
    west = usage_of(control, session, "west")
    assert {key: west[key] for key in ("slots", "slotsUsed", "slotsAwaited", "downloads", "restores")} == {
        "slots": "2",
        "slotsUsed": "2",
        "slotsAwaited": "1",
        "downloads": "2",
        "restores": "3",
    }
    assert (west["bandwidth"], west["connected"]) == (100 * MIB, True)
    assert usage_of(control, session, "east")["slotsUsed"] == "0"
    control.ChangeWorld(session=session, change={"disconnect_cluster": "west"})
    assert not usage_of(control, session, "west")["connected"]


WAITS = {
    "a phase": ({}, "0s", "copy-0", "its phase to take its time", "2025-01-01T00:00:01Z"),
    "a slot": ({}, "5s", "copy-2", "slot of cluster 'west': 2 of 2 are in use, and it is number 1 of 1", None),
    "bytes": ({}, "9s", "copy-0", "its cloudsnap: 10,190.0 MiB are missing, at 50.0 MiB/s (2 share", None),
    "a gate": ({"name": "door", "gate": {}, "phase": "PENDING"}, "5s", "copy-1", "gate of rule 'door' to open", None),
    "a stall": (
        {"phase": "PENDING", "stall": {"duration": "1h"}},
        *("5s", "copy-0", "a stall to end that a rule has caused", "2025-01-01T01:00:01Z"),
    ),
    "an agent": (
        {"at": 2, "cluster": "west", "outage": {"duration": "1h"}},
        *("5s", "copy-0", "cluster 'west' to reconnect", None),
    ),
    "nothing": ({}, "2000s", "copy-0", "", None),
}
"""A rule, how far to advance, which restore to look at, what it waits for, and until when."""


@pytest.mark.parametrize("case", WAITS)
def test_a_restore_tells_what_it_waits_for(control, session, create_restore, case):
    rule, advance, restore, reason, until = WAITS[case]
    if rule:
        control.InjectRule(session=session, rule=rule)
    for number in range(3):
        create_restore(session, f"copy-{number}")
    control.AdvanceTime(session=session, duration=advance)
    calls = control.ListCalls(session=session)["calls"]
    found = control.InspectRestore(session=session, restore=restore)
    assert found["restore"]["meta"]["name"] == restore
    assert reason in found["waitsFor"]
    assert bool(reason) == bool(found["waitsFor"])
    assert found.get("until") == until
    assert control.ListCalls(session=session)["calls"] == calls


def test_a_call_is_found_by_its_number_in_the_order_of_arrival(control, session, create_restore):
    create_restore(session, "one")
    create_restore(session, "two")
    [call] = control.ListCalls(session=session, call="2")["calls"]
    assert (call["call"], call["request"]["restore"]["meta"]["name"]) == ("2", "two")


def test_the_world_shows_only_the_kinds_that_are_wanted(control, session):
    assert control.GetWorld(session=session, kinds=["clusters", "restores"])["entities"].keys() == {
        "clusters",
        "restores",
    }
    assert {"restores", "backups"} <= control.GetWorld(session=session)["entities"].keys()


@pytest.mark.parametrize(
    "rule",
    [
        {"method": "GetRestore", "times": 1, "error": {"code": "UNAVAILABLE"}},
        {"phase": "PENDING", "gate": {}},
        {"phase": "PENDING", "gate": {}, "nobody": 1},
        {"method": "GetRestore", "error": {"code": "BUSY"}},
        {"method": "GetRestore"},
    ],
)
def test_the_schema_of_rules_agrees_with_what_inject_takes(control, rule):
    schemas = control.GetSchemas()["schemas"]
    assert schemas.keys() == {"rule", "change", "world"}
    try:
        read_document(FaultDocument, rule)
    except InvalidDocument:
        is_right = False
    else:
        is_right = True
    Draft202012Validator.check_schema(schemas["rule"])
    assert Draft202012Validator(schemas["rule"]).is_valid(rule) is is_right


def test_events_say_what_happened_in_a_line(control, session, create_restore):
    create_restore(session, "copy")
    texts = [event["text"] for event in control.ListEvents(session=session)["events"]]
    assert texts[0] == "copy: INITIALIZING"
    assert texts[1].startswith("CreateRestore rst:")
    assert texts[1].endswith("→ OK")


def test_a_rule_tells_whether_its_gate_is_open(control, session):
    rule = control.InjectRule(session=session, rule={"name": "door", "phase": "PENDING", "gate": {}})
    assert rule["gate"] == "closed"
    assert control.OpenGate(session=session, rule="door")["gate"] == "open"
    assert control.CloseGate(session=session, rule="door")["gate"] == "closed"
    assert control.InjectRule(session=session, rule={"method": "GetRestore", "error": {}})["gate"] == ""


def test_calls_are_found_by_what_they_are_about(control, session, create_restore):
    create_restore(session, "one")
    uid = create_restore(session, "two").meta.uid
    [call] = control.ListCalls(session=session, subject=uid)["calls"]
    assert call["request"]["restore"]["meta"]["name"] == "two"
