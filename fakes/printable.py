"""Shows text that came from a client, so that it can neither forge a line nor drive the terminal."""

from __future__ import annotations


def printable(text: str, *, keep: str = "") -> str:
    r"""Escape what does not print, as Python does: line breaks, control characters, marks that turn the direction.

    Everything that came from a client, a file or a rule goes through this wherever people read it.

    Args:
        text: The text.
        keep: Characters to leave as they are, such as the line breaks of our own text.

    Example:
        >>> print(printable("one\nline \x1b[2J"))
        one\nline \x1b[2J
    """
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() or one in keep else repr(one)[1:-1] for one in text)
