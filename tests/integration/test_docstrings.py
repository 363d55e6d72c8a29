"""What docstrings say is so: their examples run, the names in them exist, and the API reference is made of them."""

import ast
import builtins
import doctest
import importlib
import os
import pkgutil
import re
import shlex
import subprocess
import sys
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import ModuleType

import pytest

import fakes
import scenarios
import simulator
from simulator import faults

ROOT = Path(__file__).parents[2]
PACKAGES = (fakes, scenarios, simulator)
GENERATED_OR_PROGRAM = re.compile(r"_pb2$|\.__main__$|\.entry_points\b")
MODULES = [package.__name__ for package in PACKAGES] + [
    module.name
    for package in PACKAGES
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    if not GENERATED_OR_PROGRAM.search(module.name)
]
NAME = re.compile(r"(?<!`)`([A-Za-z_][\w.]*)(?:\(\))?`(?!`)")
"""A name that a docstring refers to; what is meant literally stands in two backticks."""
NOT_FOR_PDOC = (
    # Only the type stubs of gRPC make these generic.
    "Error parsing type annotation grpc.UnaryUnaryMultiCallable",
    # The constructor of a NamedTuple has its types as text.
    "Error parsing type annotation ForwardRef('",
)


@pytest.mark.no_cover  # others run the same lines, fewer times
def test_examples_give_what_they_print(monkeypatch):
    monkeypatch.chdir(ROOT)

    results = {name: doctest.testmod(importlib.import_module(name)) for name in MODULES}

    assert [name for name, result in results.items() if result.failed] == []
    assert {"fakes.world.identifiers", "scenarios", "simulator.faults", "simulator.simulator"} <= {
        name for name, result in results.items() if result.attempted
    }


def test_no_example_is_skipped():
    assert [
        name for name in MODULES if "doctest: +SKIP" in Path(importlib.import_module(name).__file__).read_text()
    ] == []


class Names(ast.NodeVisitor):
    """Collects the names in the docstrings of a module that stand for nothing there."""

    def __init__(self, module):
        self.scopes = [vars(builtins), vars(module)]
        self.unknown = []
        self.count = 0

    def visit_ClassDef(self, node):
        members = dict.fromkeys(inner.attr for inner in ast.walk(node) if isinstance(inner, ast.Attribute))
        for base in reversed(getattr(self.find(node.name), "__mro__", ())):
            members |= dict.fromkeys(getattr(base, "__annotations__", ())) | vars(base)
        self.visit_in(members, node)

    def visit_FunctionDef(self, node):
        arguments = [argument.arg for argument in ast.walk(node.args) if isinstance(argument, ast.arg)]
        self.visit_in(dict.fromkeys(arguments), node)

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815  # ast calls it so

    def visit_in(self, scope, node):
        self.scopes.append(scope)
        self.generic_visit(node)
        self.scopes.pop()

    def visit_Expr(self, node):
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            names = NAME.findall(node.value.value)
            self.count += len(names)
            self.unknown += [f"line {node.lineno}: {name}" for name in names if not self.is_known(name)]

    def find(self, name):
        return next((scope[name] for scope in reversed(self.scopes) if name in scope), None)

    def is_known(self, name):
        first, *rest = name.split(".")
        if any(has_member(scope[first], rest) for scope in self.scopes if first in scope):
            return True
        try:
            return pkgutil.resolve_name(name) is not None
        except (ImportError, AttributeError):
            return False


def has_member(owner, path):
    for name in path:
        if not (hasattr(owner, name) or name in getattr(owner, "__annotations__", ())):
            return False
        owner = getattr(owner, name, None)
    return True


def test_names_in_docstrings_stand_for_something():
    unknown, count = [], 0
    for name in MODULES:
        module = importlib.import_module(name)
        names = Names(module)
        names.visit(ast.parse(Path(module.__file__).read_text(encoding="utf-8")))
        unknown += [f"{name}, {found}" for found in names.unknown]
        count += names.count

    assert "\n".join(unknown) == ""
    assert count > len(MODULES) // 2


NOT_DECLARED = {simulator.World, simulator.Restore}
"""A world speaks of all kinds of entities at once, and users make no restores."""
DECLARED = [
    value
    for value in (*vars(simulator).values(), *faults.EFFECTS)
    if isinstance(value, type) and is_dataclass(value) and value not in NOT_DECLARED
]


@pytest.mark.parametrize("declared", DECLARED, ids=lambda declared: declared.__name__)
def test_what_users_make_says_what_its_fields_are_about(declared):
    arguments = [field.name for field in fields(declared) if field.init]

    assert [name for name in arguments if not re.search(rf"^ +{name}: ", declared.__doc__, flags=re.MULTILINE)] == []


def test_the_api_reference_is_built_without_warnings(tmp_path):
    page = (ROOT / "tests" / "README.md").read_text(encoding="utf-8")
    [command] = re.findall(r"^\.venv/bin/(pdoc [^`]+)```$", page, flags=re.MULTILINE)
    in_one_line = command.replace("\\\n", "").replace("directory reference", f"directory {tmp_path}")
    program, *arguments = shlex.split(in_one_line)
    ignored = [f"ignore:{message}" for message in NOT_FOR_PDOC]

    built = subprocess.run(  # noqa: S603  # our own documentation
        [Path(sys.executable).with_name(program), *arguments],
        cwd=ROOT,
        env=os.environ | {"PYTHONWARNINGS": ",".join(["error", *ignored])},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (built.returncode, built.stderr) == (0, "")
    for module in (importlib.import_module(word) for word in arguments if word in MODULES):
        text = tmp_path.joinpath(*module.__name__.split(".")).with_suffix(".html").read_text(encoding="utf-8")
        listed = [name for name in module.__all__ if not isinstance(getattr(module, name), ModuleType)]
        assert [name for name in listed if f'id="{name}"' not in text] == []


def test_the_package_of_the_world_exports_exactly_what_it_lists():
    public = {
        name for name, value in vars(fakes).items() if not name.startswith("_") and type(value).__name__ != "module"
    }

    assert public == set(fakes.__all__)
