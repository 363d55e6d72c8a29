"""Makes sure that the packages beside this one are ours: their names are common words, and others use them too."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

_OUR_HOME = Path(__file__).resolve().parent.parent


def require_our_own(package: str) -> None:
    """Check that importing *package* gives the one that was installed with this.

    Raises:
        ImportError: something else of that name comes first; the message says which file it is.
    """
    spec = find_spec(package)
    origin = spec.origin if spec is not None else None
    if origin is None or Path(origin).resolve().parent != _OUR_HOME / package:
        found = origin or (
            f"a folder without __init__.py at {', '.join(spec.submodule_search_locations or ())}" if spec else "nothing"
        )
        raise ImportError(
            f"the PDS restore simulator needs its own package {package!r} at {_OUR_HOME / package}, but importing"
            f" {package!r} finds {found}; rename that one, or let it come later in sys.path",
            name=package,
            path=origin,
        )
