"""What can be expected of events and calls, and what says nothing or can never hold."""

import pytest

NO_VALUE = "has no value; expected one, or no such key"
NOTHING = "says nothing about the event; expected at least one of event, name, to, rule, method, …"
NOTHING_EXPECTED = "expects nothing; expected one of count, at_least, at_most, backoff"


@pytest.mark.parametrize(
    ("event", "problem"),
    [
        ("▸transition", ": is 'transition'; expected a mapping"),
        ("▸{}", f": {NOTHING}"),
        ("▸{count: 0}", f": {NOTHING}"),
        ("{name: ▸}", f".name: {NO_VALUE}"),
        ("{name: ▸, count: 1}", f".name: {NO_VALUE}"),
        ("{▸kind: fault}", ".kind: is no key here; "),
        ("{▸previous: PENDING}", ".previous: is no key here; "),
        ("{event: ▸call}", ".event: 'call' is no kind of event; expected one of 'transition', 'fault', 'world', 'rpc'"),
        ("{from: ▸PENDIN}", ".from: 'PENDIN' is no phase; did you mean 'PENDING'?"),
        ("{to: ▸DONE}", ".to: 'DONE' is no phase; expected one of"),
        ("{error_code: ▸TIMEOUT}", ".error_code: 'TIMEOUT' is no error code; "),
        ("{method: ▸GetRestores}", ".method: 'GetRestores' is no method; did you mean 'GetRestore'"),
        ("{code: ▸ok}", ".code: 'ok' is no status code; "),
        ("{name: ▸''}", ".name: is ''; expected 1 or more characters"),
        ("{rule: ▸7}", ".rule: is 7; expected a text"),
        ("{name: a, at: ▸soon}", ".at: 'soon' is no duration; "),
        ("{name: a, count: ▸-1}", ".count: is -1; expected "),
        ("{name: a, count: ▸1.5}", ".count: is 1.5; expected "),
        ("{name: a, count: ▸true}", ".count: is true; expected a whole number"),
    ],
)
def test_what_is_wrong_with_an_expected_event_is_told_with_its_place(problem_at_mark, event, problem):
    found = problem_at_mark(f"version: 1\nsteps:\n  - expect: {{timeline: [{event}]}}")

    assert found.startswith(f"steps[0].expect.timeline[0]{problem}")


@pytest.mark.parametrize(
    ("calls", "problem"),
    [
        ("▸{}", f": {NOTHING_EXPECTED}"),
        ("▸{method: GetRestore}", f": {NOTHING_EXPECTED}"),
        ("{method: GetRestore, count: ▸}", f".count: {NO_VALUE}"),
        ("▸{at_least: 3, at_most: 2}", ": can't hold: at least 3, but at most 2"),
        ("▸{count: 1, at_least: 2}", ": can't hold: exactly 1, but at least 2"),
        ("▸{count: 3, at_most: 2}", ": can't hold: exactly 3, but at most 2"),
        ("{at_least: ▸0}", ".at_least: is 0; expected "),
        ("{at_most: ▸-1}", ".at_most: is -1; expected "),
        ("{method: ▸Get, count: 1}", ".method: 'Get' is no method; "),
        ("{code: ▸NOTFOUND, count: 1}", ".code: 'NOTFOUND' is no status code; did you mean 'NOT_FOUND'?"),
        ("{▸to: FAILED, count: 1}", ".to: is no key here; "),
        ("{backoff: ▸10s}", ".backoff: is '10s'; expected a mapping"),
        ("{backoff: ▸{factor: 2}}", ".backoff.min: is missing"),
        ("{backoff: {min: 1s, factor: ▸0.5}}", ".backoff.factor: is 0.5; expected "),
        ("{backoff: {min: 1s, factor: ▸1e999}}", ".backoff.factor: is 1e999; expected "),
        ("{backoff: {min: 1s, jitter: ▸1}}", ".backoff.jitter: is 1; expected "),
        ("{backoff: {min: 1s, jitter: ▸-0.1}}", ".backoff.jitter: is -0.1; expected "),
        ("▸{code: OK, backoff: {min: 1s}}", ": 'backoff' is about all attempts of a method; expected no 'code' and no"),
        ("▸{caller: ci, backoff: {min: 1s}}", ": 'backoff' is about all attempts of a method; expected no 'code' and"),
    ],
)
def test_what_is_wrong_with_expected_calls_is_told_with_its_place(problem_at_mark, calls, problem):
    found = problem_at_mark(f"version: 1\nsteps:\n  - expect: {{calls: [{calls}]}}")

    assert found.startswith(f"steps[0].expect.calls[0]{problem}")


@pytest.mark.parametrize(
    ("expectation", "problem"),
    [
        ("{timeline: ▸[]}", ".timeline: is an empty list; expected a list that is not empty"),
        ("{calls: ▸{count: 1}}", ".calls: is a mapping; expected a list"),
        ("{timeline: ▸}", ".timeline: has no value; expected a list, or no such key"),
        ("▸{}", ": says not what to look at; expected 'restore', 'answer', 'timeline' or 'calls'"),
        (
            "▸{timeline: [{name: a}], restore: copy}",
            ": has restore, which is about an answer; 'timeline' and 'calls' stand without it",
        ),
        (
            "▸{calls: [{count: 1}], code: OK}",
            ": has code, which is about an answer; 'timeline' and 'calls' stand without it",
        ),
    ],
)
def test_an_expectation_is_about_what_happened_or_about_an_answer(problem_at_mark, expectation, problem):
    found = problem_at_mark(f"version: 1\nsteps:\n  - expect: {expectation}")

    assert found.startswith(f"steps[0].expect{problem}")


@pytest.mark.parametrize("verb", ["get: {restore_id: a, expect: ", "list: {expect: "])
def test_a_call_expects_nothing_of_what_happened(problem_at_mark, verb):
    found = problem_at_mark(f"version: 1\nsteps:\n  - {verb}{{▸timeline: [{{event: rpc}}]}}}}")

    assert ".expect.timeline: is no key here; " in found


def test_a_variable_in_an_expected_event_refers_to_an_earlier_answer(problem_at_mark):
    found = problem_at_mark("version: 1\nsteps:\n  - expect: {timeline: [{restore: ▸'${copy.meta.uid}'}]}")

    assert found == "steps[0].expect.timeline[0].restore: no earlier step has an answer 'copy'; there are none"


def test_both_may_be_expected_at_once_and_what_is_left_out_is_not_asked(load):
    [step] = load(
        "version: 1\nsteps: [expect: {timeline: [{from: PENDING}], calls: [{backoff: {min: 90s}}]}]"
    ).document.steps

    [event], [calls] = step.expect.timeline, step.expect.calls
    assert (event.previous, event.event, event.count) == ("PENDING", None, None)
    assert (calls.backoff.min, calls.backoff.factor, calls.backoff.jitter) == (90, 2, 0.1)
