"""The command line, called in this process."""

import pytest
from click.testing import CliRunner

from scenarios.cli import main


@pytest.fixture
def pds_sim():
    """Runs ``pds-sim`` with arguments; what comes back has ``exit_code``, ``stdout``, ``stderr``."""

    def run(*arguments):
        return CliRunner().invoke(main, [str(argument) for argument in arguments], catch_exceptions=False)

    return run


@pytest.fixture
def passing(write):
    return write(
        "version: 1\n"
        "description: What it shows.\n"
        "steps:\n"
        "  - create: {name: copy, backup: orders-backup, namespace: shop-staging, project: shop}\n"
        "  - advance: 1s\n",
        "passing.yaml",
    )


@pytest.fixture
def failing(write):
    return write(
        "version: 1\n"
        "name: a scenario that fails\n"
        "seed: 5\n"
        "steps:\n"
        "  - create: {name: copy, backup: orders-backup, namespace: shop-staging, project: shop}\n"
        "  - expect:\n"
        "      restore: copy\n"
        "      fields: {status.phase: SUCCESSFUL}\n"
        "  - advance: 1s\n",
        "failing.yaml",
    )


@pytest.fixture
def cases(write):
    return write(
        "version: 1\n"
        "parameters: [{case: small, uid: few}, {case: large, uid: many}]\n"
        'world: {base: empty, accounts: {only: {uid: "${parameters.uid}"}}}\n'
        "steps: [{matrix: }]\n",
        "cases.yaml",
    )


@pytest.fixture
def wrong(write):
    return write("version: 1\nsteps:\n  - advanc: 1s\n", "wrong.yaml")
