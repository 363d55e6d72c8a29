"""The engine does what the one before it did: the same worlds, rules, calls and clock moves give the same bytes."""

import importlib
import os
import random
import sys
from pathlib import Path
from typing import ClassVar

import pytest

sys.path.append(str(Path(__file__).parent / "old_engine"))

WORLDS = int(os.environ.get("PDS_OLD_ENGINE_WORLDS", "300"))
BATCHES = 10
END_SECONDS = 10_000_000

LIVE_PHASES = (
    "INITIALIZING",
    "PENDING",
    "RESTORING_CLOUDSNAP",
    "RESTORING_DATA_SERVICE_DEPLOYMENT_CR",
    "RESTORING_DATA_SERVICE_DEPLOYMENT",
    "DATA_SERVICE_DEPLOYMENT_ENTERING_NORMAL_MODE",
)
NAMES = ("orders", "copy", "other", "spare", "fifth", "sixth")
BACKUPS = ("nightly", "weekly", "monthly")
NAMESPACES = ("east-prod", "east-test", "west-prod")
CODES = (
    "DATA_SERVICE_DEPLOYMENT_NAME_ALREADY_EXIST",
    "FAILED_BACKUP_CREDENTIAL_SYNC",
    "RESTORE_INTERNAL_ERROR",
)
TARGETS = {
    "outage": ("cluster", ("east", "west", "*")),
    "lose_credentials": ("backup_location", ("vault", "cellar", "*")),
    "delete_backup": ("backup", ("nightly", "w*", "*")),
}
VERBS = (
    *["create"] * 12,
    *["advance"] * 8,
    *["step"] * 3,
    *["inject"] * 3,
    *["list"] * 2,
    "recreate",
    "recreate",
    "remove",
    "open",
    "close",
    "disconnect",
    "reconnect",
    "reconnect",
    "delete_backup",
    "delete_deployment",
    "lose_credentials",
    "give_back_credentials",
    "give_back_credentials",
)


class OldEngine:
    """Where the engine that is compared with has its names."""

    package = "old_fakes"
    modules: ClassVar = {
        "environment": "environment",
        "errors": "errors",
        "listing": "listing",
        "rule": "faults.rule",
        "where": "faults.where:Where",
        "report": "faults.report",
        "fail": "faults.fail:Fail",
        "stall": "faults.stall:Stall",
        "slow": "faults.slow:Slow",
        "restart_phase": "faults.restart_phase:RestartPhase",
        "gate": "faults.gate:HoldAtGate",
        "outage": "faults.outage:Outage",
        "lose_credentials": "faults.lose_credentials:LoseCredentials",
        "delete_backup": "faults.delete_backup:DeleteBackup",
    }

    def __init__(self):
        self.names = importlib.import_module(self.package)
        for name, path in self.modules.items():
            module, _, attribute = path.partition(":")
            found = importlib.import_module(f"{self.package}.{module}")
            setattr(self, name, getattr(found, attribute) if attribute else found)

    def start(self, world, seed):
        return self.names.LivingWorld(world, seed=seed, start_microseconds=0)

    def order(self, **fields):
        return self.names.RestoreOrder(**fields)

    def make_rule(self, effect, patterns, labels, any_of, unless, **when):
        name, arguments = effect
        if "duration" in arguments and isinstance(arguments["duration"], tuple):
            kind, *numbers = arguments["duration"]
            arguments = arguments | {"duration": getattr(self.names, kind)(*numbers)}
        return self.rule.Rule(
            effect=getattr(self, name)(**arguments),
            where=self.where(patterns, labels, tuple(map(self.part, any_of)), unless and self.part(unless)),
            **when,
        )

    def part(self, patterns):
        return self.where(patterns)

    def installed(self, world):
        return world.faults

    def remove(self, world, active):
        world.faults.remove(active)

    def open(self, _world, active):
        active.gate.open()

    def close(self, _world, active):
        active.gate.close()

    def unfired(self, rules):
        return [complaint for complaint in self.report.complaints(rules) if "never fired" in complaint]


