"""``pds-sim`` knows its verbs, helps, and refuses what it does not know."""

import re
from importlib.metadata import version

import pytest


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_shows_the_verbs_each_with_a_sentence_that_is_whole(pds_sim, option):
    outcome = pds_sim(option)

    summaries = outcome.stdout.partition("Commands:\n")[2].splitlines()
    assert outcome.exit_code == 0
    assert {line.split()[0] for line in summaries} >= {"run", "serve", "world"}
    assert [line for line in summaries if not re.fullmatch(r"  \w+ +[A-Z].*[^.]\.", line)] == []


def test_the_version_is_that_of_the_package(pds_sim):
    assert pds_sim("--version").stdout == f"pds-sim, version {version('pds-restore-simulator')}\n"


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["rnu"], "rnu"),
        (["run"], "FILE"),
        (["run", "--sede", "3", "x"], "--sede"),
        (["run", "--seed", "x", "y"], "--seed"),
    ],
)
def test_wrong_arguments_end_with_2(pds_sim, arguments, named):
    outcome = pds_sim(*arguments)

    assert outcome.exit_code == 2
    assert outcome.stdout == ""
    assert named in outcome.stderr
