"""Settings of effects: fields that are checked when an effect is made, written as plain data, and read again.

A field of an effect is made by `setting`, with its kind and its key in documents. Documents, their JSON Schema and the
control API are generated from them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, ClassVar, Protocol, Self

from fakes.faults.errors import InvalidRule
from fakes.lifecycle.durations import Duration, duration_from_plain, duration_to_plain
from fakes.lifecycle.phase_durations import DURATION_SECONDS_MAX
from fakes.suggestions import suggest
from fakes.values import HALF_A_PAIR, is_finite, is_number, is_unicode, shown


class Kind(Protocol):
    """A kind of values."""

    def check(self, key: str, value: Any) -> Any:
        """Return *value* as the effect keeps it.

        Raises:
            InvalidRule: it is not a value of this kind; names *key*.
        """
        ...

    def to_plain(self, value: Any) -> Any:
        """Write a value as JSON knows it."""
        ...

    def from_plain(self, key: str, plain: Any) -> Any:
        """Read what `to_plain` wrote; anything else is returned as it is, for `check` to refuse."""
        ...


class _Plain:
    """A kind whose values are plain already."""

    def to_plain(self, value: Any) -> Any:
        return value

    def from_plain(self, key: str, plain: Any) -> Any:  # noqa: ARG002  # other kinds name it
        return plain


@dataclass(frozen=True)
class Text(_Plain):
    """A text."""

    def check(self, key: str, value: Any) -> str:
        if not isinstance(value, str):
            raise InvalidRule(key, f"is {shown(value)}; expected a text")
        if not is_unicode(value):
            raise InvalidRule(key, f"is {shown(value)}, {HALF_A_PAIR}")
        return value


@dataclass(frozen=True)
class Choice(_Plain):
    """One of the known texts; *what* names their sort."""

    what: str
    known: Collection[str]

    def check(self, key: str, value: Any) -> str:
        if not isinstance(value, str) or value not in self.known:
            raise InvalidRule(key, f"{shown(value)} is no {self.what}; {suggest(str(value), self.known)}")
        return value


@dataclass(frozen=True)
class Number(_Plain):
    """A finite number within bounds; the lower one may be exclusive."""

    above: float | None = None
    at_least: float | None = None
    at_most: float | None = None

    def check(self, key: str, value: Any) -> float:
        too_low = is_finite(value) and (
            (self.above is not None and value <= self.above) or (self.at_least is not None and value < self.at_least)
        )
        if not is_finite(value) or too_low or (self.at_most is not None and value > self.at_most):
            bounds = [f" above {self.above:,}"] if self.above is not None else []
            bounds += [f" of at least {self.at_least:g}"] if self.at_least is not None else []
            bounds += [f", at most {self.at_most:,}"] if self.at_most is not None else []
            finite = "" if self.at_most is not None else "finite "
            raise InvalidRule(key, f"is {shown(value)}; expected a {finite}number{''.join(bounds)}")
        found: float = value
        return found


@dataclass(frozen=True)
class WholeNumber(_Plain):
    """A whole number with a lower bound."""

    at_least: int

    def check(self, key: str, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value < self.at_least or not is_number(value):
            raise InvalidRule(key, f"is {shown(value)}; expected a whole number, {self.at_least} or more")
        return value


@dataclass(frozen=True)
class Fraction(_Plain):
    """How far into a phase, from 0 to 1."""

    def check(self, key: str, value: Any) -> float:
        if not is_finite(value) or not 0 <= value <= 1:
            expected = "how far into the phase, from 0 to 1 (in YAML also from 0% to 100%)"
            raise InvalidRule(key, f"is {shown(value)}; expected {expected}")
        found: float = value
        return found


@dataclass(frozen=True)
class Seconds(_Plain):
    """How long something lasts; where it *may_be_endless*, None means without end."""

    may_be_endless: bool = False

    def check(self, key: str, value: Any) -> float | None:
        if value is None and self.may_be_endless:
            return None
        if not is_finite(value) or not 0 < value <= DURATION_SECONDS_MAX:
            expected = "a number of seconds above 0, at most a hundred years"
            raise InvalidRule(key, f"is {shown(value)}; expected {expected}")
        found: float = value
        return found


@dataclass(frozen=True)
class Drawn:
    """How long something lasts, constant or drawn; where it *may_be_endless*, None means without end."""

    may_be_endless: bool = False

    def check(self, key: str, value: Any) -> Duration | float | None:
        if value is None and self.may_be_endless:
            return None
        is_duration = isinstance(value, Duration) and not isinstance(value, type)
        if not is_duration and not (is_finite(value) and value >= 0):
            expected = "a number of seconds from 0, or a duration such as Uniform(5, 10)"
            raise InvalidRule(key, f"is {shown(value)}; expected {expected}")
        found: Duration | float = value
        return found

    def to_plain(self, value: Any) -> Any:
        return duration_to_plain(value) if isinstance(value, Duration) else value

    def from_plain(self, key: str, plain: Any) -> Any:
        if not isinstance(plain, Mapping):
            return plain
        try:
            return duration_from_plain(plain)
        except (TypeError, ValueError) as error:
            raise InvalidRule(key, str(error)) from None


@dataclass(frozen=True)
class Setting:
    """A setting of an effect: one of its fields.

    Args:
        field: Name of the field.
        key: Its key in documents.
        kind: Which values it takes.
        about: What it means.
        default: What it is when it is left out; MISSING where it has to be given.
    """

    field: str
    key: str
    kind: Kind
    about: str
    default: Any


def setting(kind: Kind, about: str, *, key: str = "", default: Any = MISSING) -> Any:
    """Make a field of an effect; its *key* in documents is its name unless something else is given."""
    return field(default=default, metadata={"kind": kind, "about": about, "key": key})


@dataclass(frozen=True, slots=True)
class PlainEffect:
    """Base of effects that consist of their settings: these are checked, and can be written as plain data."""

    name: ClassVar[str]
    """The key of a rule under which its settings stand."""
    is_single: ClassVar[bool] = False
    """Whether the value of its only setting stands there directly."""

    def __post_init__(self) -> None:
        for each in self.settings():
            object.__setattr__(self, each.field, each.kind.check(each.key, getattr(self, each.field)))

    @classmethod
    def settings(cls) -> Iterator[Setting]:
        """Its settings."""
        for each in fields(cls):
            key = each.metadata["key"] or each.name
            yield Setting(each.name, key, each.metadata["kind"], each.metadata["about"], each.default)

    def to_plain(self) -> Any:
        """Write its settings as JSON knows them, without those that have their default."""
        told = {
            each.key: each.kind.to_plain(getattr(self, each.field))
            for each in self.settings()
            if getattr(self, each.field) != each.default
        }
        return next(iter(told.values())) if self.is_single else told

    @classmethod
    def from_plain(cls, plain: Any) -> Self:
        """Make the effect that `to_plain` wrote.

        Raises:
            InvalidRule: a setting is unknown, missing, or has an invalid value.
        """
        known = {each.key: each for each in cls.settings()}
        told = {next(iter(known)): plain} if cls.is_single else {} if plain is None else plain
        if not isinstance(told, Mapping):
            raise InvalidRule("", f"is {shown(plain)}; expected a mapping of settings")
        for key in told:
            if key not in known:
                found = f"{shown(key)} is nothing that {cls.name} takes"
                raise InvalidRule(str(key), f"{found}; {suggest(str(key), known)}")
        for key, each in known.items():
            if each.default is MISSING and key not in told:
                raise InvalidRule(key, f"is missing; {cls.name} needs it")
        return cls(**{known[key].field: known[key].kind.from_plain(key, value) for key, value in told.items()})
