"""Tells our packages from foreign ones: `fakes`, `simulator` and `scenarios` are common words, and others use them too.

The modules in this folder have names that nobody else has. The build puts them next to our packages, so that what other
programs load is one of these, and our packages are loaded only on demand.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

PACKAGES = ("fakes", "simulator", "scenarios")
"""Our packages. Each imports only itself and those before it."""

HOME = next(folder for folder in Path(__file__).resolve().parents if (folder / "scenarios" / "pytest_plugin").is_dir())
"""The folder that holds our packages."""

WAYS_OUT = (
    "Ways out: rename the other one; or give the folder that holds it an __init__.py; or keep that folder out of"
    " sys.path, in pytest with --import-mode=importlib; or run 'pds-sim serve' in a process of its own and connect your"
    " client to it."
)


class ForeignPackage(ImportError):
    """A foreign package has the name of one of ours. The message has both paths and the ways out."""


def require_our_own(*names: str) -> None:
    """Check that importing *names* finds our packages.

    Raises:
        ForeignPackage: it finds a foreign one.
    """
    found = {name: _spec_of(name) for name in names}
    foreign = {name: spec for name, spec in found.items() if not _is_ours(name, spec)}
    if foreign:
        raise ForeignPackage(
            "\n".join([*(_complaint(name, spec) for name, spec in foreign.items()), WAYS_OUT]), name=min(foreign)
        )


class OursFirst:
    """Finds our packages before all others, for processes that are ours alone. Belongs in `sys.meta_path`."""

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: object = None) -> ModuleSpec | None:  # noqa: ARG002  # importlib's signature
        """Find one of our packages."""
        return _our_spec(name) if path is None and name in PACKAGES else None


class OursLast:
    """Finds our packages after all others, for processes that run foreign tests. Belongs in `sys.meta_path`.

    A plain `sys.path` can't do that: there our package hides a foreign folder without ``__init__.py``, and whatever
    comes later.
    """

    def __init__(self) -> None:
        self._set_aside: dict[str, ModuleType] = {}

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: object = None) -> ModuleSpec | None:  # noqa: ARG002  # importlib's signature
        """Find a foreign package of one of our names, or else ours."""
        if path is not None or name not in PACKAGES:
            return None
        foreign = self._foreign_spec(name)
        if foreign is not None:
            return foreign
        spec = _our_spec(name)
        if spec is not None and name in self._set_aside:
            spec.loader = _LoadedBefore(self, name)
        return spec

    @contextmanager
    def importable(self, *, only_meanwhile: bool = False) -> Iterator[None]:
        """Make our packages importable in a ``with`` statement, in place of foreign ones that are loaded.

        Args:
            only_meanwhile: Leave `sys.modules` as it was, so that foreign packages can still be imported. The next
                import that finds ours gives the same modules again.

        Raises:
            ForeignPackage: importing one of our packages finds a foreign one.
        """
        loaded = {name: sys.modules[name] for name in PACKAGES if name in sys.modules}
        foreign = {name for name, module in loaded.items() if not _is_ours(name, getattr(module, "__spec__", None))}
        theirs = _taken_out(foreign)
        try:
            require_our_own(*PACKAGES)
            self.give_back(PACKAGES)
            yield
        finally:
            new = set(PACKAGES) - set(loaded) if only_meanwhile else set()
            self._set_aside |= _taken_out(foreign | new)
            sys.modules.update(theirs)

    def give_back(self, names: Iterable[str]) -> None:
        """Put the modules of the packages *names* that were set aside back into `sys.modules`."""
        for name in [name for name in self._set_aside if _top(name) in names]:
            sys.modules[name] = self._set_aside.pop(name)

    def _foreign_spec(self, name: str) -> ModuleSpec | None:
        path = [entry for entry in sys.path if Path(entry).resolve() != HOME]
        for finder in sys.meta_path:
            if finder is self or not hasattr(finder, "find_spec"):
                continue
            spec = finder.find_spec(name, path)
            if spec is not None and not _is_ours(name, spec) and (spec.origin is not None or _has_modules(spec)):
                return spec
        return None


class _LoadedBefore(Loader):
    """Loads a module by taking the one that was set aside."""

    def __init__(self, packages: OursLast, name: str) -> None:
        self._packages = packages
        self._name = name

    def create_module(self, spec: ModuleSpec) -> ModuleType:  # noqa: ARG002  # importlib's signature
        self._packages.give_back(PACKAGES[: PACKAGES.index(self._name) + 1])
        module = sys.modules[self._name]
        self._spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self._spec


def _top(name: str) -> str:
    return name.partition(".")[0]


def _taken_out(packages: Iterable[str]) -> dict[str, ModuleType]:
    """Take packages and their modules out of `sys.modules`."""
    wanted = set(packages)
    return {name: sys.modules.pop(name) for name in list(sys.modules) if _top(name) in wanted}


def _our_spec(name: str) -> ModuleSpec | None:
    return PathFinder.find_spec(name, [str(HOME)])


def _spec_of(name: str) -> ModuleSpec | None:
    """The spec that importing *name* finds; for a module without one, as tests make, a spec without a place."""
    try:
        return importlib.util.find_spec(name)
    except ValueError:
        return ModuleSpec(name, None)


def _is_ours(name: str, spec: ModuleSpec | None) -> bool:
    return spec is not None and [Path(folder).resolve() for folder in spec.submodule_search_locations or ()] == [
        HOME / name
    ]


def _has_modules(folder: ModuleSpec) -> bool:
    """Whether a folder without ``__init__.py`` is meant to be imported; one with only data is not."""
    return any(
        any(Path(location).glob(pattern))
        for location in folder.submodule_search_locations or ()
        for pattern in ("*.py", "*/*.py")
    )


def _complaint(name: str, spec: ModuleSpec | None) -> str:
    return (
        f"the PDS restore simulator needs its own package {name!r} at {HOME / name}, but importing {name!r} finds"
        f" {_place(spec)}"
    )


def _place(spec: ModuleSpec | None) -> str:
    if spec is None:
        return "nothing"
    return spec.origin or ", ".join(spec.submodule_search_locations or ()) or "a module that was made at run time"
