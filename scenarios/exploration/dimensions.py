"""The dimensions of a rule: for each key the values that are worth trying, the simplest first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass
from typing import Any

from fakes.faults.settings import Choice, Drawn, Fraction, Kind, Number, PlainEffect, Seconds, Setting, WholeNumber

SECONDS = (60.0, 1.0, 10.0, 300.0, 3600.0)
"""How long something lasts: a minute first, because that is longer than one retry and shorter than a restore."""
TIMES_SECONDS = (5.0, 0.5, 60.0, 120.0)
"""When something happens to the world: each falls into another phase of a restore in the default world."""
FRACTIONS = (0.0, 0.5, 1.0)
NUMBERS = (10.0, 0.1, 0.01)


@dataclass(frozen=True)
class Dimension:
    """One thing that is chosen for a rule.

    Args:
        key: The key of the rule, or of its effect, that the value is for.
        values: What it may be, the simplest first.
        usual: How many times as likely the first value is as any other.
    """

    key: str
    values: Sequence[Any]
    usual: int = 1

    @property
    def choice_count(self) -> int:
        """How many equally likely choices there are; the first `usual` of them are the first value."""
        return len(self.values) - 1 + self.usual

    def index_of(self, choice: int) -> int:
        """The index of the value that a choice stands for."""
        return max(0, choice - self.usual + 1)


WHEN = (
    Dimension("times", (1, 2, 3, None), usual=2),
    Dimension("after", (0, 1, 2), usual=4),
    Dimension("probability", (1.0, 0.5), usual=6),
    Dimension("between", (None, (0.0, 10.0), (10.0, 120.0)), usual=8),
)
"""What is chosen for when a rule applies."""

_CANDIDATES: Mapping[type[Kind], Callable[[Any], Sequence[Any]]] = {
    Choice: lambda kind: tuple(kind.known),
    Number: lambda _: NUMBERS,
    WholeNumber: lambda kind: tuple(kind.at_least + more for more in (0, 1, 4)),
    Fraction: lambda _: FRACTIONS,
    Seconds: lambda kind: (*SECONDS, None) if kind.may_be_endless else SECONDS,
    Drawn: lambda kind: (*SECONDS, None) if kind.may_be_endless else SECONDS,
}
"""Values worth trying, by kind; a setting of any other kind, such as a text, keeps its default."""


def has_values(setting: Setting) -> bool:
    """Whether there is anything to choose: otherwise the setting keeps its default."""
    return setting.default is MISSING or type(setting.kind) in _CANDIDATES


def dimension_of(effect: type[PlainEffect], setting: Setting) -> Dimension:
    """The values to try for a setting: its default first, then values of its kind."""
    make = _CANDIDATES.get(type(setting.kind))
    default = () if setting.default is MISSING else (setting.default,)
    candidates = (*default, *(value for value in (make(setting.kind) if make else ()) if value not in default))
    values = tuple(value for value in candidates if _is_valid(setting, value))
    if not values:
        kind = type(setting.kind).__name__
        raise ValueError(
            f"the effect {effect.name!r} needs {setting.key!r}, and no {kind} is known that is worth trying"
        )
    return Dimension(setting.field, values)


def _is_valid(setting: Setting, value: Any) -> bool:
    try:
        setting.kind.check(setting.key, value)
    except ValueError:
        return False
    return True
