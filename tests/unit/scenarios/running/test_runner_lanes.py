"""Lanes of a scenario go on side by side: each waits for its own time, and all see one world."""

import pytest

ORDERS = "{create: {name: orders-copy, backup: orders-backup, namespace: shop-staging, project: shop}}"
CARTS = "{create: {name: carts-copy, backup: carts-backup, namespace: shop-staging, project: shop}}"
GATE = "faults: [{name: door, phase: RESTORING_CLOUDSNAP, gate: }]"


@pytest.fixture
def acted(run):
    """Runs lanes and what follows them, and tells when was done what; ``✗`` marks what failed."""

    def told(*lanes: list[str], head: str = "", after: list[str] | None = None, **options: bool):
        results = run(in_lanes(*lanes, head=head, after=after), **options)
        return [
            (result.at_seconds, result.summary.split(" →")[0] + ("" if result.passed else " ✗")) for result in results
        ]

    return told


def in_lanes(*lanes, head="", after=None):
    return f"version: 1\n{head}\nsteps:\n  - {parallel(*lanes)}\n" + "".join(f"  - {step}\n" for step in after or ())


def parallel(*lanes):
    """Lanes of steps; the first of a lane may be its name."""
    return f"{{parallel: [{', '.join(map(lane_of, lanes))}]}}"


def lane_of(lane):
    name = "" if lane[0].startswith("{") else f"name: {lane[0]}, "
    return f"{{{name}steps: [{', '.join(lane[1:] if name else lane)}]}}"


def repeat(times, *steps):
    return f"{{repeat: {{times: {times}, steps: [{', '.join(steps)}]}}}}"


def test_each_lane_waits_for_its_own_time_and_the_first_acts_first(acted):
    told = acted(
        ["owner", ORDERS, "{advance: 20s}", "{get: {restore: orders-copy}}", "{advance: 20s}", "{list: }"],
        ["{advance: 10s}", "{matrix: }", "{advance: 30s}", "{matrix: }"],
        after=["{matrix: }"],
    )

    assert told == [
        (0, "owner: create orders-copy"),
        (10, "lane 2: advance 10 s"),
        (10, "lane 2: matrix"),
        (20, "owner: advance 20 s"),
        (20, "owner: get orders-copy"),
        (40, "owner: advance 20 s"),
        (40, "lane 2: advance 30 s"),
        (40, "owner: list"),
        (40, "lane 2: matrix"),
        (40, "matrix"),
    ]


def test_a_result_stands_at_the_line_of_its_step_and_has_what_happened_since_the_last(run):
    text = f"""\
version: 1
steps:
  - parallel:
      - steps:
          - {ORDERS}
          - advance: 3s
      - name: other
        steps:
          - repeat:
              times: 1
              steps:
                - advance: 1s
  - advance: 1s
"""

    results = run(text)

    assert [(result.line, result.summary.split(" →")[0]) for result in results] == [
        (5, "lane 1: create orders-copy"),
        (12, "other: advance 1 s"),
        (6, "lane 1: advance 3 s"),
        (13, "advance 1 s"),
    ]
    assert [[event.kind for event in result.events] for result in results] == [
        ["transition", "rpc"],
        ["transition"],
        ["transition"],
        [],
    ]


def test_advancing_by_nothing_is_done_at_once(acted):
    assert acted(["{advance: 0s}", "{matrix: }"], ["{matrix: }"]) == [
        (0, "lane 2: matrix"),
        (0, "lane 1: advance 0 s"),
        (0, "lane 1: matrix"),
    ]


def test_a_lane_may_wait_for_what_another_does_later(acted):
    told = acted(
        ["owner", ORDERS, "{advance_until: {restore: orders-copy, phase: SUCCESSFUL}}"],
        ["operator", "{advance: 100s}", "{open: door}"],
        head=GATE,
    )

    assert told == [
        (0, "owner: create orders-copy"),
        (100, "operator: advance 100 s"),
        (100, "operator: open door"),
        (255.4, "owner: advance until orders-copy SUCCESSFUL"),
    ]


