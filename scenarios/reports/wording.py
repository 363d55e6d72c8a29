"""How the verbs put numbers into words."""

from __future__ import annotations


def counted(number: int, what: str) -> str:
    """So many of something.

    Example:
        >>> counted(1, "error"), counted(2, "error")
        ('1 error', '2 errors')
    """
    return f"{number} {what}{'' if number == 1 else 's'}"
