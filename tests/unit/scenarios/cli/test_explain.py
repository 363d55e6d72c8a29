"""``pds-sim explain`` tells of each restore what will happen to it and why, whatever is expected of it."""

import pytest


def test_each_restore_is_explained_to_its_end(pds_sim, failing):
    outcome = pds_sim("explain", failing)

    assert outcome.exit_code == 0
    lines = outcome.stdout.splitlines()
    assert lines[:3] == [
        "a scenario that fails (seed 5)",
        "  copy: orders-backup into shop-staging on west",
        "         0.000 s  INITIALIZING, 1 s: 1 s",
    ]
    assert lines[4] == "         3.000 s  RESTORING_CLOUDSNAP, 107.4 s: 5 s; 102.4 s for 10 GiB at 100 MiB/s"
    assert lines[-1] == "       158.400 s  SUCCESSFUL"


@pytest.mark.parametrize(("options", "seed"), [((), 5), (("--seed", "9"), 9)])
def test_the_seed_is_told(pds_sim, failing, options, seed):
    assert f"(seed {seed})" in pds_sim("explain", *options, failing).stdout


def test_rules_are_told_with_what_came_of_them(pds_sim, write):
    file = write(
        "version: 1\n"
        "faults:\n"
        "  - {name: slow-west, phase: PENDING, cluster: west, slow: 2}\n"
        "  - {name: slow-east, phase: PENDING, cluster: east, slow: 2}\n"
        "steps:\n"
        "  - create: {name: copy, backup: orders-backup, namespace: shop-staging, project: shop}\n"
    )

    stdout = pds_sim("explain", file).stdout

    assert "  rule 'slow-west': matched 1 time, took effect 1 time\n" in stdout
    assert "  rule 'slow-east': matched 0 times, took effect 0 times\n" in stdout
    assert "the rule 'slow-east' never fired: what came closest:\n" in stdout


def test_time_of_the_wall_clock_is_not_moved(pds_sim, write):
    file = write(
        "version: 1\n"
        "clock: wall\n"
        "steps:\n"
        "  - create: {name: copy, backup: orders-backup, namespace: shop-staging, project: shop}\n"
    )

    assert "INITIALIZING, still: 1 s" in pds_sim("explain", file).stdout


def test_a_wrong_file_ends_with_2(pds_sim, wrong):
    assert pds_sim("explain", wrong).exit_code == 2


def test_cases_are_told_apart_and_can_be_selected(pds_sim, cases):
    def titles(*options):
        lines = pds_sim("explain", cases, *options).stdout.splitlines()
        return [line for line in lines if not line.startswith(" ")]

    assert titles() == ["cases[small] (seed 0)", "cases[large] (seed 0)"]
    assert titles("-k", "large") == ["cases[large] (seed 0)"]
    assert pds_sim("explain", cases, "-k", "huge").exit_code == 2