class Engine(OldEngine):
    """Where the engine has them now."""

    package = "fakes"
    modules: ClassVar = {
        "environment": "environment",
        "errors": "world.errors",
        "listing": "history.listing",
        "rule": "faults.rule",
        "where": "faults.selector:Selector",
        "report": "faults.report",
        "fail": "faults.effects.fail:Fail",
        "stall": "faults.effects.stall:Stall",
        "slow": "faults.effects.slow:Slow",
        "restart_phase": "faults.effects.restart_phase:RestartPhase",
        "gate": "faults.effects.gate:HoldAtGate",
        "outage": "faults.effects.outage:Outage",
        "lose_credentials": "faults.effects.lose_credentials:LoseCredentials",
        "delete_backup": "faults.effects.delete_backup:DeleteBackup",
    }

    def start(self, world, seed):
        return self.names.LiveWorld(world, seed=seed, start_microseconds=0)

    def order(self, **fields):
        return self.names.RestoreSpec(**fields)

    def installed(self, world):
        return world.rules

    def remove(self, world, active):
        world.remove_rule(active)

    def open(self, world, active):
        world.open_gate(active)

    def close(self, world, active):
        world.close_gate(active)

    def unfired(self, rules):
        return [
            f"the rule {active.name!r} never fired: {self.report.why_unfired(active, rules)}"
            for active in rules
            if not active.fired_count
        ]


def draw_world(draw, engine):
    """Describe a world; constants make many things happen at the same microsecond."""
    names = engine.names
    phases = {}
    kind = draw.choice(["default", "drawn", "whole", "nothing"])
    if kind == "drawn":
        phases = {
            "INITIALIZING": names.Uniform(0, 3),
            "RESTORING_CLOUDSNAP": names.Exponential(5),
            "RESTORING_DATA_SERVICE_DEPLOYMENT": names.Normal(20, 15),
        }
    elif kind != "default":
        phases = {phase: names.Constant(draw.choice([0, 1, 1, 2, 5]) * (kind == "whole")) for phase in LIVE_PHASES}
    return names.World(
        accounts=[names.Account("acme")],
        tenants=[names.Tenant("engineering")],
        projects=[names.Project("shop")],
        clusters=[
            names.Cluster(
                "east",
                capacity=draw.choice([1, 2, 3]),
                bandwidth_bytes_per_second=names.MIB,
                heartbeat_limit_seconds=draw.choice([10, 100]),
            ),
            names.Cluster("west", capacity=1, bandwidth_bytes_per_second=3 * names.MIB),
        ],
        backup_locations=[names.BackupLocation("vault"), names.BackupLocation("cellar", credentials_valid=False)],
        namespaces=[
            names.Namespace("east-prod", cluster="east", projects=["shop"]),
            names.Namespace("east-test", cluster="east", projects=["shop"]),
            names.Namespace("west-prod", cluster="west", projects=["shop"]),
        ],
        deployments=[names.Deployment("orders", namespace="east-prod", data_service="PostgreSQL")],
        backups=[
            names.Backup("nightly", location="vault", size_bytes=draw.choice([10, 20]) * names.MIB),
            names.Backup("weekly", location=draw.choice(["vault", "cellar"]), size_bytes=70 * names.MIB),
            names.Backup("monthly", location="vault", size_bytes=0),
        ],
        durations={names.Phase[phase]: duration for phase, duration in phases.items()},
    )


def draw_place(draw):
    return draw.choice([0, 0.1, 1 / 3, 0.5, 0.999, 1, draw.random()])


def draw_patterns(draw, *, deep=True):
    patterns = {}
    for key, known in {
        "phase": (*LIVE_PHASES, "RESTORING_*"),
        "cluster": ("east", "west"),
        "restore": ("orders", "*o*", "rst:*"),
        "backup": BACKUPS,
    }.items():
        if draw.random() < 1 / 3:
            patterns[key] = tuple(draw.choices(known, k=draw.choice([1, 2])))
    return patterns if deep or patterns else {"restore": ("*o*",)}


