"""Docstrings of dataclasses whose fields say in their metadata what they are about."""

from __future__ import annotations

import inspect
from dataclasses import fields
from typing import Any, TypeVar

Described = TypeVar("Described", bound=type[Any])


def described(cls: Described) -> Described:
    """Class decorator: add the fields of a dataclass to its docstring."""
    about = [f"    {entry.name}: {entry.metadata['about']}" for entry in fields(cls) if "about" in entry.metadata]
    cls.__doc__ = "\n".join([inspect.cleandoc(cls.__doc__ or ""), "", "Args:", *about])
    return cls
