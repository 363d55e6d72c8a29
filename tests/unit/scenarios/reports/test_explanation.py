"""An explanation tells what each phase took by itself, what it waited for, and which rules had a part in it."""

import pytest

from scenarios.reports.explanation import explain
from scenarios.running.runner import ScenarioRun

CREATE = "- create: {name: %s, backup: carts-backup, namespace: shop-prod, project: shop}\n  "
CLOUDSNAP = ("5 s", "5.12 s for 1 GiB at 200 MiB/s")


@pytest.fixture
def explained(load):
    """What is told of the restores of a scenario that is followed to its end, by name."""

    def explain_text(text):
        with ScenarioRun(load(f"version: 1\n{text}"), lenient=True) as run:
            list(run.steps())
            run.simulator.run_until_idle()
            stories = explain(run.simulator.world, start_microseconds=run.start_microseconds)
            return {story.name: story for story in stories}

    return explain_text


def phases(story):
    return {phase.phase.name: (phase.duration_seconds, phase.reasons) for phase in story.phases}


def test_a_restore_that_nothing_disturbs_takes_what_its_phases_take(explained):
    story = explained("steps:\n  " + CREATE % "copy")["copy"]

    assert story.what == "carts-backup into shop-prod on east"
    assert story.outcome == "SUCCESSFUL"
    assert story.end_seconds == 61.12
    assert [phase.start_seconds for phase in story.phases] == [0, 1, 3, 13.12, 16.12, 46.12]
    assert phases(story)["RESTORING_CLOUDSNAP"] == (10.12, CLOUDSNAP)
    assert phases(story)["PENDING"] == (2, ("2 s",))


def test_waiting_for_capacity_and_sharing_bandwidth_are_told(explained):
    full = explained("world: {clusters: {east: {capacity: 1}}}\nsteps:\n  " + CREATE % "one" + CREATE % "two")
    shared = explained("steps:\n  " + CREATE % "one" + CREATE % "two")

    assert phases(full["two"])["PENDING"] == (62.12, ("2 s", "60.12 s more: it waited for one of 1 places on east"))
    assert phases(shared["two"])["RESTORING_CLOUDSNAP"] == (
        15.24,
        (*CLOUDSNAP, "5.12 s more: it shared the bandwidth of east"),
    )


def test_a_drawn_duration_says_what_it_was_drawn_from(explained):
    world = "world: {durations: {PENDING: {uniform: {low: 2s, high: 3s}}}}\n"

    duration, reasons = phases(explained(world + "steps:\n  " + CREATE % "copy")["copy"])["PENDING"]

    assert reasons == (f"{duration:g} s, drawn from Uniform(low_seconds=2.0, high_seconds=3.0)",)


def test_rules_outages_and_failures_are_told(explained):
    faults = (
        "faults:\n"
        "  - {name: door, phase: PENDING, stall: {duration: 40s}}\n"
        "  - {name: dark, cluster: east, at: 50s, outage: {duration: 7s}}\n"
        "  - {name: broken, phase: RESTORING_DATA_SERVICE_DEPLOYMENT_CR, fail: {message: no manifest}}\n"
    )

    story = explained(faults + "steps:\n  " + CREATE % "copy")["copy"]

    assert phases(story)["PENDING"] == (
        42,
        ("2 s", "40 s more: by the rules that follow", "rule 'door' (stall) at 1 s"),
    )
    assert phases(story)["RESTORING_CLOUDSNAP"] == (17.12, (*CLOUDSNAP, "7 s of outage of east"))
    assert phases(story)["RESTORING_DATA_SERVICE_DEPLOYMENT_CR"] == (0, ("3 s", "rule 'broken' (fail) at 60.12 s"))
    assert story.outcome == "FAILED, RESTORE_INTERNAL_ERROR: no manifest"


def test_a_phase_that_lasts_has_no_end_yet(explained):
    faults = "strict: false\nfaults: [{phase: PENDING, gate: }, {cluster: west, outage: }]\n"

    story = explained(faults + "steps:\n  " + CREATE % "held")["held"]

    assert phases(story)["PENDING"][0] is None
    assert story.outcome == "PENDING"
