"""What tests of faults use: a stage, that is, a world with rules put into it, restores in it, and what became of them.

Without faults and without a download a restore comes to PENDING after 1 s, then after 3, 8, 11 and 41 s to the next
phases, and is SUCCESSFUL after 56 s.
"""

import pytest

from fakes import ANYBODY
from fakes.environment import to_microseconds
from fakes.faults.rule import Rule
from fakes.faults.selector import Selector

UNDISTURBED = [
    (0, "INITIALIZING"),
    (1, "PENDING"),
    (3, "RESTORING_CLOUDSNAP"),
    (8, "RESTORING_DATA_SERVICE_DEPLOYMENT_CR"),
    (11, "RESTORING_DATA_SERVICE_DEPLOYMENT"),
    (41, "DATA_SERVICE_DEPLOYMENT_ENTERING_NORMAL_MODE"),
    (56, "SUCCESSFUL"),
]
RULE_FIELDS = ("name", "after", "times", "probability", "between_seconds", "at_seconds")


def make_rule(effect, *, labels=None, any_of=(), unless=None, **keywords):
    """Make a rule; keywords that are no field of a rule are patterns."""
    patterns = {key: (value,) if isinstance(value, str) else value for key, value in keywords.items()}
    fields = {key: keywords[key] for key in RULE_FIELDS if key in keywords}
    where = Selector({key: patterns[key] for key in patterns if key not in RULE_FIELDS}, labels or {}, any_of, unless)
    return Rule(effect=effect, where=where, **fields)


class Stage:
    """A world in motion, what may be done to it, and what it tells; times are seconds from its start."""

    def __init__(self, world, spec_in):
        self.world = world
        self._order_in = spec_in
        self._start_microseconds = world.environment.now_microseconds

    def inject(self, effect, **keywords):
        """Put a rule into force."""
        return self.world.inject(make_rule(effect, **keywords))

    def remove(self, active):
        """Take a rule out of force."""
        self.world.remove_rule(active)

    def create(self, name="copy", **order):
        """Create a restore; references are names, by default the first entity of their kind."""
        return self.world.create_restore(self._order_in(self.world, name, **order), ANYBODY)

    def advance(self, seconds):
        """Let time pass."""
        environment = self.world.environment
        environment.advance_to(environment.now_microseconds + to_microseconds(seconds))

    def advance_to(self, at_seconds):
        """Let time pass up to a second."""
        self.world.environment.advance_to(self._start_microseconds + to_microseconds(at_seconds))

    def history(self, restore):
        """When a restore came to which phase."""
        return [
            (self._seconds(event), event.status.phase.name) for event in self.world.timeline.transitions(restore.uid)
        ]

    def fired(self):
        """When which effect happened, and to what."""
        return [(self._seconds(event), event.effect, event.name) for event in self._events("fault")]

    def changes(self):
        """When what else changed."""
        return [(self._seconds(event), event.change) for event in self._events("world")]

    def _events(self, kind):
        return [event for event in self.world.timeline if event.kind == kind]

    def _seconds(self, event):
        return (event.at_microseconds - self._start_microseconds) / 1e6


@pytest.fixture
def rule_of():
    """Makes a rule."""
    return make_rule


@pytest.fixture
def stage_of(declare, set_going, spec_in):
    """Makes a stage of the smallest world with some collections replaced."""
    return lambda *, seed=7, **changes: Stage(set_going(declare(**changes), seed=seed), spec_in)


@pytest.fixture
def stage(stage_of):
    """The smallest world; nothing is downloaded in it."""
    return stage_of()


@pytest.fixture
def default_stage(living_world, spec_in):
    """The default world."""
    return Stage(living_world, spec_in)


@pytest.fixture
def undisturbed():
    """When a restore without a download comes to which phase; from one phase on later by some seconds."""

    def tell(*, from_phase=None, later_seconds=0):
        names = [name for _, name in UNDISTURBED]
        first = names.index(from_phase) if from_phase else 0
        return [(at + later_seconds if index >= first else at, name) for index, (at, name) in enumerate(UNDISTURBED)]

    return tell
