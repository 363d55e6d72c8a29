"""An effect of somebody's own: it answers by itself, lets the call proceed, or looks at what came of that."""

from dataclasses import dataclass

import pytest

from simulator.api import restore_pb2


@dataclass(frozen=True)
class AnswersByItself:
    name = "answers_by_itself"

    def around(self, call, proceed, firing):  # noqa: ARG002  # so effects are called
        return restore_pb2.ListRestoresResponse(pagination={"total_records": 7}).SerializeToString()


@dataclass(frozen=True)
class LetsItProceed:
    name = "lets_it_proceed"

    def around(self, call, proceed, firing):  # noqa: ARG002
        return proceed(call)


@dataclass(frozen=True)
class CountsOneMore:
    name = "counts_one_more"

    async def around(self, call, proceed, firing):  # noqa: ARG002
        response = restore_pb2.ListRestoresResponse.FromString(await proceed(call))
        response.pagination.total_records += 1
        return response.SerializeToString()


@pytest.mark.parametrize(
    ("effects", "records"),
    [
        ([AnswersByItself()], 7),
        ([LetsItProceed()], 0),
        ([CountsOneMore()], 1),
        ([CountsOneMore(), LetsItProceed(), CountsOneMore(), AnswersByItself()], 9),
    ],
    ids=lambda value: "" if isinstance(value, int) else ", ".join(effect.name for effect in value),
)
def test_the_client_gets_what_the_effects_make_of_the_answer(sim, stub, effects, records):
    for effect in effects:
        sim.inject(effect, method="ListRestores")

    assert stub.ListRestores(restore_pb2.ListRestoresRequest()).pagination.total_records == records
