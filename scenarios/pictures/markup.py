"""Writes elements so that no text of a timeline can be anything but text."""

from __future__ import annotations

import html
import re

_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(text: str) -> str:
    """Replace the characters that XML can't hold, such as control characters, not even as references."""
    return _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def escape(text: str) -> str:
    """Write *text* so that it is text, in an element or an attribute; what XML can't hold is replaced."""
    return html.escape(xml_text(text))


def element(name: str, content: str = "", /, **attributes: str | float) -> str:
    """Write an element.

    Args:
        name: Its name.
        content: Markup; texts have to be escaped before.
        attributes: Their values are escaped here; underscores in names become hyphens, one at the end is dropped.

    Example:
        >>> element("rect", class_="bar", stroke_width=1.5)
        '<rect class="bar" stroke-width="1.5"/>'
    """
    written = "".join(
        f' {key.removesuffix("_").replace("_", "-")}="{_attribute_text(value)}"' for key, value in attributes.items()
    )
    return f"<{name}{written}>{content}</{name}>" if content or name not in _EMPTY else f"<{name}{written}/>"


_EMPTY = frozenset({"rect", "line", "use", "path", "circle", "meta"})
"""Elements that need no end where they have no content."""


def text_element(name: str, text: str, /, **attributes: str | float) -> str:
    """Write an element that holds nothing but *text*."""
    return element(name, escape(text), **attributes)


def _attribute_text(value: str | float) -> str:
    # In an attribute, XML takes the end of a line for a blank.
    return escape(value).replace("\n", "&#10;") if isinstance(value, str) else f"{value:.4f}".rstrip("0").rstrip(".")
