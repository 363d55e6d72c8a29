"""Where a rule applies: patterns for names and uids that all have to match, and combinations of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import translate
from functools import lru_cache
from typing import Any

from fakes.faults.errors import InvalidRule
from fakes.suggestions import suggest
from fakes.values import shown

KEYS = (
    "method",
    "phase",
    "cluster",
    "namespace",
    "project",
    "backup",
    "backup_location",
    "data_service",
    "restore",
    "caller",
)
"""What a rule can ask for. A pattern matches a name or a uid; ``*``, ``?`` and ``[…]`` are as in file names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchContext:
    """A moment at which rules may take effect: a call has come, or a restore is about to begin a phase.

    Args:
        values: By key, the name and the uid that patterns are compared with.
        labels: Labels of the restore.
        subject: What random choices are keyed by; it does not depend on anything else that happens.
        title: What it is, in words.
        uid: Uid of what it is about; empty where there is none.
        name: Name of the same.
        at_microseconds: When it is.
    """

    values: Mapping[str, Sequence[str]]
    subject: str
    title: str
    at_microseconds: int
    labels: Mapping[str, str] = field(default_factory=dict)
    uid: str = ""
    name: str = ""

    @classmethod
    def of_entity(cls, key: str, uid: str, name: str, at_microseconds: int = 0) -> MatchContext:
        """A context with nothing but one entity, to match the patterns of *key*."""
        return cls(values={key: (name, uid)}, subject=uid, title=name, at_microseconds=at_microseconds)


