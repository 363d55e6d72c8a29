"""``pds-sim`` knows its verbs, helps, and refuses what it does not know."""

from importlib.metadata import version

import pytest


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_tells_the_verbs(pds_sim, option):
    outcome = pds_sim(option)

    assert outcome.exit_code == 0
    for verb in ("run", "serve", "world"):
        assert f"\n  {verb} " in outcome.stdout


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
