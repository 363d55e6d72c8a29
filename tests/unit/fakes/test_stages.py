"""The table of stages is the documented one."""

import pytest

from fakes import Constant, Phase
from fakes.segments import AwaitCapacity, Download, Last
from fakes.stages import DEFAULT_DURATIONS, STAGES, Effort


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
def test_a_stage_waits_and_downloads_where_it_is_documented_to(stage):
    segments = [segment(Effort(duration_microseconds=3, size_bytes=4)) for segment in stage.segments]

    particular = {Phase.PENDING: [AwaitCapacity(), Last(3)], Phase.RESTORING_CLOUDSNAP: [Last(3), Download(4)]}
    assert segments == particular.get(stage.phase, [Last(3)])


def test_three_phases_can_end_badly_by_themselves():
    assert {stage.phase for stage in STAGES if stage.failure} == {
        Phase.PENDING,
        Phase.RESTORING_CLOUDSNAP,
        Phase.RESTORING_DATA_SERVICE_DEPLOYMENT_CR,
    }
