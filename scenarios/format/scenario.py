"""A whole scenario document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from scenarios.format.call_steps import DefaultsDocument
from scenarios.format.parameters import Row
from scenarios.format.steps import Step
from simulator.documents.key_rules import Rules, none_of
from simulator.documents.model import NAME_LENGTH_MAX, Model, OnDemand, Printable, one_of
from simulator.documents.problems import shown
from simulator.documents.rules import FaultDocument
from simulator.documents.worlds import WorldDocument
from simulator.sessions.clock import ClockMode


def _no_bool(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError(f"is {shown(value)}; expected 1")  # noqa: TRY004  # what pydantic takes for a wrong value
    return value


SAID_BY_SNAPSHOT = ("world", "seed", "clock", "speed")
"""Keys that exclude a snapshot."""


class ScenarioDocument(Model):
    """A scenario: a world, a clock, and what is done to them and expected of them."""

    version: Annotated[Literal[1], BeforeValidator(_no_bool)] = Field(description="Version of the format, which is 1.")
    name: Printable = Field(
        "",
        min_length=1,
        max_length=NAME_LENGTH_MAX,
        json_schema_extra={"minLength": 1, "maxLength": NAME_LENGTH_MAX},
        description="Name of the scenario; left out, that of its file.",
    )
    description: Printable = Field("", description="What the scenario shows, in one line.")
    parameters: Annotated[Sequence[Row], Field(min_length=1)] | None = Field(
        None,
        description="A table: the scenario is done once for each row, with its values in the place of"
        " ${parameters.KEY}. 'case' names a row, 'seed' is its seed, or several.",
    )
    seed: int = Field(0, description="What everything that is drawn is drawn by.")
    clock: Annotated[str, one_of("clock", [mode.value for mode in ClockMode])] = Field(
        ClockMode.MANUAL.value,
        description="What moves the time: steps (manual), polls (on_poll), or the wall clock.",
    )
    speed: float = Field(1.0, gt=0, allow_inf_nan=False, description="Virtual seconds in a second of the wall clock.")
    snapshot: str | None = Field(
        None,
        min_length=1,
        description="File of a snapshot from which it goes on, beside this one. It has world, rules, seed and clock.",
    )
    world: Annotated[WorldDocument, OnDemand(WorldDocument)] = Field(
        default_factory=WorldDocument, description="What there is at first."
    )
    defaults: DefaultsDocument = Field(
        default_factory=DefaultsDocument, description="What steps that create restores take where they leave it out."
    )
    faults: Sequence[Annotated[FaultDocument, OnDemand(FaultDocument)]] = Field(
        (), description="What goes wrong, by rules that apply in this order."
    )
    strict: bool = Field(
        True, description="Whether it fails when a rule never takes effect, or holds a restore at the end."
    )
    allow_held: bool = Field(False, description="Whether rules may hold restores at the end.")
    steps: Sequence[Step] = Field((), description="What is done, one after the other.")

    @classmethod
    def key_rules(cls) -> Rules:
        return {
            "allOf": [
                {
                    "if": {"required": ["clock"], "properties": {"clock": {"const": ClockMode.WALL.value}}},
                    "then": {"properties": {"steps": {"items": none_of(["advance", "advance_until"])}}},
                },
                {
                    "if": {"properties": {"clock": {"enum": _VIRTUAL}}},
                    "then": {"properties": {"speed": {"anyOf": [{"const": 1}, {"type": "string"}]}}},
                },
                {"if": {"required": ["snapshot"]}, "then": none_of(SAID_BY_SNAPSHOT)},
            ]
        }


_VIRTUAL = [mode.value for mode in ClockMode if mode is not ClockMode.WALL]
