"""What has happened is what was expected, or a complaint says what came closest."""

import pytest

HEAD = """\
version: 1
world:
  tokens:
    ci: {secret: s3cret, projects: [shop], account: acme}
    other: {secret: s4cret, projects: [shop], account: acme}
faults:
  - {name: busy, method: GetRestore, times: 2, error: {code: UNAVAILABLE, message: try later}}
  - {name: broken, restore: carts-copy, phase: RESTORING_CLOUDSNAP, fail: {error_code: RESTORE_INTERNAL_ERROR}}
steps:
  - create: {name: orders-copy, backup: orders-backup, namespace: shop-staging, project: shop, token: ci}
  - create: {name: carts-copy, backup: carts-backup, namespace: shop-staging, project: shop, token: ci}
  - get: {restore: orders-copy, token: ci, expect: {code: UNAVAILABLE}}
  - advance: 10s
  - get: {restore: orders-copy, token: ci, expect: {code: UNAVAILABLE}}
  - advance: 20s
  - get: {restore: orders-copy, token: ci}
  - get: {restore: carts-copy, token: other}
  - change: {delete_backup: carts-backup}
"""


@pytest.fixture
def complaints(run):
    """What is complained of a step that follows two restores, one of them FAILED, and four polls."""

    def find(key: str, *expected: str) -> list[str]:
        results = run(f"{HEAD}  - expect: {{{key}: [{', '.join(expected)}]}}\n")
        assert all(result.passed for result in results[:-1])
        return list(results[-1].complaints)

    return find


@pytest.fixture
def event_complaints(complaints):
    return lambda *expected: complaints("timeline", *expected)


@pytest.fixture
def call_complaints(complaints):
    return lambda *expected: complaints("calls", *expected)


@pytest.mark.parametrize(
    "events",
    [
        ["{event: transition}"],
        ["{event: rpc}", "{event: world}"],
        ["{name: orders-copy}"],
        ["{name: orders-*}"],
        ["{name: '*-copy', to: FAILED}"],
        ["{name: carts-cop?, to: FAILED}"],
        ["{name: '[c]arts-copy', to: FAILED}"],
        ["{restore: '${carts-copy.meta.uid}', to: FAILED}"],
        ["{from: PENDING}"],
        ["{from: PENDING, to: RESTORING_CLOUDSNAP, name: orders-copy, event: transition, at: 3s}"],
        ["{error_code: RESTORE_INTERNAL_ERROR}"],
        ["{rule: busy}"],
        ["{rule: broken, effect: fail, name: carts-copy}"],
        ["{event: fault, effect: error}"],
        ["{change: backup deleted, name: carts-backup, at: 30s}"],
        ["{method: GetRestore, code: UNAVAILABLE, caller: ci, at: 10s}"],
        ["{caller: other, code: OK}"],
        ["{at: 0}"],
        ["{at: 0.0s, event: transition}"],
    ],
)
def test_an_event_is_found_by_each_of_its_keys(event_complaints, events):
    assert event_complaints(*events) == []


@pytest.mark.parametrize(
    ("event", "count"),
    [
        ("{to: INITIALIZING}", 2),
        ("{name: orders-copy, to: FAILED}", 0),
        ("{rule: busy}", 2),
        ("{rule: '*'}", 3),
        ("{from: INITIALIZING}", 2),
        ("{change: '*'}", 1),
        ("{restore: '*', at: 3s}", 3),
        ("{event: rpc, code: OK}", 4),
        ("{method: GetRestore}", 4),
        ("{at: 29.999999s}", 0),
    ],
)
def test_events_are_counted_wherever_they_stand(event_complaints, event, count):
    def counted(expected):
        return event_complaints("{change: backup deleted}", event.replace("}", f", count: {expected}}}"))

    assert counted(count) == []
    [complaint] = counted(count + 1)
    assert complaint.startswith(f"expected {count + 1} events with ")
    assert f", found {count}" in complaint


def test_events_may_have_others_between_them_and_stand_in_the_order_of_the_timeline(event_complaints):
    assert event_complaints("{to: INITIALIZING}", "{to: FAILED}", "{change: backup deleted}") == []


def test_one_event_does_not_stand_for_two(event_complaints):
    once = "{name: orders-copy, to: PENDING}"

    assert event_complaints(once) == []
    [complaint] = event_complaints(once, once)
    assert complaint.startswith("expected an event with name: orders-copy, to: PENDING after the one before it, found")


def test_an_event_that_came_before_the_one_before_it_is_told(event_complaints):
    [complaint] = event_complaints("{name: carts-copy, to: FAILED}", "{rule: busy, at: 0s}", "{name: carts-backup}")

    assert complaint.startswith(
        "expected an event with rule: busy, at: 0 s after the one before it, found the last earlier: 0.000 s fault"
        " rule=busy effect=error"
    )


