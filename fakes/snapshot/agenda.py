"""Loads what is due in a world, and who waits for what; a snapshot in which that does not fit together is refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, cast

from fakes.environment import NEVER_MICROSECONDS
from fakes.faults.injector import FAULT_DUE, FAULT_ENDS
from fakes.faults.installed_rule import InstalledRule
from fakes.lifecycle.bandwidth import DOWNLOADED
from fakes.lifecycle.capacity import SLOT_RELEASED, Slot
from fakes.lifecycle.cluster import ClusterRuntime, RestoreRun
from fakes.lifecycle.engine import HEARTBEAT_LOST, WORK_DONE
from fakes.lifecycle.gates import Gate
from fakes.lifecycle.work import AwaitGate, AwaitSlot, Download, Elapse, Pause
from fakes.snapshot.errors import SnapshotError, refusing, require, require_each_once, require_index, require_keys
from fakes.snapshot.records import ClusterRecord, EntryRecord, WorldRecord
from fakes.values import shown
from fakes.world.live_world import LiveWorld


class AgendaReader:
    """Loads what is due, and who waits, into a world that has everything else.

    Args:
        record: The records of the world.
        world: The world.
        gates: Its gates.
        rules: Its rules in force.
        runs: What its live restores still have to do, by ordinal.
    """

    def __init__(
        self,
        record: WorldRecord,
        world: LiveWorld,
        gates: Sequence[Gate],
        rules: Sequence[InstalledRule],
        runs: Mapping[int, RestoreRun],
    ) -> None:
        self._record = record
        self._world = world
        self._gates = gates
        self._rules = rules
        self._runs = runs
        self._due_links: set[str] = set()
        """Clusters whose link has an entry for the end of the next download."""
        self._released_counts: Counter[str] = Counter()
        """By cluster, how many released slots are still to be given to waiting restores."""

    def load(self) -> None:
        """Load it.

        Raises:
            SnapshotError: something does not fit together; says where.
        """
        self._load_clusters()
        self._load_gates()
        before = self._record.now
        for index, entry in enumerate(self._record.agenda):
            with refusing(("agenda", index)):
                until = self._record.now + 2 * NEVER_MICROSECONDS
                require(before <= entry.at <= until, ("at",), f"is {shown(entry.at)}; expected a time from {before}")
                before = entry.at
                keys, schedule = self._schedule_kind[entry.kind]
                require_keys(entry, keys, ("restore", "cluster", "rule", "applied"))
                schedule(self, entry, entry.at - self._record.now)
        for run in self._runs.values():
            with refusing(("restores", run.restore.ordinal - 1, "run")):
                self._check_run(run)
        for uid, cluster in self._world.engine.clusters.items():
            is_downloading = any(run.transfer is not None for run in cluster.runs.values())
            require(is_downloading == (uid in self._due_links), ("agenda",), f"does not fit the downloads of {uid}")
            free_count = cluster.cluster.capacity - cluster.slots.taken_count
            is_stuck = cluster.slots.waiting and free_count > self._released_counts[uid]
            require(
                not is_stuck, ("agenda",), f"lacks {SLOT_RELEASED!r}: restores wait for slots of {uid} that are free"
            )
        for index, rule in enumerate(self._rules):
            with refusing(("rules", "installed", index)):
                self._check_rule(rule)

    def _load_clusters(self) -> None:
        clusters = self._world.engine.clusters
        uids = [record.uid for record in self._record.clusters]
        require(uids == [*clusters], ("clusters",), "are not those of the world, in their order")
        for index, record in enumerate(self._record.clusters):
            with refusing(("clusters", index)):
                self._load_cluster(record, clusters[record.uid])

    def _load_cluster(self, record: ClusterRecord, cluster: ClusterRuntime) -> None:
        cluster.outage_count = record.outage_count
        waiting = [run for run in cluster.runs.values() if run.slot is Slot.WAITING]
        ordinals = sorted(run.restore.ordinal for run in waiting)
        require(
            sorted(record.waiting) == ordinals, ("waiting",), f"are not the restores that wait for a slot, {ordinals}"
        )
        held_count = sum(run.slot is Slot.HELD for run in cluster.runs.values())
        cluster.slots.load(held_count, [self._runs[ordinal] for ordinal in record.waiting])
        now = self._record.now
        require(record.level_at <= now, ("level_at",), f"expected a time until {now}")
        downloads = [run.transfer for run in cluster.runs.values() if run.transfer is not None]
        numbers = [transfer[1] for transfer in downloads]
        require(
            len(set(numbers)) == len(numbers) and all(1 <= number <= record.started_count for number in numbers),
            ("started_count",),
            "does not fit the numbers of the downloads",
        )
        cluster.link.load((record.level_bytes, record.level_at, record.started_count), cluster.runs.values())

    def _load_gates(self) -> None:
        for index, record in enumerate(self._record.gates):
            require_each_once(record.waiting, ("gates", index, "waiting"))
            for place, ordinal in enumerate(record.waiting):
                run = self._runs.get(ordinal)
                work = None if run is None else run.work[run.position]
                if run is None or not isinstance(work, AwaitGate) or work.gate is not self._gates[index]:
                    raise SnapshotError(("gates", index, "waiting", place), f"is {ordinal}, which does not wait there")
                self._gates[index].waiting[run.restore.uid] = run.restore
            require(not (record.is_open and record.waiting), ("gates", index), "is open, but restores wait there")

    def _check_run(self, run: RestoreRun) -> None:
        """Check that a restore will go on: unless an outage has stopped it, something that takes time is under way."""
        work = run.work[run.position]
        is_stopped = bool(run.cluster.outage_count)
        is_timed = isinstance(work, Elapse | Pause) and not is_stopped
        require((run.entry is not None) == is_timed, ("position",), "does not fit what is due on the agenda")
        is_downloading = isinstance(work, Download) and not is_stopped
        require((run.transfer is not None) == is_downloading, ("download",), "does not fit its work")
        is_at_gate = isinstance(work, AwaitGate) and not is_stopped
        waits = isinstance(work, AwaitGate) and run.restore.uid in work.gate.waiting
        require(waits == is_at_gate, ("position",), "does not fit who waits at gates")
        may_wait = isinstance(work, AwaitSlot)
        require(run.slot is not Slot.WAITING or may_wait, ("slot",), "is 'waiting' elsewhere than before a slot")
        require(
            is_stopped or not may_wait or run.slot is Slot.WAITING,
            ("slot",),
            f"is {run.slot.value!r}; expected 'waiting'",
        )
        require(
            is_timed or is_downloading or is_at_gate or may_wait or is_stopped,
            ("position",),
            "is at a piece of work that takes no time",
        )

    def _check_rule(self, rule: InstalledRule) -> None:
        is_to_come = rule.kind == "time" and not rule.is_due_past
        require((rule.due is not None) == is_to_come, ("is_due_past",), "does not fit what is due on the agenda")
        duration_seconds = getattr(rule.rule.effect, "duration_seconds", None)
        for place, fault in enumerate(rule.applied):
            ends = fault.ends is not None
            require(ends == (duration_seconds is not None), ("applied", place), "does not fit what ends on the agenda")

    def _schedule(self, entry: EntryRecord, delay: int, subject: object) -> tuple[int, int, int, str, object]:
        return self._world.environment.schedule_entry(delay, entry.kind, subject)

    def _schedule_work(self, entry: EntryRecord, delay: int) -> None:
        run = self._runs.get(cast(int, entry.restore))
        if run is None or run.entry is not None:
            raise SnapshotError(("restore",), f"is {entry.restore}; expected a live restore with nothing else due")
        run.entry = self._schedule(entry, delay, run)

    def _cluster(self, entry: EntryRecord) -> ClusterRuntime:
        cluster = self._world.engine.clusters.get(cast(str, entry.cluster))
        if cluster is None:
            raise SnapshotError(("cluster",), f"is {shown(entry.cluster)}; expected the uid of a cluster")
        return cluster

    def _schedule_slot(self, entry: EntryRecord, delay: int) -> None:
        cluster = self._cluster(entry)
        self._released_counts[cluster.cluster.uid] += 1
        self._schedule(entry, delay, cluster.slots)

    def _schedule_download(self, entry: EntryRecord, delay: int) -> None:
        cluster = self._cluster(entry)
        uid = cluster.cluster.uid
        require(uid not in self._due_links, ("cluster",), "has another download that ends next")
        self._due_links.add(uid)
        cluster.link.expect(self._schedule(entry, delay, cluster.link))

    def _schedule_heartbeat(self, entry: EntryRecord, delay: int) -> None:
        cluster = self._cluster(entry)
        lost = cluster.outage_count and cluster.heartbeat is None
        require(lost, ("cluster",), "has no outage, or loses its heartbeat twice")
        cluster.heartbeat = self._schedule(entry, delay, cluster)

    def _rule(self, entry: EntryRecord) -> InstalledRule:
        index = cast(int, entry.rule)
        require_index(index, len(self._rules), ("rule",), "rules in force")
        return self._rules[index]

    def _schedule_fault(self, entry: EntryRecord, delay: int) -> None:
        rule = self._rule(entry)
        require(rule.due is None, ("rule",), "has two times that are still to come")
        rule.due = self._schedule(entry, delay, rule)

    def _schedule_end(self, entry: EntryRecord, delay: int) -> None:
        rule = self._rule(entry)
        place = cast(int, entry.applied)
        require_index(place, len(rule.applied), ("applied",), "entities to which the rule has done something")
        fault = rule.applied[place]
        require(fault.ends is None, ("applied",), "ends twice")
        fault.ends = self._schedule(entry, delay, fault)

    _schedule_kind: ClassVar[Mapping[str, tuple[Sequence[str], Callable[[Any, EntryRecord, int], None]]]] = {
        WORK_DONE: (("restore",), _schedule_work),
        SLOT_RELEASED: (("cluster",), _schedule_slot),
        DOWNLOADED: (("cluster",), _schedule_download),
        HEARTBEAT_LOST: (("cluster",), _schedule_heartbeat),
        FAULT_DUE: (("rule",), _schedule_fault),
        FAULT_ENDS: (("rule", "applied"), _schedule_end),
    }
    """For each kind of entry, the keys of its record and the function that schedules it."""
