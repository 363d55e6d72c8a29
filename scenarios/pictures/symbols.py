"""The shapes of marks, drawn around (0, 0) in a box of 10 by 10, so that where they are put is where they are."""

from __future__ import annotations

from collections.abc import Mapping

from scenarios.pictures.markup import element

_HIT = '<rect class="hit" x="-6" y="-6" width="12" height="12"/>'
_CROSS = "M-3 -3L3 3M3 -3L-3 3"
_SIGN_X = 8
"""Signs of outcomes stand behind the end of the bar."""

_SHAPES: Mapping[str, str] = {
    "fault": '<path d="M-5 -4.5H5L0 5Z" fill="currentColor"/>',
    "call": '<path d="M0 -5V5" stroke="currentColor" stroke-width="2.2"/>',
    "failed-call": f'<path d="{_CROSS}" stroke="currentColor" stroke-width="2.4" transform="scale(1.35)"/>',
    "change": '<circle r="3.6" fill="none" stroke="currentColor" stroke-width="2"/>',
    "successful": (
        f'<g transform="translate({_SIGN_X})"><circle r="5.5" fill="currentColor"/>'
        '<path d="M-2.8 0.2L-0.8 2.4L3 -2" fill="none" stroke="var(--on-sign)" stroke-width="1.7"/></g>'
    ),
    "failed": (
        f'<g transform="translate({_SIGN_X})"><path d="M-5 -5H5V5H-5Z" fill="currentColor"/>'
        f'<path d="{_CROSS}" stroke="var(--on-sign)" stroke-width="1.7"/></g>'
    ),
    "live": (
        f'<g transform="translate({_SIGN_X})">'
        '<path d="M-3 -4.5L3 0L-3 4.5" fill="none" stroke="currentColor" stroke-width="2"/></g>'
    ),
}

_HATCH = (
    '<pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="2" height="6" fill="var(--gone)"/></pattern>'
)


def definitions() -> str:
    """Define all shapes, for use by name."""
    symbols = (
        element("symbol", _HIT + shape, id=name, viewBox="0 0 10 10", overflow="visible")
        for name, shape in _SHAPES.items()
    )
    hidden = "position:absolute;width:0;height:0"
    return element("svg", element("defs", "".join(symbols) + _HATCH), style=hidden, aria_hidden="true")
