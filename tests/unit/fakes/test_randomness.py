"""Every draw has a stream of its own, which depends on its seed and key and on nothing else."""

import os
import subprocess
import sys

import pytest

from fakes.randomness import stream

HISTORY = """
from dataclasses import replace
from fakes import ANYBODY, LiveWorld, Phase, RestoreSpec, Uniform, default_world

world = replace(default_world(), durations={phase: Uniform(1, 9) for phase in list(Phase)[:6]})
living = LiveWorld(world, seed=7, start_microseconds=0)
for name in ("one", "two", "three"):
    order = RestoreSpec(
        name=name,
        namespace=living.namespaces["shop-staging"].uid,
        project=living.projects["shop"].uid,
        backup=living.backups["carts-backup"].uid,
    )
    living.create_restore(order, ANYBODY)
living.environment.advance_to(10**9)
print(living.timeline.to_json_lines(), end="")
"""


def test_a_stream_begins_at_its_start_each_time():
    first, second = stream(7, "duration", "orders"), stream(7, "duration", "orders")

    assert [first.random() for _ in range(5)] == [second.random() for _ in range(5)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((7, "duration", "orders"), (8, "duration", "orders")),
        ((7, "duration", "orders"), (7, "duration", "carts")),
        ((7, "duration", "orders"), (7, "orders", "duration")),
        ((7, "duration", "orders"), (7, "duration")),
        ((7, "a", "b"), (7, "a, b")),
        ((7, 'a", "b'), (7, "a", "b")),
        ((7,), (7, "")),
    ],
)
def test_another_seed_or_key_is_another_stream(one, other):
    assert stream(*one).random() != stream(*other).random()


def test_draws_from_one_stream_leave_the_others_alone():
    untouched = stream(7, "carts").random()
    drained = stream(7, "orders")
    for _ in range(100):
        drained.random()

    assert stream(7, "carts").random() == untouched


def test_a_stream_gives_the_same_on_every_machine():
    assert stream(7, "duration", "orders").random() == 0.35195461565367403


def test_the_hash_seed_plays_no_part_in_a_history():
    histories = {
        subprocess.run(  # noqa: S603  # the program is the one above
            [sys.executable, "-c", HISTORY],
            env=os.environ | {"PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed in ("0", "1", "4711")
    }

    assert len(histories) == 1
    assert histories.pop().count("SUCCESSFUL") == 3