def test_an_event_that_differs_in_one_thing_is_told(event_complaints):
    [by_code] = event_complaints("{name: carts-copy, to: FAILED, error_code: FAILED_BACKUP_CREDENTIAL_SYNC}")
    [by_time] = event_complaints("{event: world, name: carts-backup, at: 31s}")
    [by_name] = event_complaints("{event: world, name: carts-backups, at: 30s}")
    [by_nothing] = event_complaints("{event: world, name: carts-backups, at: 31s}")

    assert by_code.splitlines()[0] == (
        "expected an event with name: carts-copy, to: FAILED, error_code: FAILED_BACKUP_CREDENTIAL_SYNC, found none:"
    )
    assert "error_code=RESTORE_INTERNAL_ERROR" in by_code.splitlines()[1]
    assert by_time.splitlines()[1].startswith("  30.000 s world change=backup deleted")
    assert by_name.splitlines()[1:] == by_time.splitlines()[1:]
    assert by_nothing == "expected an event with event: world, name: carts-backups, at: 31 s, found none"


def test_everything_that_is_not_as_expected_is_told(event_complaints):
    found = event_complaints("{name: nobody}", "{to: FAILED}", "{change: nothing}", "{rule: busy, count: 5}")

    assert [complaint.split("\n")[0].split(":")[0] for complaint in found] == [
        "expected an event with name",
        "expected an event with change",
        "expected 5 events with rule",
    ]


def test_only_ten_of_many_are_shown(run):
    result = run(
        "version: 1\nsteps:\n  - repeat: {times: 12, steps: [list: ]}\n  - expect: {timeline: [{method: ListRestores,"
        " count: 1}], calls: [{method: ListRestores, at_most: 3}]}\n"
    )[-1]

    by_event, by_call = (complaint.splitlines() for complaint in result.complaints)
    assert by_event[0] == "expected 1 events with method: ListRestores, found 12:"
    assert by_call[0] == "expected at most 3 calls with method: ListRestores, found 12:"
    assert [len(by_event), by_event[-1]] == [12, "  … and 2 more"]
    assert [len(by_call), by_call[-1]] == [12, "  … and 2 more"]


@pytest.mark.parametrize(
    "calls",
    [
        "{count: 6}",
        "{method: GetRestore, count: 4}",
        "{method: GetRestore, code: UNAVAILABLE, count: 2, at_least: 2, at_most: 2}",
        "{code: OK, at_least: 4}",
        "{caller: ci, count: 5}",
        "{caller: o*, method: GetRestore, code: OK, count: 1}",
        "{method: RecreateRestore, count: 0}",
        "{method: ListRestores, at_most: 0}",
    ],
)
def test_calls_are_counted_by_method_code_and_caller(call_complaints, calls):
    assert call_complaints(calls) == []


@pytest.mark.parametrize(
    ("calls", "complaint"),
    [
        ("{count: 5}", "expected 5 calls with any method, found 6:"),
        ("{method: GetRestore, count: 3}", "expected 3 calls with method: GetRestore, found 4:"),
        ("{code: OK, at_least: 5}", "expected at least 5 calls with code: OK, found 4:"),
        ("{code: UNAVAILABLE, at_most: 1}", "expected at most 1 calls with code: UNAVAILABLE, found 2:"),
        ("{method: ListRestores, at_least: 1}", "expected at least 1 calls with method: ListRestores, found 0"),
    ],
)
def test_calls_that_were_not_so_often_are_told(call_complaints, calls, complaint):
    [found] = call_complaints(calls)

    assert found.splitlines()[0] == complaint


@pytest.mark.parametrize(
    ("backoff", "complaint"),
    [
        ("{min: 10s, factor: 2, jitter: 0}", None),
        ("{min: 10s}", None),
        ("{min: 11s}", None),  # less a tenth
        (
            "{min: 11s, jitter: 0}",
            "attempt 2 of GetRestore came 10.000 s after the one before it, expected at least 11",
        ),
        (
            "{min: 10s, factor: 3}",
            "attempt 3 of GetRestore came 20.000 s after the one before it, expected at least 27",
        ),
        ("{min: 0s, factor: 1}", None),
        ("{min: 0s, factor: 1e300}", None),
        (
            "{min: 1ms, factor: 1e300}",
            "attempt 3 of GetRestore came 20.000 s after the one before it, expected at least",
        ),
    ],
)
def test_attempts_at_the_same_call_come_at_growing_gaps_of_virtual_time(call_complaints, backoff, complaint):
    found = call_complaints(f"{{method: GetRestore, backoff: {backoff}}}")

    assert [text.startswith(complaint or "nothing") for text in found] == ([True] if complaint else [])


def test_a_call_that_was_not_tried_again_shows_no_backoff(call_complaints):
    [complaint] = call_complaints("{method: CreateRestore, backoff: {min: 1s}}")

    assert complaint == "nobody tried again; 6 calls were made, none twice"


def test_times_are_counted_from_the_start_and_only_what_came_before_is_looked_at(run):
    early, _, late = run(
        "version: 1\nsteps:\n"
        "  - expect: {timeline: [{event: rpc, count: 0}], calls: [{count: 0}]}\n  - matrix:\n"
        "  - expect: {timeline: [{event: rpc, at: 0s, count: 1}], calls: [{count: 1}]}\n"
    )

    assert early.passed
    assert late.passed
    assert (early.summary, late.summary) == ("expect timeline calls", "expect timeline calls")
