"""A timeline becomes a history: bars with phases, and marks where they belong."""

import grpc
import pytest

from fakes.lifecycle.phases import Phase
from scenarios.charts.events import WrongTimeline, read_events
from scenarios.charts.history import PhaseSpan
from scenarios.charts.reading import read_history
from simulator import faults
from simulator.api import restore_pb2


def test_a_phase_lasts_until_the_next_one_begins(timeline):
    [restore] = (
        timeline.to(0, "copy", "INITIALIZING").to(1.5, "copy", "PENDING").to(4, "copy", "FAILED").history().restores
    )

    assert restore.phases == (PhaseSpan(Phase.INITIALIZING, 0, 1.5), PhaseSpan(Phase.PENDING, 1.5, 4))
    assert (restore.start_seconds, restore.end_seconds, restore.outcome) == (0, 4, Phase.FAILED)


def test_a_live_restore_lasts_until_the_end_of_the_timeline(timeline):
    [restore] = (
        timeline.to(2, "copy", "INITIALIZING").to(3, "copy", "PENDING").call(10, "ListRestores").history().restores
    )

    assert restore.phases[-1] == PhaseSpan(Phase.PENDING, 1, 8)
    assert (restore.end_seconds, restore.outcome) == (8, Phase.PENDING)


def test_times_count_from_the_first_event(timeline):
    history = timeline.call(100, "ListRestores").to(130, "copy", "INITIALIZING").history()

    assert history.started_at.isoformat() == "2025-01-01T00:01:40+00:00"
    assert history.duration_seconds == 30
    assert history.restores[0].start_seconds == 30


def test_restores_stand_in_the_order_of_their_creation(timeline):
    history = timeline.successful(0, "b").successful(10, "a").successful(20, "c").history()

    assert [restore.name for restore in history.restores] == ["b", "a", "c"]


def test_a_timeline_without_its_beginning_shows_what_is_left(timeline):
    [restore] = timeline.to(0, "copy", "RESTORING_CLOUDSNAP").to(5, "copy", "FAILED").history().restores

    assert restore.phases == (PhaseSpan(Phase.RESTORING_CLOUDSNAP, 0, 5),)


def test_calls_belong_to_the_restore_that_they_were_about(timeline):
    timeline.to(0, "copy", "INITIALIZING").call(0, "CreateRestore", subject="rst:copy")
    timeline.call(1, "GetRestore", subject="rst:copy", code="UNAVAILABLE", message="busy")
    history = timeline.call(2, "GetRestore", subject="rst:unknown", code="NOT_FOUND").call(3, "ListRestores").history()

    assert [(mark.at_seconds, mark.text, mark.is_failed_call) for mark in history.restores[0].marks] == [
        (0, "CreateRestore copy → OK", False),
        (1, "GetRestore copy → UNAVAILABLE: busy", True),
    ]
    [calls] = history.lanes
    assert calls.title == "calls"
    assert [mark.text for mark in calls.marks] == ["GetRestore rst:unknown → NOT_FOUND", "ListRestores → OK"]


def test_a_fault_on_a_create_that_took_effect_belongs_to_the_new_restore(timeline):
    timeline.fault(0, "lost", "lose_response", name="copy", method="CreateRestore", call=7)
    timeline.to(0, "copy", "INITIALIZING").call(0, "CreateRestore", subject="rst:copy", code="UNAVAILABLE", call=7)

    history = timeline.history()

    assert history.restores[0].marks[0].text == "fault 'lost' (lose_response) on CreateRestore copy"
    assert history.lanes == ()


def test_a_fault_on_a_create_without_effect_is_not_taken_for_that_of_a_later_one(timeline):
    timeline.fault(0, "busy", "error", name="copy", method="CreateRestore", call=1)
    timeline.call(0, "CreateRestore", code="UNAVAILABLE", call=1)
    timeline.to(1, "copy", "INITIALIZING").call(1, "CreateRestore", subject="rst:copy", call=2)

    history = timeline.history()

    assert [mark.text for mark in history.lanes[0].marks] == [
        "fault 'busy' (error) on CreateRestore copy",
        "CreateRestore → UNAVAILABLE",
    ]
    assert [mark.text for mark in history.restores[0].marks] == ["CreateRestore copy → OK"]


@pytest.mark.parametrize("call", [{"uid": "dep:1", "method": "ListRestores"}, {"method": "GetRestorabilityMatrix"}, {}])
def test_a_fault_on_a_call_that_is_about_no_restore_is_in_the_lane_of_the_calls(timeline, call):
    history = timeline.to(0, "copy", "INITIALIZING").fault(1, "slow", "delay", name="", **call).history()

    assert [lane.title for lane in history.lanes] == ["calls"]
    assert history.restores[0].marks == ()


def test_an_event_can_not_stand_where_it_could_not_have_happened(timeline):
    timeline.to(0, "copy", "PENDING").to(1, "copy", "INITIALIZING")

    with pytest.raises(WrongTimeline, match="line 2: 'copy' comes to INITIALIZING after PENDING"):
        timeline.history()


@pytest.mark.parametrize("phase", ["SUCCESSFUL", "FAILED"])
def test_nothing_comes_after_a_final_phase(timeline, phase):
    timeline.to(0, "copy", "SUCCESSFUL").to(1, "copy", phase)

    with pytest.raises(WrongTimeline, match=f"line 2: 'copy' comes to {phase} after SUCCESSFUL"):
        timeline.history()


def test_an_unknown_phase_is_told_with_what_comes_near(timeline):
    with pytest.raises(WrongTimeline, match="line 1: 'to' is 'PENDNIG'; did you mean 'PENDING'"):
        timeline.to(0, "copy", "PENDNIG").history()


def test_a_simulator_writes_what_is_read_here(sim, stub, create_request):
    sim.inject(faults.outage(5), cluster="west", at=4)
    sim.inject(faults.restart_phase(), phase="PENDING", name="killed")
    uid = stub.CreateRestore(create_request("copy")).meta.uid
    sim.run_until_idle()

    history = read_history(read_events(sim.timeline.to_json_lines()))

    [restore] = history.restores
    assert (restore.uid, restore.name, restore.outcome) == (uid, "copy", Phase.SUCCESSFUL)
    assert [span.phase for span in restore.phases] == list(Phase)[:6]
    assert [mark.text for mark in restore.marks] == [
        "CreateRestore copy → OK",
        "fault 'killed' (restart_phase) on copy",
    ]
    assert [lane.title for lane in history.lanes] == ["world", "cluster west"]
    assert [(span.start_seconds, span.end_seconds) for span in history.lanes[1].spans] == [(4, 9)]


def test_what_faults_of_a_simulator_do_to_calls_is_found_at_their_restores(sim, stub, create_request):
    sim.inject(faults.lose_response(), method="CreateRestore", name="lost")
    sim.inject(faults.error(), method="GetRestore", name="busy")
    with pytest.raises(grpc.RpcError):
        stub.CreateRestore(create_request("copy"))
    [found] = stub.ListRestores(restore_pb2.ListRestoresRequest()).restores
    with pytest.raises(grpc.RpcError):
        stub.GetRestore(restore_pb2.GetRestoreRequest(id=found.meta.uid))

    history = read_history(read_events(sim.timeline.to_json_lines()))

    assert [mark.text.partition(" →")[0] for mark in history.restores[0].marks] == [
        "fault 'lost' (lose_response) on CreateRestore copy",
        "CreateRestore copy",
        "fault 'busy' (error) on GetRestore copy",
        "GetRestore copy",
    ]
    assert [mark.text for mark in history.lanes[0].marks] == ["ListRestores → OK"]
