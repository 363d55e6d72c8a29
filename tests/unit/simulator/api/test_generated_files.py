"""The generated files are what the .proto files give today."""

import subprocess
import sys
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import pytest

PACKAGE = Path(str(files("simulator.api")))
GENERATED = sorted(path.name for pattern in ("*.binpb", "*_pb2.py", "*_pb2.pyi") for path in PACKAGE.glob(pattern))
LOCK = (Path(__file__).parents[4] / "tests/constraints.txt").read_text(encoding="utf-8").splitlines()
GENERATORS = ("grpcio-tools", "googleapis-common-protos")
PROGRAM = """
import sys
from pathlib import Path
from simulator.api.generate import generate
generate(Path(sys.argv[1]))
"""


@pytest.fixture(scope="module")
def generated_now(tmp_path_factory):
    # In a process of its own, because the compiler adds finders to those of the import system.
    directory = tmp_path_factory.mktemp("generated")
    subprocess.run([sys.executable, "-c", PROGRAM, str(directory)], check=True)  # noqa: S603  # our own interpreter
    return directory


def test_the_same_files_are_generated(generated_now):
    assert sorted(path.name for path in generated_now.iterdir()) == GENERATED


@pytest.mark.skipif(
    not {f"{name}=={version(name)}" for name in GENERATORS}.issubset(LOCK), reason="other generators write other bytes"
)
@pytest.mark.parametrize("name", GENERATED)
def test_a_generated_file_is_up_to_date(generated_now, name):
    fresh, checked_in = (generated_now / name).read_bytes(), (PACKAGE / name).read_bytes()

    assert fresh == checked_in, f"{name} is stale; run: python -m simulator.api.generate"
