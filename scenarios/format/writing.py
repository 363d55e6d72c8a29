"""Writes a scenario as YAML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from fakes.printable import printable

LINE_LENGTH = 120


def scenario_yaml(document: Mapping[str, Any]) -> str:
    """Write a scenario as YAML; non-ASCII letters are escaped only if something in it is unprintable."""
    text: str = yaml.safe_dump(dict(document), sort_keys=False, allow_unicode=True, width=LINE_LENGTH)
    if printable(text, keep="\n") == text:
        return text
    escaped: str = yaml.safe_dump(dict(document), sort_keys=False, width=LINE_LENGTH)
    return escaped
