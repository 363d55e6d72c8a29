"""pytest starts as fast with the plugin as without: what takes time is imported when somebody has a use for it."""

import os
import subprocess
import sys

HEAVY = {"click", "fakes", "google", "grpc", "pydantic", "rich", "scenarios", "simpy", "simulator", "yaml"}


RUN_PYTEST = f"""
import sys, pytest
code = pytest.main(["-p", "pds_simulator_pytest", "--strict-markers"])
print("loaded:", *sorted({HEAVY} & set(sys.modules)))
sys.exit(code)
"""


def test_tests_that_have_no_use_for_a_simulator_do_not_pay_for_it(tmp_path):
    (tmp_path / "test_it.py").write_text("def test_one(): pass\ndef test_two(tmp_path): assert 0\n")

    outcome = subprocess.run(  # noqa: S603  # our own interpreter
        [sys.executable, "-c", RUN_PYTEST],
        cwd=tmp_path,
        env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert "1 failed, 1 passed" in outcome.stdout, outcome.stderr
    assert outcome.stdout.splitlines()[-1] == "loaded:"
