"""Tasks come out of several processes as out of one, whatever happens to a process."""

import json
import os
import select
import signal
import threading
import time
from contextlib import suppress
from itertools import count

import pytest

from scenarios.exploration import pools
from scenarios.exploration.pools import Processes


@pytest.mark.parametrize(
    ("function", "process_count"),
    [("lists", 1), ("lists", 2), ("dies_once", 2), ("takes_stdin", 1), ("forks_and_returns", 1)],
)
def test_results_are_the_same_in_any_processes_whatever_a_client_does_to_its_own(
    setup, tasks, expected, function, process_count
):
    with Processes(process_count, setup(function)) as pool:
        results = dict(pool.results(tasks))

    assert json.dumps([results[number] for number in range(len(tasks))]) == expected
    assert "unhandled_status" in expected


def test_a_client_that_kills_its_process_fails_and_the_others_runs_count(setup, monkeypatch):
    monkeypatch.setattr(pools, "DEATHS_MAX", 8)
    search = {"search": {"first": 0, "count": 2}}
    with Processes(1, setup("dies_of_error")) as pool:
        [(_, result)] = pool.results([search])
        [failure] = result["failures"]
        [(_, finding)] = pool.results([{"shrink": {"failure": failure}}])

    assert result["runs"] == 2
    assert (failure["oracle"], failure["cause"], failure["count"]) == ("client", "the process dies", 2)
    assert failure["message"] == "the process that ran it was ended by SIGKILL"
    assert [list(rule)[-1] for rule in finding["rules"]] == ["error"]
    assert not finding["is_flaky"]


def test_a_client_that_catches_what_should_stop_it_ends_with_its_process(setup, capfd):
    endless = setup("never_gives_up") | {"limits": {"real_seconds": 0.1}}
    with Processes(1, endless) as pool:
        [(_, result)] = pool.results([{"search": {"first": 0, "count": 1}}])

    [failure] = result["failures"]
    assert (failure["oracle"], failure["cause"]) == ("hang", "no end in real time")
    assert failure["message"].startswith("no end after 0.1 s of real time, and nothing could stop it")
    assert "in never_gives_up" in capfd.readouterr().err


def test_what_a_client_has_started_ends_with_its_process(setup, tasks, tmp_path):
    with Processes(1, setup("leaves_a_process")) as pool:
        next(pool.results(tasks))

    with suppress(ProcessLookupError), os.fdopen(os.pidfd_open(int((tmp_path / "left").read_text()))) as left:
        assert select.select([left], [], [], 30) == ([left], [], [])


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ({"client": {"check": "client_of_pools:restores"}}, "has no function 'restores'"),
        ({"clock": "sundial"}, "clock is 'sundial'"),
        ({"limits": {"hours": 1}}, "TypeError: .*'hours'"),
    ],
)
def test_a_setup_that_makes_no_sense_is_refused(setup, tasks, broken, told):
    with Processes(1, setup("lists") | broken) as pool, pytest.raises(ValueError, match=told):
        next(pool.results(tasks))


def test_ctrl_c_ends_what_goes_on_and_no_task_is_taken_before_somebody_can_perform_it(setup, tasks, tmp_path):
    numbers = count()

    def interrupt():
        while not (tmp_path / "began").exists():
            time.sleep(0.01)
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    interrupting = threading.Thread(target=interrupt)
    interrupting.start()
    with pytest.raises(KeyboardInterrupt), Processes(1, setup("hangs")) as pool:
        next(pool.results(task for task in tasks if next(numbers) >= 0))

    interrupting.join()
    assert next(numbers) == 1
