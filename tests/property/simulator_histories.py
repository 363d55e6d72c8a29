"""Histories of simulators as plain data, and what comes of one; as a script, it goes on from snapshots on its input."""

import hashlib
import json
import sys
from contextlib import nullcontext
from dataclasses import dataclass, field
from operator import methodcaller
from typing import Any

import grpc
from freezegun import freeze_time

from fakes import Backup, Exponential, Namespace, Normal, Phase, Uniform, UnknownEntity, World, default_world
from fakes.faults.rule import Rule
from simulator import Simulator
from simulator.api import METHODS
from simulator.faults import EFFECTS

MOMENT = "2026-03-01T12:00:00"
NAMES = ("orders-copy", "orders-copy-2", "carts-copy", "events-copy")
TIMEOUT_SECONDS = 20
SORTS = (None, "NAME", "CREATED_AT", "UPDATED_AT", "PHASE")

Action = tuple[str, int]
"""What is done, and a number that says to what or how much."""


def drawn_world() -> World:
    """The default world, where some phases take as long as is drawn."""
    return World(
        **{
            **vars(default_world()),
            "durations": {
                Phase.INITIALIZING: Uniform(0, 3),
                Phase.RESTORING_CLOUDSNAP: Exponential(5),
                Phase.RESTORING_DATA_SERVICE_DEPLOYMENT: Normal(20, 15),
            },
        }
    )


@dataclass
class History:
    """A simulator, and what is done to it.

    Args:
        seed: Of the simulator.
        clock: What moves its time.
        history_max: How many events and calls it keeps.
        rules: What is in force from the start, as plain data.
        injected: What actions put into force.
        actions: What is done.
        start: From which action on, where a snapshot has what was done before.
        snapshot: The snapshot.
        moment: When it begins on the wall clock, where that moves the time.
    """

    seed: int
    clock: str
    history_max: int | None
    rules: list[dict[str, Any]]
    injected: list[dict[str, Any]]
    actions: list[Action]
    start: int = 0
    snapshot: dict[str, Any] | None = None
    moment: str = MOMENT

    def make(self):
        if self.snapshot is not None:
            return Simulator.from_snapshot(self.snapshot, listen=False)
        return Simulator(
            world=drawn_world(),
            seed=self.seed,
            clock=self.clock,
            rules=[Rule.from_plain(rule, EFFECTS) for rule in self.rules],
            history_max=self.history_max,
            strict=False,
            listen=False,
        )

    def run(self, cuts=()):
        """Do it all.

        Returns:
            What came of it, and for each cut what was to be seen from there on: the history with its snapshot, and the
            number of answers before it.
        """
        snapshots = []
        wall = freeze_time(self.moment) if self.clock == "wall" else nullcontext()
        with wall as frozen:
            player = Player(self, self.make().start(), frozen)
            with player.sim:
                for place, action in enumerate(self.actions[self.start :], self.start):
                    if place in cuts:
                        snapshots.append((self.cut(place, player), len(player.answers)))
                    player.do(action)
                return player.outcome(), snapshots

    def cut(self, place, player):
        """The rest of it, from a snapshot that has been a text meanwhile."""
        snapshot = json.loads(json.dumps(player.sim.snapshot()))
        moment = MOMENT if player.frozen is None else player.frozen().isoformat()
        return History(**{**vars(self), "start": place, "snapshot": snapshot, "moment": moment})


