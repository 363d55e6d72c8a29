"""Strategies of hypothesis that draw fault schedules: for ``@given`` in a test of your own."""

from __future__ import annotations

from collections.abc import Callable, Collection
from io import BytesIO
from typing import TYPE_CHECKING, Any

from fakes import World
from fakes.faults.rule import Rule
from fakes.faults.settings import PlainEffect
from scenarios.exploration.space import Choose, make_space

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


def rule_sets(
    *,
    world: World | None = None,
    methods: Collection[str] | None = None,
    phases: Collection[str] | None = None,
    effects: Collection[type[PlainEffect] | str] | None = None,
    max_rules: int = 3,
) -> SearchStrategy[tuple[Rule, ...]]:
    """Draw fault schedules: sets of rules, for ``Simulator(rules=…)``.

    Every rule makes sense in the world. Each draw leaves some effects out (swarm testing). A failure shrinks to fewer
    rules first, then to simpler ones.

    Args:
        world: Whose entities rules name; without one, the default world.
        methods: Whose calls go wrong; without any, those of the RestoreService.
        phases: In which restores meet a fault; without any, all that are not final.
        effects: What goes wrong: names or classes of `simulator.faults`, or classes of your own; without any, all.
        max_rules: How many rules a set has at most; it may have none.

    Raises:
        ModuleNotFoundError: hypothesis is not installed, which the extra ``explore`` brings.
        TypeError: the world is none, or text stands where a list is expected.
        ValueError: a method, phase or effect is unknown, or a number is invalid.

    Example:
        >>> from hypothesis import given
        >>> from simulator import Simulator
        >>> @given(rules=rule_sets(effects=["error", "lose_response"], max_rules=2))
        ... def test_the_client_survives(rules):
        ...     with Simulator(rules=rules, strict=False, listen=False) as sim:
        ...         restore_orders(sim)
    """
    space = make_space(world=world, methods=methods, phases=phases, effects=effects, max_rules=max_rules)
    try:
        from hypothesis import strategies as st  # noqa: PLC0415  # an extra, and slow to import
    except ModuleNotFoundError as error:
        message = f"rule_sets needs {error.name}; pip install 'pds-restore-simulator[explore]'"
        raise ModuleNotFoundError(message, name=error.name) from error

    choice_bytes = (space.choice_count_max.bit_length() + 7) // 8
    # What takes fewer bytes counts as simpler, so all rules take as many: else two short ones would beat a long one.
    row_bytes = choice_bytes * (1 + max(len(rule.dimensions) for rule in space.rules))
    rows = st.lists(st.binary(min_size=row_bytes, max_size=row_bytes), max_size=space.max_rules)
    left_out = st.integers(0, space.swarm_count - 1)

    @st.composite
    def schedules(draw: Callable[[SearchStrategy[Any]], Any]) -> tuple[Rule, ...]:
        drawn = draw(rows)
        swarm = draw(left_out) if drawn else 0
        return space.rules_of(tuple(space.choose_rule(_chooser(row, choice_bytes), swarm) for row in drawn))

    return schedules()


def _chooser(row: bytes, choice_bytes: int) -> Choose:
    """Choose what the next bytes of a row say: hypothesis draws a row as fast as the value of a single choice."""
    stream = BytesIO(row)
    return lambda count: int.from_bytes(stream.read(choice_bytes)) % count
