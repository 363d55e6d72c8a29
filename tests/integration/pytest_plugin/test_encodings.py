"""Reports stay readable where the terminal's encoding lacks what is in them: line by line, with question marks."""

import os
import subprocess
import sys

import pytest

FILES = {
    "failing.pds.yaml": (
        "version: 1\n"
        "steps:\n"
        "  - create: {name: copy, backup: orders-backup, namespace: shop-staging, project: shop}\n"
        "  - expect: {restore: copy, fields: {status.phase: SUCCESSFUL}}  # ✓\n"
    ),
    "wrong.pds.yaml": "version: 1\nsead: 7\n▸: 8\n",
    "test_it.py": (
        "from google.protobuf.empty_pb2 import Empty\n"
        "def test_it(pds_simulator, pds_stub):\n    pds_stub.GetRestorabilityMatrix(Empty())\n    assert 0\n"
    ),
}


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp437"])
@pytest.mark.parametrize("more", [[], ["-p", "xdist", "-n", "1"]], ids=["alone", "xdist"])
def test_what_the_terminal_lacks_is_a_question_mark(tmp_path, encoding, more):
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")

    outcome = subprocess.run(  # noqa: S603  # our own interpreter
        [sys.executable, "-m", "pytest", "-p", "pds_simulator_pytest", "--continue-on-collection-errors", *more],
        cwd=tmp_path,
        env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONIOENCODING": encoding},
        capture_output=True,
        check=False,
    )

    lines = [line.strip() for line in outcome.stdout.decode(encoding).splitlines()]
    assert "0.000 s  CreateRestore copy ? OK" in lines
    assert "0.000 s  GetRestorabilityMatrix ? OK" in lines
    assert "wrong.pds.yaml:2:1: sead: is no key here; did you mean 'seed' or 'speed'?" in lines
    assert [line for line in lines if line.startswith("wrong.pds.yaml:3:1: ?: is no key here")]
    assert not [line for line in lines if r"\n" in line]