@dataclass(frozen=True, slots=True)
class Selector:
    """Where a rule applies; all conditions must hold.

    Args:
        patterns: Patterns by key; one of each key must match.
        labels: Patterns for the values of labels, by key.
        any_of: One of these must hold as well.
        unless: This must not hold.

    Raises:
        InvalidRule: there is no such key, or a key has no pattern.

    Example:
        >>> where = Selector({"phase": ("RESTORING_*",)}, unless=Selector({"namespace": ("shop-prod",)}))
    """

    patterns: Mapping[str, Sequence[str]] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    any_of: Sequence[Selector] = ()
    unless: Selector | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.patterns, Mapping):
            raise InvalidRule("", f"is {self.patterns!r}; expected patterns by key, such as {{'phase': 'PENDING'}}")
        patterns = {key: (given,) if isinstance(given, str) else tuple(given) for key, given in self.patterns.items()}
        for key, given in patterns.items():
            if key not in KEYS:
                raise InvalidRule(key, f"{key!r} is nothing that a rule can ask for; {suggest(key, KEYS)}")
            if not given or not all(given):
                raise InvalidRule(key, "has no pattern; '*' matches everything")
            if not all(isinstance(pattern, str) for pattern in given):
                raise InvalidRule(key, f"is {given!r}; expected texts")
        object.__setattr__(self, "patterns", patterns)
        self._check_combination()

    def _check_combination(self) -> None:
        labels: object = self.labels
        texts = (*labels, *labels.values()) if isinstance(labels, Mapping) else (None,)
        if not all(isinstance(text, str) for text in texts):
            raise InvalidRule("label", f"is {labels!r}; expected patterns by key, such as {{'team': 'pay*'}}")
        any_of: object = self.any_of
        if not isinstance(any_of, Sequence) or not all(isinstance(where, Selector) for where in any_of):
            raise InvalidRule("any_of", f"is {any_of!r}; expected a list of Where(...)")
        object.__setattr__(self, "any_of", tuple(any_of))
        unless: object = self.unless
        if unless is not None and not isinstance(unless, Selector):
            raise InvalidRule("unless", f"is {unless!r}; expected Where(...)")
        for key, parts in (("any_of", any_of), ("unless", () if unless is None else (unless,))):
            if any(where.asks_for_nothing for where in parts):
                raise InvalidRule(key, f"has a part that asks for nothing; expected one of {', '.join(KEYS)} in it")

    def __hash__(self) -> int:
        """What is compared; the order of patterns does not matter."""
        return hash((frozenset(self.patterns.items()), frozenset(self.labels.items()), self.any_of, self.unless))

    def to_plain(self) -> dict[str, Any]:
        """Write it as JSON knows it, by the keys of rules."""
        plain: dict[str, Any] = {key: list(patterns) for key, patterns in self.patterns.items()}
        if self.labels:
            plain["label"] = dict(self.labels)
        if self.any_of:
            plain["any_of"] = [part.to_plain() for part in self.any_of]
        if self.unless is not None:
            plain["unless"] = self.unless.to_plain()
        return plain

    @classmethod
    def from_plain(cls, plain: object) -> Selector:
        """Make the selector that `to_plain` wrote; a single pattern may stand without its list.

        Raises:
            InvalidRule: it describes no selector.
        """
        if not isinstance(plain, Mapping):
            raise InvalidRule("", f"is {shown(plain)}; expected a mapping")
        any_of, unless = plain.get("any_of", ()), plain.get("unless")
        if isinstance(any_of, str) or not isinstance(any_of, Sequence):
            raise InvalidRule("any_of", f"is {shown(any_of)}; expected a list of mappings")
        patterns = {key: value for key, value in plain.items() if key not in ("label", "any_of", "unless")}
        for key, value in patterns.items():
            if not isinstance(value, str | Sequence):
                raise InvalidRule(str(key), f"is {shown(value)}; expected a pattern, or a list of them")
        return cls(
            patterns,
            plain.get("label", {}),
            tuple(map(cls.from_plain, any_of)),
            None if unless is None else cls.from_plain(unless),
        )

    @property
    def asks_for_nothing(self) -> bool:
        """Whether everything matches."""
        return not (self.patterns or self.labels or self.any_of or self.unless)

    def matches(self, context: MatchContext) -> bool:
        """Whether a rule that asks for this applies."""
        for key, patterns in self.patterns.items():
            if not _any_fits(context.values.get(key, ()), patterns):
                return False
        for key, pattern in self.labels.items():
            value = context.labels.get(key)
            if value is None or not fits(value, pattern):
                return False
        if self.any_of and not any(part.matches(context) for part in self.any_of):
            return False
        return self.unless is None or not self.unless.matches(context)

    def mismatches(self, context: MatchContext) -> Iterator[str]:
        """Yield each part that does not hold: what was found, and what would have matched."""
        for key, patterns in self.patterns.items():
            values = context.values.get(key, ())
            if not _any_fits(values, patterns):
                yield f"{key} is {_shown(values)}, the rule asks for {' or '.join(map(repr, patterns))}"
        for key, pattern in self.labels.items():
            value = context.labels.get(key)
            if value is None or not fits(value, pattern):
                yield f"label {key} is {value!r}, the rule asks for {pattern!r}"
        if self.any_of and not any(where.matches(context) for where in self.any_of):
            yield "none of any_of holds"
        if self.unless is not None and self.unless.matches(context):
            yield "what it is not to apply to holds"

    def parts(self) -> Iterator[Selector]:
        """This selector and all those nested in it."""
        yield self
        for where in (*self.any_of, *([self.unless] if self.unless else [])):
            yield from where.parts()


def fits(text: str, pattern: str) -> bool:
    """Whether *text* matches *pattern*; ``*``, ``?`` and ``[…]`` are as in file names."""
    if text == pattern:
        return True
    glob = _glob(pattern)
    return glob is not None and glob.match(text) is not None


@lru_cache(maxsize=4_096)
def _glob(pattern: str) -> re.Pattern[str] | None:
    """The compiled pattern; None without wildcards. Python's own cache is too small for a thousand rules."""
    return re.compile(translate(pattern)) if any(wildcard in pattern for wildcard in "*?[") else None


def _any_fits(values: Sequence[str], patterns: Sequence[str]) -> bool:
    return any(fits(value, pattern) for value in values for pattern in patterns)


def _shown(values: Sequence[str]) -> str:
    return " alias ".join(map(repr, values)) or "not known here"
