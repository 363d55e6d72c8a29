"""Ctrl-C ends ``pds-sim`` with 130 and one line, whatever it does at that moment."""

import subprocess
import sys

import pytest

PRESS_DURING_IMPORT = """
import signal, sys

class Press:
    def find_spec(self, name, path=None, target=None):
        if name == module:
            signal.raise_signal(signal.SIGINT)

module, *sys.argv[1:] = sys.argv[1:]
sys.meta_path.insert(0, Press())
from pds_simulator_command import main
main()
"""
PRESS_WHILE_RUNNING = """
import signal, sys, time, types

def press(*_, **__):
    signal.raise_signal(signal.SIGINT)

class Pressed:
    def __del__(self):
        press()

def press_while_objects_go(*_, **__):
    Pressed()
    time.sleep(60)

def press_twice(*_, **__):
    try:
        press()
    finally:
        press()

sys.modules["scenarios.cli"] = types.SimpleNamespace(main=globals()[sys.argv[1]])
from pds_simulator_command import main
main()
"""


END_WHILE_OBJECTS_GO = """
import os, signal, sys, time

class Ended:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGTERM)

def answer(question):
    Ended()
    time.sleep(60)

from scenarios.worker_processes.answering import answer_all
answer_all(lambda answers: answer)
"""


def run_python(program, *arguments):
    return subprocess.run(  # noqa: S603  # our own interpreter
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize(
    "module", ["pds_simulator_packages", "click", "scenarios.cli.run", "_ssl", "grpc", "yaml", "simpy"]
)
def test_while_modules_are_imported(module):
    outcome = run_python(PRESS_DURING_IMPORT, module, "run", "-q", "quickstart")

    assert (outcome.returncode, outcome.stdout, outcome.stderr) == (130, "", "interrupted\n")


@pytest.mark.parametrize("moment", ["press", "press_while_objects_go", "press_twice"])
def test_while_it_runs(moment):
    outcome = run_python(PRESS_WHILE_RUNNING, moment)

    assert (outcome.returncode, outcome.stdout, outcome.stderr) == (130, "", "interrupted\n")


def test_a_worker_that_is_to_end_while_it_runs():
    command = [sys.executable, "-c", END_WHILE_OBJECTS_GO]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:  # noqa: S603  # our own
        process.stdin.write(b"{}\n")
        process.stdin.flush()  # it is also told to end by the end of stdin, which does not come

        assert (process.wait(60), process.stderr.read()) == (130, b"")


def test_a_process_that_is_to_ignore_it_does(tmp_path):
    (tmp_path / "a.yaml").write_text("version: 1\nsteps: [advance: 1s]\n", encoding="utf-8")
    program = f"import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n{PRESS_DURING_IMPORT}"

    outcome = run_python(program, "click", "run", "-q", str(tmp_path / "a.yaml"))

    assert (outcome.returncode, outcome.stderr) == (0, "")