def test_alone_nothing_is_waited_for_that_can_not_come(run):
    wait = "{advance_until: {restore: orders-copy, phase: SUCCESSFUL}}"
    result = run(f"version: 1\n{GATE}\nsteps: [{ORDERS}, {wait}]")[-1]

    assert result.at_seconds == 3
    assert "nothing is left that could bring it to SUCCESSFUL" in result.complaints[0]


def test_a_lane_that_waits_in_vain_ends_at_its_limit_and_with_it_the_run(acted, run):
    wait = "{advance_until: {restore: orders-copy, phase: SUCCESSFUL, limit: 5m}}"
    lanes = ([ORDERS, wait], ["{advance: 1m}", "{matrix: }", "{advance: 1d}", "{open: door}"])

    assert acted(*lanes, head=GATE, after=["{matrix: }"])[-2:] == [
        (60, "lane 2: matrix"),
        (300, "lane 1: advance until orders-copy SUCCESSFUL ✗"),
    ]
    [complaint] = run(in_lanes(*lanes, head=GATE))[-1].complaints
    assert "is RESTORING_CLOUDSNAP since 2025-01-01T00:00:03.000000Z; it did not come to SUCCESSFUL within" in complaint
    assert complaint.endswith(" within 300 s, that is, by 2025-01-01T00:05:00.000000Z")


def test_a_lane_whose_restore_fails_meanwhile_waits_no_longer(run):
    text = in_lanes(
        [ORDERS, "{advance_until: {restore: orders-copy, phase: SUCCESSFUL}}"],
        ["{advance: 10s}", "{change: {delete_backup: orders-backup}}", "{advance: 1d}"],
    )

    result = run(text)[-1]

    assert result.at_seconds < 1800
    assert "is FAILED with " in result.complaints[0]


def test_the_lanes_end_with_the_year_9999(run):
    to_9999 = repeat(7, "{advance: 365000d}")
    wait = "{advance_until: {restore: orders-copy, phase: SUCCESSFUL, limit: 365000d}}"

    late = run(in_lanes([ORDERS, "{advance: 1s}", to_9999, wait], ["{matrix: }"], head=GATE))[-1]

    assert not late.passed
    assert "it did not come to SUCCESSFUL within" in late.complaints[0]


def test_the_first_lane_that_fails_stops_the_run(acted):
    lanes = (["{advance: 2s}", "{matrix: }"], ["{advance: 1s}", "{matrix: {expect: {code: NOT_FOUND}}}", "{list: }"])

    assert acted(*lanes, after=["{matrix: }"]) == [(1, "lane 2: advance 1 s"), (1, "lane 2: matrix ✗")]
    assert acted(*lanes, after=["{matrix: }"], lenient=True) == [
        (1, "lane 2: advance 1 s"),
        (1, "lane 2: matrix ✗"),
        (1, "lane 2: list"),
        (2, "lane 1: advance 2 s"),
        (2, "lane 1: matrix"),
        (2, "matrix"),
    ]


def test_each_lane_counts_its_own_rounds(acted):
    poll = "{get: {restore_id: '%s ${index}', expect: {code: NOT_FOUND}}}"

    told = acted(
        ["a", repeat(3, "{advance: 2s}", poll % "one")],
        ["b", repeat(2, "{advance: 3s}", poll % "two", repeat(2, poll % "in")), "{matrix: }"],
    )

    assert [(at_seconds, what) for at_seconds, what in told if "get" in what] == [
        (2, "a: get one 1"),
        (3, "b: get two 1"),
        (3, "b: get in 1"),
        (3, "b: get in 2"),
        (4, "a: get one 2"),
        (6, "a: get one 3"),
        (6, "b: get two 2"),
        (6, "b: get in 1"),
        (6, "b: get in 2"),
    ]


