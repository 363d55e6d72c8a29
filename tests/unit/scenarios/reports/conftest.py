"""Outcomes to report: of scenarios that pass, that fail, and that something else went wrong with."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scenarios.running.outcomes import run_scenario


@pytest.fixture
def passed(load):
    text = (
        "version: 1\nname: good\ndescription: It passes.\nsteps:\n"
        "  - create: {name: copy, backup: orders-backup, namespace: shop-staging, project: shop}\n"
        "  - advance: 1s\n"
    )
    return run_scenario(load(text))


@pytest.fixture
def failed(load):
    text = (
        "version: 1\nname: bad\nseed: 5\nsteps:\n"
        "  - create: {name: copy, backup: orders-backup, namespace: shop-staging, project: shop}\n"
        "  - expect:\n"
        "      restore: copy\n"
        "      fields: {status.phase: SUCCESSFUL}\n"
        "  - advance: 1s\n"
    )
    return run_scenario(load(text))


@pytest.fixture
def broken(passed):
    return replace(passed, name="ugly", error="Traceback …\nRuntimeError: the simulator is at fault\n")
