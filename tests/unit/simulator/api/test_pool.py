"""What the simulator defines stays in its own descriptor pool, and nothing that it imports fills the default one."""

import subprocess
import sys
from importlib.resources import files
from pathlib import Path

API = Path(str(files("simulator.api")))
PROTO_FILES = sorted(path.relative_to(API).as_posix() for path in API.rglob("*.proto"))
PROGRAM = """
import pkgutil, sys
from importlib import import_module

import fakes, scenarios, simulator
from google.protobuf import descriptor_pool
from simulator.api.pool import POOL

for package in (fakes, scenarios, simulator):
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if module.name not in ("scenarios.__main__", "simulator.api.generate"):
            import_module(module.name)

with simulator.Simulator() as sim:
    sim.channel(transport="loopback").unary_unary("/grpc.health.v1.Health/Check")(b"")

registered = []
for proto in sys.argv[1:]:
    for symbols in (POOL.FindFileByName(proto).message_types_by_name, POOL.FindFileByName(proto).services_by_name):
        for symbol in symbols.values():
            try:
                descriptor_pool.Default().FindFileContainingSymbol(symbol.full_name)
            except KeyError:
                continue
            registered.append(symbol.full_name)
print(registered)
"""


def test_nothing_is_registered_in_the_default_pool():
    # In a process of its own, because other tests bring stubs of the same files.
    ended = subprocess.run(  # noqa: S603  # our own interpreter
        [sys.executable, "-c", PROGRAM, *PROTO_FILES], capture_output=True, text=True, check=False
    )

    assert (ended.stderr, ended.stdout) == ("", "[]\n")
    assert len(PROTO_FILES) > 4