def test_lanes_are_done_again_in_every_round_of_a_repeat_around_them(acted):
    poll = "{get: {restore_id: 'round ${index}', expect: {code: NOT_FOUND}}}"
    inner = parallel(["{advance: 2s}", poll], ["other", "{advance: 1s}", repeat(2, poll)])

    assert acted([repeat(2, inner)], ["beside", "{advance: 3s}"]) == [
        (1, "other: advance 1 s"),
        (1, "other: get round 1"),
        (1, "other: get round 2"),
        (2, "lane 1: advance 2 s"),
        (2, "lane 1: get round 1"),
        (3, "other: advance 1 s"),
        (3, "beside: advance 3 s"),
        (3, "other: get round 1"),
        (3, "other: get round 2"),
        (4, "lane 1: advance 2 s"),
        (4, "lane 1: get round 2"),
    ]


def test_lanes_within_a_lane_do_not_hold_up_the_others(acted):
    inner = parallel(["x", "{advance: 1s}"], ["y", "{advance: 9s}"])

    assert acted(["outer", inner, "{matrix: }"], ["beside", "{advance: 5s}", "{list: }"]) == [
        (1, "x: advance 1 s"),
        (5, "beside: advance 5 s"),
        (5, "beside: list"),
        (9, "y: advance 9 s"),
        (9, "outer: matrix"),
    ]


def test_an_answer_of_a_lane_is_known_after_all_lanes(acted):
    told = acted(
        [ORDERS, "{get: {restore: orders-copy, as: first}}"],
        [CARTS, "{advance: 5s}", "{get: {restore: carts-copy, as: last}}"],
        after=[
            "{expect: {answer: first, fields: {meta.name: orders-copy, status.phase: INITIALIZING}}}",
            "{expect: {answer: last, fields: {meta.name: carts-copy, status.phase: RESTORING_CLOUDSNAP}}}",
        ],
    )

    assert told[-2:] == [(5, "expect first"), (5, "expect last")]


def test_whoever_polls_moves_the_time_of_the_others(acted):
    poll = "{get: {restore: orders-copy}}"

    assert acted([ORDERS, repeat(4, poll)], ["{advance: 2s}", "{matrix: }"], head="clock: on_poll") == [
        (0, "lane 1: create orders-copy"),
        (1, "lane 1: get orders-copy"),
        (3, "lane 1: get orders-copy"),
        (3, "lane 2: advance 2 s"),
        (110.4, "lane 1: get orders-copy"),
        (110.4, "lane 2: matrix"),
        (113.4, "lane 1: get orders-copy"),
    ]


HANG = "faults: [{name: silence, method: [Get*, List*], times: 2, hang: }]"


def test_a_call_that_hangs_in_a_lane_lets_the_others_go_on_until_its_deadline(acted):
    told = acted(
        ["impatient", "{list: {timeout: 10s, expect: {code: DEADLINE_EXCEEDED}}}", "{list: }"],
        ["{advance: 4s}", "{matrix: }", "{advance: 20s}"],
        head=HANG.replace("times: 2", "times: 1"),
    )

    assert told == [
        (4, "lane 2: advance 4 s"),
        (4, "lane 2: matrix"),
        (10, "impatient: list"),
        (10, "impatient: list"),
        (24, "lane 2: advance 20 s"),
    ]


def test_calls_that_hang_in_several_lanes_share_the_wait(acted):
    hangs = "{list: {timeout: %s, expect: {code: DEADLINE_EXCEEDED}}}"

    told = acted([hangs % "10s"], [hangs % "5s"], head=HANG)

    assert told == [(5, "lane 2: list"), (10, "lane 1: list")]


def test_a_lane_removes_the_rule_that_holds_up_the_call_of_another(acted):
    told = acted(
        ["{get: {restore_id: rst:none, timeout: 1h, expect: {code: NOT_FOUND}}}"],
        ["{advance: 30s}", "{remove: silence}"],
        head=HANG,
    )

    assert told == [(30, "lane 2: advance 30 s"), (30, "lane 2: remove silence"), (30, "lane 1: get rst:none")]


def test_looking_at_a_restore_waits_like_any_call(acted):
    told = acted([ORDERS, "{expect: {restore: orders-copy, code: DEADLINE_EXCEEDED}}"], ["{advance: 90s}"], head=HANG)

    assert told == [(0, "lane 1: create orders-copy"), (60, "lane 1: expect orders-copy"), (90, "lane 2: advance 90 s")]
