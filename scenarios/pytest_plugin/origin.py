"""Makes sure that what the plugin is about to import is ours, whatever lies in the folders of the tests."""

from __future__ import annotations

import importlib
from importlib.util import find_spec
from pathlib import Path

_OUR_HOME = Path(__file__).resolve().parents[2]


def require_our_own_packages() -> None:
    """Import `simulator`, which then makes sure of its own of what it imports.

    Raises:
        ImportError: something else of the name ``simulator`` or ``fakes`` comes first; the message says which file.
    """
    ours = _OUR_HOME / "simulator"
    spec = find_spec("simulator")
    folders = [Path(folder).resolve() for folder in (spec and spec.submodule_search_locations) or ()]
    if folders != [ours]:
        found = (spec and spec.origin) or ", ".join(map(str, folders)) or "nothing"
        raise ImportError(
            f"the PDS restore simulator needs its own package 'simulator' at {ours}, but importing 'simulator' finds"
            f" {found}; rename that one, or let it come later in sys.path"
        )
    importlib.import_module("simulator")
