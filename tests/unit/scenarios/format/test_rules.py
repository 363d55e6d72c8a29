"""A rule in YAML is the rule that Python makes of the same words, and a wrong one is told with its place."""

import pytest

from fakes import Constant, Exponential
from simulator import faults
from simulator.documents.rules import FaultDocument
from simulator.faults import EFFECTS, Where, rule

SAME = {
    "{method: CreateRestore, times: 2, error: }": rule(faults.error(), method="CreateRestore", times=2),
    "{method: '*', error: {code: ABORTED, message: m, retry_delay: 2s}}": rule(
        faults.error("ABORTED", "m", 2.0), method="*"
    ),
    "{lose_response: {code: DEADLINE_EXCEEDED}}": rule(faults.lose_response("DEADLINE_EXCEEDED")),
    "{delay: 5s}": rule(faults.delay(Constant(5))),
    "{delay: {exponential: {mean: 5s}}}": rule(faults.delay(Exponential(5))),
    "{hang: , after: 3}": rule(faults.hang(), after=3),
    "{rate_limit: {per_second: 2, burst: 3}}": rule(faults.rate_limit(2, 3)),
    "{method: GetRestore, stale: 1m}": rule(faults.stale(60), method="GetRestore"),
    "{phase: PENDING, fail: {at: 50%, message: m}}": rule(faults.fail(message="m", at=0.5), phase="PENDING"),
    "{phase: PENDING, fail: {at: 0.25}}": rule(faults.fail(at=0.25), phase="PENDING"),
    "{phase: PENDING, stall: }": rule(faults.stall(), phase="PENDING"),
    "{phase: PENDING, stall: {duration: 1m, at: 100%}}": rule(faults.stall(Constant(60), at=1), phase="PENDING"),
    "{phase: [PENDING, INITIALIZING], slow: 1.5}": rule(faults.slow(1.5), phase=["PENDING", "INITIALIZING"]),
    "{phase: PENDING, restart_phase: }": rule(faults.restart_phase(), phase="PENDING"),
    "{cluster: west, at: 1m, outage: {duration: 30s}}": rule(faults.outage(30), cluster="west", at=60),
    "{backup_location: vault, lose_credentials: }": rule(faults.lose_credentials(), backup_location="vault"),
    "{backup: orders-*, delete_backup: }": rule(faults.delete_backup(), backup="orders-*"),
    "{name: door, phase: PENDING, gate: }": rule(faults.gate(), phase="PENDING", name="door"),
    "{phase: PENDING, probability: 0.5, between: [1s, 1m], label: {team: a*}, unless: {cluster: west}, slow: 2}": rule(
        faults.slow(2),
        phase="PENDING",
        probability=0.5,
        between=(1.0, 60.0),
        label={"team": "a*"},
        unless=Where({"cluster": ("west",)}),
    ),
    "{hang: , between: [2025-01-01T00:01:00Z, '2025-01-01T02:00:00+01:00']}": rule(
        faults.hang(), between=(60.0, 3600.0)
    ),
    "{any_of: [{cluster: west}, {project: shop}], slow: 2}": rule(
        faults.slow(2), any_of=(Where({"cluster": ("west",)}), Where({"project": ("shop",)}))
    ),
}


@pytest.mark.parametrize("text", SAME)
def test_yaml_and_python_make_the_same_rule(load, text):
    [made] = load(f"version: 1\nfaults:\n  - {text}").simulator_arguments()["rules"]

    assert made == SAME[text]


