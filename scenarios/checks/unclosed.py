"""Texts that begin a variable or a set of characters but do not end it, so that they are plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scenarios.loading.loader import Scenario
from simulator.documents.problems import Finding, KeyPath
from simulator.documents.rules import PATTERN_KEYS

_UNCLOSED_VARIABLE = re.compile(r"\$\{[^{}]*(?:\{|$)")
_CLOSED_SET = re.compile(r"\[!?+\]?+[^\]]*\]")
_HISTORY_KEYS = ("name", "restore", "rule", "effect", "change", "caller")
"""The keys of expected events and calls that are patterns."""


def unclosed_texts(scenario: Scenario) -> Iterator[Finding]:
    """A ``${`` without its ``}``, and in a pattern a ``[`` without its ``]``."""
    for path, text in scenario.source.texts():
        if path[0] in ("parameters", "name", "description"):
            continue
        if _UNCLOSED_VARIABLE.search(text):
            yield (
                path,
                f"has a '${{' that is not closed, and stands for itself: {text[:60]!r}; expected a '}}' behind it",
            )
        if _is_pattern(path) and "[" in _CLOSED_SET.sub("", text):
            yield path, f"has a '[' that is not closed, and stands for itself: {text[:60]!r}; expected a ']' behind it"


def _is_pattern(path: KeyPath) -> bool:
    """Whether there is a pattern, or one of several, at *path*."""
    keys = [key for key in path if isinstance(key, str)]
    if "timeline" in keys or "calls" in keys:
        return keys[-1] in _HISTORY_KEYS
    is_of_rule = keys[0] == "faults" or "inject" in keys
    return is_of_rule and "details" not in keys and (keys[-1] in PATTERN_KEYS or "label" in keys)
