"""Whatever is changed in a snapshot: it is refused with place and reason, or makes a simulator that goes on."""

import copy
import json
import os
import random
from collections import Counter
from contextlib import closing

import pytest

from fakes.snapshot.errors import SnapshotError
from simulator import faults
from tests.property.simulator_histories import History, Player

MUTATIONS = int(os.environ.get("SNAPSHOT_MUTATIONS", "250"))
"""How many changes are tried; 5,000 in the long run."""
pytestmark = pytest.mark.timeout(60 + MUTATIONS // 10)
RULES = (
    faults.rule(faults.stall(), phase="RESTORING_DATA_SERVICE_DEPLOYMENT", restore="copy-1"),
    faults.rule(faults.gate(), phase="PENDING", restore="copy-2"),
    faults.rule(faults.restart_phase(at=0.5), phase="RESTORING_CLOUDSNAP", restore="copy-4"),
    faults.rule(faults.fail(at=0.9), phase="RESTORING_CLOUDSNAP", restore="copy-9"),
    faults.rule(faults.rate_limit(per_second=1, burst=2), method="ListRestores"),
    faults.rule(faults.lose_credentials(duration_seconds=100), backup_location="vault", at=90),
    faults.rule(faults.outage(duration_seconds=50), cluster="west", at=20),
    faults.rule(faults.outage(), cluster="east", at=500),
)
ACTIONS = [
    *[("create_orders", number) for number in range(10)],
    ("get", 1),
    *[("listing", number) for number in range(4)],
    ("advance", 15),
    ("delete_backup", 2),
    ("create_backup", 1),
    ("lose_credentials", 0),
    ("advance", 20),
    ("create_orders", 4),
    ("reset", 4),
    *[("create_orders", number) for number in range(9)],
    ("listing", 1),
    ("advance", 8),
    ("create_backup", 2),
    ("add", 3),
    ("advance", 20),
    ("recreate", 1),
    ("upgrade", 1),
    ("listing", 2),
    ("advance", 40),
    ("delete_deployment", 3),
    ("advance_long", 10),
    ("upgrade", 4),
    ("delete_deployment", 5),
    ("create_backup", 6),
    ("get", 2),
]
FURTHER = [
    *[("listing", number) for number in (0, 1, 2, 7, 9)],
    *[("read", number) for number in range(4)],
    ("create_orders", 1),
    ("create", 4),
    ("create_backup", 3),
    ("advance", 3),
    ("get", 1),
    ("step", 1),
    ("recreate", 3),
    ("upgrade", 1),
    ("advance", 60),
    ("disconnect", 0),
    ("delete_deployment", 5),
    ("open_gate", 1),
    ("advance", 20),
    ("reconnect", 0),
    ("remove_rule", 0),
    ("idle", 0),
    ("advance_long", 96),
    ("reset", 0),
    ("create_orders", 1),
    ("idle", 0),
]
ODD = (None, True, -1, 0, 1, 2, 7, 10**30, 2**62, 1.5, -0.5, 1e300, "", "x", "0", "a\ud800", [], {}, [[]], {"a": 1})


def documents():
    """Snapshots in which there is something of everything."""
    history = History(3, "manual", None, [rule.to_plain() for rule in RULES], [], ACTIONS)
    _, snapshots = history.run(cuts=(17, 23, 35, len(ACTIONS) - 1))
    _, of_limited = History(**{**vars(history), "history_max": 20}).run(cuts=(30,))
    return [rest.snapshot for rest, _ in (*snapshots, *of_limited)]


def places_in(value, path=()):
    """The ways to all values of a document."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield (*path, key)
        if isinstance(inner, dict | list):
            yield from places_in(inner, (*path, key))


def follow(document, path):
    for key in path:
        document = document[key]
    return document


def drop_one(records, choose):
    records.pop(choose.randrange(len(records)))


def double_one(records, choose):
    records.insert(choose.randrange(len(records) + 1), copy.deepcopy(choose.choice(records)))


def swap_two(records, choose):
    one, other = choose.randrange(len(records)), choose.randrange(len(records))
    records[one], records[other] = records[other], records[one]


CHANGES_OF_LISTS = (drop_one, double_one, swap_two, lambda records, _: records.reverse())


def count_records(document):
    """How many there are in lists of each kind, but for those in rules, which can be written in several ways."""
    paths = [path for path in places_in(document) if isinstance(path[-1], int) and "rule" not in path]
    return Counter(tuple(key for key in path if isinstance(key, str)) for path in paths if path[0] != "rules")


def mutate(document, choose):
    """Change something; give where."""
    by_shape = {}
    for path in places_in(document):
        by_shape.setdefault(tuple(key for key in path if isinstance(key, str)), []).append(path)
    path = choose.choice(by_shape[choose.choice(sorted(by_shape))])
    holder, key = follow(document, path[:-1]), path[-1]
    found = holder[key]
    how = choose.randrange(7)
    if how == 0:
        del holder[key]
    elif how == 1 and isinstance(found, int | float):
        holder[key] = found + choose.choice([-1, 1, 10, -1000, 10**6])
    elif how == 2 and isinstance(found, list) and found:
        choose.choice(CHANGES_OF_LISTS)(found, choose)
    elif how == 3:
        holder[key] = copy.deepcopy(follow(document, choose.choice(choose.choice([*by_shape.values()]))))
    elif how == 4:
        *way, last = choose.choice(by_shape[tuple(part for part in path if isinstance(part, str))])
        other = follow(document, way)
        holder[key] = copy.deepcopy(other[last])
        if choose.randrange(2):
            other[last] = found
    elif how == 5 and isinstance(holder, dict):
        holder[choose.choice(["further", "uid", "name", "kind", "at"])] = found
    else:
        holder[key] = choose.choice(ODD)
    return path


def test_whatever_is_changed_is_refused_with_a_reason_or_goes_on():
    originals = [json.dumps(document) for document in documents()]
    choose = random.Random(os.environ.get("SNAPSHOT_SEED", "1"))
    loaded_count, reasons = 0, []
    for number in range(MUTATIONS):
        document = json.loads(originals[number % len(originals)])
        path = mutate(document, choose)
        history = History(3, "manual", None, [], [], FURTHER, snapshot=document)
        try:
            sim = history.make()
        except SnapshotError as error:
            reasons.append(error.reason)
            continue
        except Exception as error:
            error.add_note(f"changed at {path}")
            raise
        loaded_count += 1
        try:
            if path != ("history_max",):  # none is left out, and none made up
                assert count_records(sim.snapshot()) == count_records(document)
            go_on(history, sim)
        except Exception as error:
            error.add_note(f"changed at {path}")
            raise
    assert loaded_count
    assert all(reasons)


def go_on(history, sim):
    with closing(sim.start()):  # it may be strict now
        player = Player(history, sim, None)
        for action in FURTHER:
            player.do(action)
        assert not sim.errors
        assert sim.snapshot()
        assert player.outcome()