def draw_rule(draw):
    """Describe a rule."""
    when = {
        "after": draw.choice([0, 0, 1, 2]),
        "times": draw.choice([None, None, 1, 3]),
        "probability": draw.choice([0.3, 1.0, 1.0]),
        "between_seconds": draw.choice([None, None, None, (5, 50), (0, 1e9)]),
    }
    name = draw.choice(["fail", "stall", "slow", "restart_phase", "gate", *TARGETS])
    lasting = draw.choice([None, draw.uniform(0.001, 200), draw.choice([1, 5, 10])])
    stall = draw.choice([None, 10, ("Constant", 20), ("Uniform", 0, 50), ("LogNormal", 10, 2)])
    effect = {
        "fail": lambda: {"error_code": draw.choice(CODES), "at": draw_place(draw)},
        "stall": lambda: {"duration": stall, "at": draw_place(draw)},
        "slow": lambda: {"factor": draw.choice([1e-6, 0.5, 2.0, 1000.0])},
        "restart_phase": lambda: {"at": draw_place(draw)},
        "outage": lambda: {"duration_seconds": lasting},
        "lose_credentials": lambda: {"duration_seconds": lasting},
    }.get(name, dict)()
    if name in TARGETS:
        key, patterns = TARGETS[name]
        if draw.random() < 1 / 2:
            at = draw.choice([None, draw.uniform(0, 100), draw.choice([5, 10, 20])])
            return ((name, effect), {key: (draw.choice(patterns),)}, {}, (), None, {"at_seconds": at})
        return ((name, effect), {"phase": (draw.choice(LIVE_PHASES),)}, {}, (), None, when)
    return (
        (name, effect),
        draw_patterns(draw),
        draw.choice([{}, {}, {}, {"team": "pay*"}]),
        [draw_patterns(draw, deep=False) for _ in range(draw.choice([0, 0, 1, 2]))],
        draw.choice([None, None, draw_patterns(draw, deep=False)]),
        when,
    )


def draw_history(draw):
    """Describe what is done to a world."""
    return [
        {
            "verb": draw.choice(VERBS),
            "name": draw.choice(NAMES),
            "namespace": draw.choice(NAMESPACES),
            "backup": draw.choice(BACKUPS),
            "location": draw.choice(["vault", "cellar"]),
            "cluster": draw.choice(["east", "west"]),
            "seconds": draw.choice([0, 1, 2, 5, 30, draw.uniform(0, 60)]),
            "ordinal": draw.randrange(30),
            "rule": draw_rule(draw),
        }
        for _ in range(draw.choice([20, 40, 80]))
    ]


