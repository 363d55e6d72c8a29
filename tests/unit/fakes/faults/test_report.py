"""It is told why a rule never took effect and what came closest, and which restores rules hold."""

from dataclasses import replace

import pytest

from fakes.faults.effects.delete_backup import DeleteBackup
from fakes.faults.effects.fail import Fail
from fakes.faults.effects.gate import HoldAtGate
from fakes.faults.effects.outage import Outage
from fakes.faults.effects.slow import Slow
from fakes.faults.effects.stall import Stall
from fakes.faults.report import held_restores, why_unfired
from fakes.faults.rule import Firing
from fakes.faults.rule_set import CONTEXTS_MAX


class Never(Slow):
    """An effect that happens under a condition that never holds."""

    def happens(self, firing: Firing) -> bool:  # noqa: ARG002
        return False


@pytest.fixture
def reasons(default_stage):
    """Tells why rules did not take effect, of those that did not."""
    rules = default_stage.world.rules
    return lambda: [why_unfired(active, rules) for active in rules if not active.fired_count]


@pytest.fixture
def held(default_stage):
    return lambda: held_restores(default_stage.world.rules)


def test_the_misses_that_came_closest_are_told_closest_first(default_stage, reasons):
    default_stage.inject(Fail(), phase="PENDING", cluster="west", restore="orders-copy", name="bad luck")
    default_stage.create("orders-copy", namespace="shop-prod")
    default_stage.create("other", namespace="shop-staging")
    default_stage.advance(2)

    east = default_stage.world.clusters["east"].uid
    other = default_stage.world.restores["other"].uid
    (reason,) = reasons()
    assert reason.splitlines() == [
        "what came closest:",
        f"  orders-copy in PENDING: cluster is 'east' alias '{east}', the rule asks for 'west'",
        f"  other in PENDING: restore is 'other' alias '{other}', the rule asks for 'orders-copy'",
        (
            "  orders-copy in INITIALIZING: phase is 'INITIALIZING', the rule asks for 'PENDING'; "
            f"cluster is 'east' alias '{east}', the rule asks for 'west'"
        ),
    ]


def test_a_miss_that_comes_again_and_again_is_told_once(default_stage, reasons):
    default_stage.world.lose_credentials("vault")
    default_stage.inject(Fail(), cluster="west")
    for _ in range(5):
        default_stage.create("same", namespace="shop-prod")
        default_stage.advance(10)

    (reason,) = reasons()
    misses = reason.splitlines()[1:]
    assert [miss.partition(":")[0] for miss in misses] == ["  same in INITIALIZING", "  same in PENDING"]


def test_a_miss_of_time_is_told(default_stage, reasons):
    default_stage.inject(Fail(), phase="PENDING", between_seconds=(5, 9))
    default_stage.create()
    default_stage.advance(10)

    (reason,) = reasons()
    assert "  copy in PENDING: it came at 1 s, the rule applies between 5 and 9 s\n" in reason


def test_who_came_before_the_rule_is_told(default_stage, reasons):
    default_stage.inject(Slow(1))
    default_stage.create()
    default_stage.advance(5)
    default_stage.inject(Fail(), phase="PENDING")

    (reason,) = reasons()
    assert "  copy in PENDING: it came before the rule was in force\n" in reason


def test_it_is_told_when_nothing_came(default_stage, reasons):
    default_stage.inject(Fail(), phase="PENDING", name="bad luck")

    assert reasons() == ["no phase came that it could have applied to"]


@pytest.mark.parametrize(
    ("effect", "when", "reason"),
    [
        (Fail(), {"after": 5}, "'after: 5'"),
        (Fail(), {"probability": 1e-9}, "'probability: 1e-09'"),
        (Fail(), {"after": 1, "probability": 1e-9}, "'after: 1' and 'probability: 1e-09'"),
        (Never(2), {}, "its effect"),
    ],
)
def test_it_is_told_what_let_all_matches_pass(default_stage, reasons, effect, when, reason):
    default_stage.inject(effect, phase="PENDING", name="bad luck", **when)
    for number in range(3):
        default_stage.create(f"copy-{number}")
    default_stage.advance(10)

    assert reasons() == [f"it matched 3 times, but {reason} let all pass"]


def test_a_rule_whose_time_did_not_come_says_so(default_stage, reasons):
    default_stage.inject(Outage(1), cluster="west", at_seconds=50, name="bad luck")
    default_stage.advance(49)
    assert reasons() == ["its time did not come"]

    default_stage.advance(1)
    assert reasons() == []


def test_a_rule_whose_entity_is_gone_by_its_time_says_so(default_stage, reasons):
    for number in (1, 2):
        default_stage.inject(DeleteBackup(), backup="orders-backup", at_seconds=5 * number, name=f"deletion {number}")
    default_stage.advance(20)

    assert reasons() == ["nothing matches it any more"]


def test_a_closed_gate_tells_whom_it_holds_and_where(default_stage, held):
    gate = default_stage.inject(HoldAtGate(), phase="PENDING", name="door")
    for name in ("one", "other"):
        default_stage.create(name)
    default_stage.advance(10)
    assert held() == ["the gate of the rule 'door' is still closed and holds one in PENDING, other in PENDING"]

    default_stage.world.open_gate(gate)
    assert held() == []


def test_a_stall_that_goes_on_tells_whom_it_holds_and_where(default_stage, held):
    default_stage.inject(Stall(), phase="PENDING", name="stuck")
    default_stage.create("one")
    default_stage.advance(10)

    assert held() == ["the rule 'stuck' still stalls one in PENDING"]


def test_a_closed_gate_that_holds_nobody_any_more_is_no_matter(default_stage, held):
    gate = default_stage.inject(HoldAtGate(), phase="PENDING")
    default_stage.create()
    default_stage.advance(10)
    default_stage.world.open_gate(gate)
    default_stage.world.close_gate(gate)

    assert held() == []


def test_only_so_many_occasions_are_kept(default_stage, rule_of):
    faults = default_stage.world.rules
    faults.add(rule_of(Fail(), restore="nobody"))
    default_stage.create()
    (occasion,) = faults.contexts("phase")
    for number in range(CONTEXTS_MAX):
        faults.fire("phase", replace(occasion, title=str(number)))

    assert len(faults.contexts("phase")) == CONTEXTS_MAX
    assert faults.contexts("phase")[0].title == "0"
