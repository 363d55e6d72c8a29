"""What is on a cluster whose agent is gone for longer than its heartbeat limit fails; what comes later waits."""

import math

import pytest

from fakes import Cluster, Deployment, ErrorCode, Namespace
from fakes.faults.effects.gate import HoldAtGate
from fakes.faults.effects.outage import Outage


@pytest.fixture
def stage(stage_of):
    """A world with two clusters; one has a heartbeat limit of a minute and room for one restore."""
    clusters = [Cluster("east", capacity=1, heartbeat_limit_seconds=60), Cluster("west")]
    namespaces = [Namespace(name, cluster=name, projects=["shop"]) for name in ("east", "west")]
    deployments = [Deployment("orders", namespace="east", data_service="PostgreSQL")]
    return stage_of(clusters=clusters, namespaces=namespaces, deployments=deployments)


def test_an_outage_within_the_limit_does_no_harm(stage):
    stage.inject(Outage(59.999_999), cluster="east", at_seconds=20)
    restore = stage.create(namespace="east")
    stage.advance(1000)

    assert stage.history(restore)[-1] == (115.999_999, "SUCCESSFUL")


def test_all_restores_of_the_cluster_fail_when_the_limit_has_passed(stage):
    stage.inject(Outage(200), cluster="east", at_seconds=20)
    restores = [stage.create(name, namespace="east") for name in ("running", "queued")]
    stage.advance(20)
    restores.append(stage.create("created meanwhile", namespace="east"))
    stage.advance(1000)

    assert [stage.history(restore)[-1] for restore in restores] == [(80, "FAILED")] * 3
    for restore in restores:
        assert restore.status.error_code is ErrorCode.RESTORE_INTERNAL_ERROR
        assert restore.status.error_message == "no heartbeat from target cluster 'east' for 60 s"


def test_other_clusters_have_no_part_in_it(stage):
    stage.inject(Outage(200), cluster="east", at_seconds=20)
    other = stage.create(namespace="west")
    stage.advance(1000)

    assert stage.history(other)[-1] == (56, "SUCCESSFUL")


def test_what_is_created_after_the_limit_waits_for_the_end_however_far_that_is(stage):
    stage.inject(Outage(2000), cluster="east", at_seconds=20)
    stage.create("early", namespace="east")
    stage.advance(100)
    late = stage.create("late", namespace="east")
    stage.advance(3000)

    assert stage.history(late)[-1] == (2020 + 56, "SUCCESSFUL")


def test_the_limit_is_counted_from_the_beginning_of_the_first_of_overlapping_outages(stage):
    stage.inject(Outage(40), cluster="east", at_seconds=20)
    stage.inject(Outage(40), cluster="east", at_seconds=50)
    restore = stage.create(namespace="east")
    stage.advance(1000)

    assert stage.history(restore)[-1] == (80, "FAILED")


def test_the_limit_is_counted_anew_for_the_next_outage(stage):
    stage.inject(Outage(50), cluster="east", at_seconds=20)
    stage.inject(Outage(50), cluster="east", at_seconds=71)
    restore = stage.create(namespace="east")
    stage.advance(1000)

    assert stage.history(restore)[-1] == (156, "SUCCESSFUL")


def test_the_room_of_those_that_failed_is_free_afterwards(stage):
    stage.inject(Outage(200), cluster="east", at_seconds=20)
    for name in ("running", "queued"):
        stage.create(name, namespace="east")
    stage.advance(300)
    restores = [stage.create(name, namespace="east") for name in ("next", "after that")]
    stage.advance(1000)

    assert [stage.history(restore)[-1] for restore in restores] == [(356, "SUCCESSFUL"), (411, "SUCCESSFUL")]


def test_who_is_held_at_a_gate_fails_too(stage):
    gate = stage.inject(HoldAtGate(), phase="PENDING")
    stage.inject(Outage(200), cluster="east", at_seconds=20)
    restore = stage.create(namespace="east")
    stage.advance(1000)
    stage.world.open_gate(gate)
    stage.advance(1000)

    assert stage.history(restore)[-1] == (80, "FAILED")


@pytest.mark.parametrize("limit_seconds", [1e302, math.inf])
def test_a_limit_that_is_longer_than_the_clock_has_never_passes(stage_of, limit_seconds):
    stage = stage_of(clusters=[Cluster("east", heartbeat_limit_seconds=limit_seconds)])
    active = stage.inject(Outage(), cluster="east", at_seconds=20)
    restore = stage.create()
    stage.advance(10_000_000)
    assert restore.is_live

    stage.remove(active)
    stage.advance(1000)
    assert stage.history(restore)[-1][1] == "SUCCESSFUL"
