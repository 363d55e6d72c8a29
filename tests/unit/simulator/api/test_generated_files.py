"""The generated files are what the .proto files give today."""

import shutil
import subprocess
import sys
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import pytest

PACKAGE = Path(str(files("simulator.api")))
GENERATED = sorted(path.name for pattern in ("*.binpb", "*_pb2.py", "*_pb2.pyi") for path in PACKAGE.glob(pattern))
LOCK = (Path(__file__).parents[4] / "tests/constraints.txt").read_text(encoding="utf-8").splitlines()
PROGRAM = """
import sys
from pathlib import Path
from simulator.api.generate import generate
generate(*map(Path, sys.argv[1:]))
"""
NEW_PROTO = """
syntax = "proto3";
package example.v1;
import "public/portworx/common/apiv1/meta.proto";
message Thing { public.portworx.common.v1.Meta meta = 1; }
"""


def run_generator(*directories):
    # In a process of its own, because the compiler adds finders to those of the import system.
    return subprocess.run(  # noqa: S603  # our own interpreter
        [sys.executable, "-c", PROGRAM, *map(str, directories)], capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def generated_now(tmp_path_factory):
    directory = tmp_path_factory.mktemp("generated")
    assert (ended := run_generator(directory)).returncode == 0, ended.stderr
    return directory


@pytest.fixture
def source(tmp_path):
    """A copy of the .proto files, to be added to."""
    shutil.copytree(PACKAGE, tmp_path / "source", ignore=lambda _, names: [n for n in names if n.startswith("_")])
    return tmp_path / "source"


def test_the_same_files_are_generated(generated_now):
    assert sorted(path.name for path in generated_now.iterdir()) == GENERATED


@pytest.mark.skipif(f"grpcio-tools=={version('grpcio-tools')}" not in LOCK, reason="other generators write other bytes")
@pytest.mark.parametrize("name", GENERATED)
def test_a_generated_file_is_up_to_date(generated_now, name):
    fresh, checked_in = (generated_now / name).read_bytes(), (PACKAGE / name).read_bytes()

    assert fresh == checked_in, f"{name} is stale; run: python -m simulator.api.generate"


def test_a_new_proto_file_needs_nothing_but_its_place(source, tmp_path):
    (source / "example/v1").mkdir(parents=True)
    (source / "example/v1/thing.proto").write_text(NEW_PROTO)
    (tmp_path / "generated").mkdir()

    assert (ended := run_generator(tmp_path / "generated", source)).returncode == 0, ended.stderr

    assert sorted(path.name for path in (tmp_path / "generated").iterdir()) == sorted(
        [*GENERATED, "thing_pb2.py", "thing_pb2.pyi"]
    )
    assert "from simulator.api import meta_pb2" in (tmp_path / "generated/thing_pb2.pyi").read_text()
    assert b"example.v1" in (tmp_path / "generated/descriptors.binpb").read_bytes()


def test_two_proto_files_that_need_the_same_module_are_refused(source, tmp_path):
    (source / "example/v1").mkdir(parents=True)
    (source / "example/v1/restore.proto").write_text(NEW_PROTO)

    ended = run_generator(tmp_path, source)

    assert ended.returncode == 1
    assert "restore_pb2 can't hold both" in ended.stderr