def test_every_effect_can_be_written():
    assert tuple(effect.name for effect in EFFECTS) == tuple(FaultDocument.effects)
    assert {made.effect.name for made in SAME.values()} == set(FaultDocument.effects)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "{method: ▸CreateRestor, hang: }",
            "faults[0].method: 'CreateRestor' is no method; did you mean 'CreateRestore'",
        ),
        ("{phase: ▸SUCCESSFUL, gate: }", "faults[0].phase: 'SUCCESSFUL' is no phase in which anything could happen"),
        ("{phase: ▸[PENDING, NOPE], gate: }", "faults[0].phase: 'NOPE' is no phase in which anything could happen"),
        ("{cluster: ▸wst, outage: }", "faults[0].cluster: 'wst' matches no cluster of the world; did you mean 'west'?"),
        ("{phase: PENDING, times: ▸0, gate: }", "faults[0].times: is 0; expected greater than or equal to 1"),
        ("{probability: ▸1.5, hang: }", "faults[0].probability: is 1.5; expected less than or equal to 1"),
        ("{method: ▸GetRestore, fail: }", "faults[0].method: fail does not happen to a call; expected 'phase'"),
        ("{phase: ▸PENDING, hang: }", "faults[0].phase: hang happens to a call; expected 'method'"),
        ("{method: ▸CreateRestore, stale: 5s}", "faults[0].method: stale can't happen to 'CreateRestore'"),
        ("{hang: , any_of: ▸[]}", "faults[0].any_of: is an empty list; expected a list that is not empty"),
        ("{hang: , name: ▸''}", "faults[0].name: is ''; expected 1 or more characters"),
        (
            "{error: {details: [{'@type': google.rpc.Help}, ▸{'@type': google.rpc.Help, link: 1}]}}",
            'faults[0].error.details[1]: Help: Message type "google.rpc.Help" has no field named "link" at',
        ),
        ("▸{method: GetRestore}", "faults[0]: has none; expected exactly one of error, lose_response,"),
        ("▸{hang: , gate: }", "faults[0]: has hang and gate; expected exactly one of error, lose_response,"),
        ("{▸lose_respons: }", "faults[0].lose_respons: is no key here; did you mean 'lose_response'"),
        ("{phase: PENDING, fail: {at: ▸150%}}", "faults[0].fail.at: is '150%'; expected less than or equal to 1"),
        ("{phase: PENDING, fail: {at: ▸half}}", "faults[0].fail.at: is 'half'; expected a number"),
        ("{phase: PENDING, fail: {error_code: ▸NOPE}}", "faults[0].fail.error_code: 'NOPE' is no error code;"),
        ("{fail: , phase: ▸[]}", "faults[0].phase: is an empty list; expected a list that is not empty"),
        ("{fail: , phase: PENDING, between: ▸5s}", "faults[0].between: is '5s'; expected a list of two"),
        ("{fail: , phase: PENDING, unless: ▸{}}", "faults[0].unless: has a part that asks for nothing"),
        (
            "{hang: , between: ▸[9s, 3s]}",
            "faults[0].between: is from 9 s to 3 s; expected a start of 0 s or more, then an end that",
        ),
        ("{error: {code: ▸OK}}", "faults[0].error.code: 'OK' is no status code of an error; expected one of"),
        (
            "{error: {details: [▸{'@type': google.rpc.Hlp}]}}",
            "faults[0].error.details[0]: 'google.rpc.Hlp' is no '@type' of google.rpc; did you mean 'Help'?",
        ),
        ("{lose_response: {code: ▸ABORTED}}", "faults[0].lose_response.code: 'ABORTED' is no way to lose an answer;"),
        ("{rate_limit: {per_second: ▸0}}", "faults[0].rate_limit.per_second: is 0; expected greater than or equal to"),
        ("{cluster: west, outage: {duration: ▸0s}}", "faults[0].outage.duration: is 0; expected a duration above 0"),
        ("{stale: ▸101y}", "faults[0].stale: '101y' is no duration"),
        (
            "{stale: ▸36600d}",
            "faults[0].stale: is 3162240000.0; expected a number of seconds above 0, at most a hundred",
        ),
        ("{fail: {at: ▸1_0%}}", "faults[0].fail.at: is '1_0%'; expected a number"),
        ("{hang: , at: ▸5s}", "faults[0].at: is a time for an outage, lose_credentials or delete_backup"),
        ("{cluster: west, at: ▸2024-12-31T23:59:59Z, outage: }", "faults[0].at: '2024-12-31T23:59:59Z' is before the"),
        ("▸{outage: }", "faults[0].cluster: is missing; outage needs to know to which cluster"),
    ],
)
def test_what_is_wrong_with_a_rule_is_told_with_its_place(problem_at_mark, text, problem):
    assert problem_at_mark(f"version: 1\nfaults:\n  - {text}").startswith(problem)


@pytest.mark.parametrize(
    ("step", "problem"),
    [
        ("remove: ▸dor", "steps[0].remove: no rule has the name 'dor'; did you mean 'door'?"),
        ("open: ▸dor", "steps[0].open: no rule has the name 'dor'; did you mean 'door'?"),
        ("open: ▸slow on phase=PENDING", "steps[0].open: the rule 'slow on phase=PENDING' holds nobody; expected one"),
        ("inject: {cluster: ▸wst, outage: }", "steps[0].inject.cluster: 'wst' matches no cluster of the world;"),
    ],
)
def test_steps_about_rules_are_checked_as_well(problem_at_mark, step, problem):
    text = (
        f"version: 1\nfaults: [{{name: door, phase: PENDING, gate: }}, {{phase: PENDING, slow: 2}}]\nsteps:\n  - {step}"
    )

    assert problem_at_mark(text).startswith(problem)
