"""Renders the templates of pages; every text in them is escaped."""

from __future__ import annotations

from functools import cache
from typing import Any

import jinja2

from fakes.printable import printable


def render(template: str, **values: Any) -> str:
    """Render one of the templates beside this module.

    Args:
        template: Name of the template.
        values: What it shows. Texts are shown as text, whatever is in them.
    """
    return _environment().get_template(template).render(values)


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("scenarios.charts"),
        autoescape=True,
        finalize=_finalized,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )


def _finalized(value: Any) -> Any:
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".")
    if isinstance(value, str) and not hasattr(value, "__html__"):
        return printable(value, keep="\n\t")
    return value