class Driver:
    """Does to a world what a history says, and writes down all that can be seen of it."""

    def __init__(self, engine, seed):
        draw = random.Random(seed)
        self.engine = engine
        self.world = engine.start(draw_world(draw, engine), seed)
        self.seen = []
        for _ in range(draw.choice([0, 1, 3, 5])):
            self.inject({"rule": draw_rule(draw)})
        for action in draw_history(draw):
            try:
                getattr(self, action["verb"])(action)
            except (engine.errors.WorldError, ValueError, KeyError) as refusal:
                self.seen.append(f"{type(refusal).__name__}: {refusal}")
            self.look()
        self.rules()
        for active in self.engine.installed(self.world):
            engine.remove(self.world, active)
        self.advance({"seconds": END_SECONDS})
        self.look()
        self.list({"ordinal": 0})
        self.seen += self.world.timeline.to_json_lines().splitlines()

    def look(self):
        self.seen.append(f"{self.world.environment.now_microseconds} {len(self.world.timeline)}")

    def rules(self):
        for active in self.engine.installed(self.world):
            held = [restore.uid for restore in active.gate.held]
            self.seen.append(f"{active.name} {active.matched_count} {active.fired_count} {held}")
        self.seen += self.engine.unfired(self.engine.installed(self.world))

    def advance(self, action):
        clock = self.world.environment
        clock.advance_to(clock.now_microseconds + self.engine.environment.to_microseconds(action["seconds"]))

    def step(self, _action):
        environment, length = self.world.environment, len(self.world.timeline)
        while len(self.world.timeline) == length and environment.peek() != float("inf"):
            environment.advance_to(environment.peek())

    def create(self, action):
        derive = self.engine.names.derive_uid
        order = self.engine.order(
            name=action["name"],
            namespace=derive("namespace", action["namespace"]),
            project=derive("project", "shop"),
            backup=derive("backup", action["backup"]),
            labels={"team": "payments"} if action["ordinal"] % 2 else {},
        )
        self.answer(self.world.create_restore(order, self.engine.names.ANYBODY))

    def recreate(self, action):
        uids = [restore.uid for restore in self.world.restores.values()] or ["rst:none"]
        derive = self.engine.names.derive_uid
        restore = self.world.recreate_restore(
            uids[action["ordinal"] % len(uids)],
            name=action["name"],
            project=derive("project", "shop"),
            namespace=derive("namespace", action["namespace"]),
            caller=self.engine.names.ANYBODY,
        )
        self.answer(restore)

    def answer(self, restore):
        status = restore.status
        self.seen.append(
            f"{restore.uid} {restore.deployment} {restore.custom_resource_name} {status.phase.name}"
            f" {status.revision} {status.updated_at_microseconds} {status.started_at_microseconds}"
            f" {status.completed_at_microseconds} {status.error_code} {status.error_message} {status.reached_cluster}"
        )

    def list(self, action):
        listing, ordinal = self.engine.listing, action["ordinal"]
        sort_by = [None, *listing.SortBy][ordinal % 5]
        query = listing.ListQuery(sort_by=sort_by, descending=bool(ordinal % 2), page_size=1 + ordinal)
        now = self.world.environment.now_microseconds
        for then in (None, max(0, now - 20_000_000)):
            page = self.world.list_restores(query, self.engine.names.ANYBODY, as_of_microseconds=then)
            self.seen.append(f"{page.total_records} {page.versions}")
            for restore in page.restores:
                self.answer(restore)

    def inject(self, action):
        effect, patterns, labels, any_of, unless, when = action["rule"]
        rule = self.engine.make_rule(effect, patterns, labels, any_of, unless, **when)
        self.seen.append(self.world.inject(rule).name)

    def remove(self, action):
        for active in self.one(action):
            self.engine.remove(self.world, active)

    def open(self, action):
        for active in self.one(action):
            self.engine.open(self.world, active)

    def close(self, action):
        for active in self.one(action):
            self.engine.close(self.world, active)

    def one(self, action):
        actives = list(self.engine.installed(self.world))
        return [actives[action["ordinal"] % len(actives)]] if actives else []

    def disconnect(self, action):
        self.world.disconnect_cluster(action["cluster"])

    def reconnect(self, action):
        self.world.reconnect_cluster(action["cluster"])

    def delete_backup(self, action):
        self.world.delete_backup(action["backup"])

    def delete_deployment(self, action):
        for deployment in self.world.deployments.named(action["name"]):
            self.world.delete_deployment(deployment.uid)

    def lose_credentials(self, action):
        self.world.lose_credentials(action["location"])

    def give_back_credentials(self, action):
        self.world.give_back_credentials(action["location"])


@pytest.fixture(scope="module")
def engines():
    return OldEngine(), Engine()


@pytest.mark.parametrize("batch", range(BATCHES))
def test_what_can_be_seen_of_a_world_is_what_the_engine_before_showed(engines, batch):
    events = 0
    for seed in range(batch, WORLDS, BATCHES):
        before, now = (Driver(engine, seed) for engine in engines)
        assert now.seen == before.seen, f"seed {seed}"
        events += len(now.world.timeline)
    assert events > WORLDS
