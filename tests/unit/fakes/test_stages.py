"""The table of stages is the documented one."""

import pytest
import simpy

from fakes import Constant, Phase
from fakes.activities import AwaitingCapacity, Downloading, Lasting
from fakes.bandwidth import SharedLink
from fakes.stages import DEFAULT_DURATIONS, STAGES, Effort, Workplace


@pytest.fixture
def workplace(environment):
    return Workplace(environment, simpy.Resource(environment, 1), SharedLink(environment, 1))


def test_there_is_a_stage_for_each_live_phase_in_the_order_of_the_phases():
    assert [stage.phase for stage in STAGES] == [phase for phase in Phase if not phase.is_final]


def test_phases_take_by_default_what_is_documented():
    assert {
        Phase.INITIALIZING: Constant(1),
        Phase.PENDING: Constant(2),
        Phase.RESTORING_CLOUDSNAP: Constant(5),
        Phase.RESTORING_DATA_SERVICE_DEPLOYMENT_CR: Constant(3),
        Phase.RESTORING_DATA_SERVICE_DEPLOYMENT: Constant(30),
        Phase.DATA_SERVICE_DEPLOYMENT_ENTERING_NORMAL_MODE: Constant(15),
    } == DEFAULT_DURATIONS


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.phase.name)
def test_a_stage_waits_and_downloads_where_it_is_documented_to(workplace, stage):
    kinds = [type(activity(workplace, Effort(1, 1))) for activity in stage.activities]

    particular = {Phase.PENDING: [AwaitingCapacity, Lasting], Phase.RESTORING_CLOUDSNAP: [Lasting, Downloading]}
    assert kinds == particular.get(stage.phase, [Lasting])


def test_three_phases_can_end_badly_by_themselves():
    assert {stage.phase for stage in STAGES if stage.failure} == {
        Phase.PENDING,
        Phase.RESTORING_CLOUDSNAP,
        Phase.RESTORING_DATA_SERVICE_DEPLOYMENT_CR,
    }