@dataclass
class Player:
    """Does to a simulator what a history says."""

    history: History
    sim: Any
    frozen: Any
    answers: list[Any] = field(default_factory=list)

    def __post_init__(self):
        self.channel = self.sim.channel()

    def do(self, action):
        verb, number = action
        try:
            getattr(self, verb)(number)
        except (UnknownEntity, ValueError) as error:  # the world is not in the state for it
            self.answers.append(repr(error))

    def outcome(self):
        """What is left of it for readers, but for the times of the wall clock."""
        sim = self.sim
        calls = [
            {
                **call._asdict(),
                "metadata": [tuple(pair) for pair in call.metadata],
                "deadline_seconds": call.deadline_seconds and float(call.deadline_seconds),
                "wall_microseconds": None,
            }
            for call in sim.calls
        ]
        return {
            "answers": self.answers,
            "now": str(sim.now),
            "timeline": hashlib.sha256(sim.timeline.to_json_lines().encode()).hexdigest(),
            "calls": hashlib.sha256(repr(calls).encode()).hexdigest(),
            "attempts": [sim.calls.first_attempt(number) for number, _ in sim.calls.after(sim.calls.first_number - 1)],
            "rules": [[rule.name, rule.matched_count, rule.fired_count] for rule in sim.rules],
            "complaints": sim.rule_complaints(),
            "errors": [repr(error) for error in sim.errors],
        }

    def ask(self, name_of_method, /, **fields):
        method = METHODS[name_of_method]
        call = self.channel.unary_unary(
            method.path,
            request_serializer=methodcaller("SerializeToString", deterministic=True),
            response_deserializer=lambda content: content,
        )
        try:
            self.answers.append(call(method.request(**fields), timeout=TIMEOUT_SECONDS).hex())
        except grpc.RpcError as error:
            trailing = sorted((key, str(value)) for key, value in error.trailing_metadata() or ())
            self.answers.append([error.code().name, error.details(), trailing])

    def some(self, collection, number):
        found = list(getattr(self.sim.world, collection).by_uid)
        return found[number % len(found)] if found else "none"

    def create(self, number):
        fields = {"namespace_id": self.some("namespaces", number), "project_id": self.some("projects", number // 3)}
        config = {"source_references": {"backup_id": self.some("backups", number // 2)}}
        meta = {"name": NAMES[number % len(NAMES)], "labels": {"team": "shop", "batch": f"batch-{number}"}}
        self.ask("CreateRestore", **fields, restore={"meta": meta, "config": config})

    def create_orders(self, number):
        world = self.sim.world
        backup = world.backups.get("orders-backup")
        config = {"source_references": {"backup_id": "none" if backup is None else backup.uid}}
        self.ask(
            "CreateRestore",
            namespace_id=world.namespaces[("shop-prod", "shop-staging")[number % 2]].uid,
            project_id=world.projects["shop"].uid,
            restore={"meta": {"name": f"copy-{number}"}, "config": config},
        )

    def recreate(self, number):
        self.ask(
            "RecreateRestore",
            id=self.some("restores", number),
            name=NAMES[number % len(NAMES)],
            namespace_id=self.some("namespaces", number),
            project_id=self.some("projects", number),
        )

    def get(self, number):
        self.ask("GetRestore", id=self.some("restores", number))

    def listing(self, number):
        sort = SORTS[number % len(SORTS)]
        fields = {"sort": {"sort_by": sort, "sort_order": "DESC"}} if sort and number % 2 else {}
        try:
            self.ask("ListRestores", pagination={"page_size": 1 + number}, **fields)
        except ValueError:
            self.ask("ListRestores")

    def read(self, number):
        name = ("ListBackups", "ListDataServiceDeployments", "ListBackupLocations", "ListTargetClusters")[number % 4]
        self.ask(name)

    def advance(self, number):
        self._pass(number * 1.37)

    def advance_long(self, number):
        self._pass(40 + number * 10)

    def _pass(self, seconds):
        if self.frozen is not None:
            self.frozen.tick(seconds)
        else:
            self.sim.advance(seconds)

    def step(self, _):
        if self.frozen is None:
            self.answers.append(self.sim.step())

    def delete_backup(self, number):
        self.sim.world.delete_backup(self.some("backups", number))

    def create_backup(self, number):
        self.sim.world.create_backup(f"backup-{number % 5}", self.some("deployments", number))

    def complete_backup(self, number):
        self.sim.world.complete_backup(f"backup-{number % 5}")

    def delete_deployment(self, number):
        self.sim.world.delete_deployment(self.some("deployments", number))

    def upgrade(self, number):
        self.sim.world.upgrade_deployment(self.some("deployments", number), image=f"image-{number}")

    def lose_credentials(self, number):
        self.sim.world.lose_credentials(self.some("backup_locations", number))

    def give_back_credentials(self, number):
        self.sim.world.give_back_credentials(self.some("backup_locations", number))

    def disconnect(self, number):
        self.sim.world.disconnect_cluster(self.some("clusters", number))

    def reconnect(self, number):
        self.sim.world.reconnect_cluster(self.some("clusters", number))

    def add(self, number):
        if number % 2:
            self.sim.world.add(Namespace(f"namespace-{number}", cluster="west", projects=["shop", "analytics"]))
        else:
            self.sim.world.add(Backup(f"backup-{number % 5}", deployment="orders", location="vault"))

    def inject(self, number):
        if self.history.injected:
            rule = self.history.injected[number % len(self.history.injected)]
            self.sim.inject(Rule.from_plain(rule, EFFECTS))

    def rule(self, number):
        rules = self.sim.rules
        return rules[number % len(rules)] if rules else None

    def remove_rule(self, number):
        if (rule := self.rule(number)) is not None:
            self.sim.remove_rule(rule)

    def open_gate(self, number):
        if (rule := self.rule(number)) is not None:
            self.sim.gate_of(rule).open()

    def close_gate(self, number):
        if (rule := self.rule(number)) is not None:
            self.sim.gate_of(rule).close()

    def reset(self, number):
        if number % 4 == 0:
            self.sim.reset()

    def idle(self, number):
        if number % 3 == 0 and self.frozen is None:
            self.sim.run_until_idle()


VERBS = (
    *["create", "create_orders", "advance", "get"] * 4,
    *["listing", "step", "inject", "recreate", "advance_long"] * 2,
    *["read", "delete_backup", "create_backup", "complete_backup", "delete_deployment", "upgrade", "add", "reset"],
    *["lose_credentials", "give_back_credentials", "disconnect", "reconnect", "remove_rule", "open_gate", "close_gate"],
    "idle",
)

if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(History(**json.loads(line)).run()[0]), flush=True)  # noqa: T201  # this is what it is for
