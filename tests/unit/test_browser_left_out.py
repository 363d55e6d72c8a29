"""Where no browser is installed, the last line of a test run says that tests were left out."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_last_line_says_that_tests_in_a_browser_were_left_out(tmp_path):
    environment = {key: value for key, value in os.environ.items() if key not in ("CI", "PYTEST_ADDOPTS")}
    environment["PATH"] = str(tmp_path)
    run = subprocess.run(  # our own interpreter
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/browser/test_snapshots.py"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert run.returncode == 0
    last = run.stdout.rstrip().splitlines()[-1]
    assert re.fullmatch(r"\d+ tests in a browser were left out, because no Chromium is installed\.", last)
