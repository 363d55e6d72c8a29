"""A test that fails says what its simulator went through, and trouble in a simulator fails the test that caused it."""

import re
from pathlib import Path

import pytest

MODULE = """
import pytest
from simulator import faults
from simulator.api import restore_pb2

class Broken:
    name = "broken"

    def around(self, call, proceed, firing):
        raise ZeroDivisionError("no retries left")

def call(stub):
    stub.ListRestores(restore_pb2.ListRestoresRequest())

def create_restore(sim, stub):
    stub.CreateRestore(
        restore_pb2.CreateRestoreRequest(
            namespace_id=sim.world.namespaces["shop-staging"].uid,
            project_id=sim.world.projects["shop"].uid,
            restore={
                "meta": {"name": "orders-copy"},
                "config": {"source_references": {"backup_id": sim.world.backups["orders-backup"].uid}},
            },
        )
    )

def broken_call(sim, stub):
    sim.inject(Broken(), method="ListRestores", times=1)
    with pytest.raises(Exception, match="INTERNAL"):
        call(stub)
"""


@pytest.fixture
def run_test(run_pytest):
    """Runs a test with simulators, and with what they need."""

    def run(test, *arguments, **files):
        return run_pytest(f"{MODULE}\n{test}", *arguments, **files)

    return run


def section(outcome):
    """What the report of the only failure says about the simulator."""
    [found] = re.findall(r"^-+ PDS simulator -+$\n(.*?)^[=_]{9}", outcome.stdout.str(), re.MULTILINE | re.DOTALL)
    return found.splitlines()


def test_a_failure_shows_the_seed_a_replay_line_the_end_of_the_timeline_and_a_picture(run_test, pytester):
    outcome = run_test(
        """
@pytest.mark.pds_simulator(seed=7)
@pytest.mark.parametrize("copies", [3])
def test_it(pds_simulator, pds_stub, copies):
    for _ in range(22):
        call(pds_stub)
        pds_simulator.advance(1)
    assert copies == 4
""",
        "--basetemp=kept",
    )

    outcome.assert_outcomes(failed=1)
    seed, heading, *events, picture = section(outcome)
    name = "test_a_failure_shows_the_seed_a_replay_line_the_end_of_the_timeline_and_a_picture.py"
    assert seed == f"seed 7; replay: pytest --pds-seed=7 '{name}::test_it[3]'"
    assert heading == "the last 20 of 22 events, in virtual time:"
    assert events == [f"  {second:>10.3f} s  ListRestores → OK" for second in range(2, 22)]
    file = Path(picture.removeprefix("picture: "))
    assert file.is_relative_to(pytester.path / "kept")
    assert "<h1>test_it[3]</h1>" in file.read_text(encoding="utf-8")


def test_a_failure_names_restores_in_place_of_their_uids(run_test):
    outcome = run_test("""
def test_it(pds_simulator, pds_stub):
    create_restore(pds_simulator, pds_stub)
    assert False
""")

    _, _, *events, _ = section(outcome)
    assert events == ["       0.000 s  orders-copy: INITIALIZING", "       0.000 s  CreateRestore orders-copy → OK"]


def test_the_replay_line_runs_the_same_test_with_the_same_seed(run_test, run_pytest):
    test = """
def test_it(pds_simulator):
    assert pds_simulator.seed == 0
"""
    seed, *_ = section(run_test(test, "--pds-seed=12"))
    *_, argument, name = seed.split()

    again = run_pytest("", argument, name)

    again.assert_outcomes(failed=1)
    assert section(again)[0] == seed


def test_the_replay_line_is_for_the_folder_in_which_pytest_was_started(run_test, run_pytest, pytester, monkeypatch):
    run_test("def test_it(pds_simulator): assert 0")
    (pytester.path / "below").mkdir()
    monkeypatch.chdir(pytester.path / "below")

    outcome = run_pytest("", "..", "--rootdir=..")

    assert section(outcome)[0].endswith(
        "--pds-seed=0 ../test_the_replay_line_is_for_the_folder_in_which_pytest_was_started.py::test_it"
    )


def test_where_nothing_fails_no_picture_is_drawn(run_test, pytester):
    outcome = run_test("def test_it(pds_stub): call(pds_stub)", "--basetemp=kept")

    outcome.assert_outcomes(passed=1)
    assert list((pytester.path / "kept").rglob("*.html")) == []


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("-p", "no:tmpdir"), "no picture was drawn, because pytest's plugin 'tmpdir' is switched off"),
        (("--basetemp=occupied/below",), "no picture could be drawn: *Not a directory*"),
    ],
    ids=["no tmpdir", "no place"],
)
def test_a_picture_that_can_not_be_drawn_is_told_and_does_no_harm(run_test, arguments, reason):
    test = "def test_it(pds_stub):\n    call(pds_stub)\n    assert 0"

    outcome = run_test(test, *arguments, files={"occupied": ""})

    outcome.assert_outcomes(failed=1)
    outcome.stdout.fnmatch_lines([reason])


def test_tests_without_a_simulator_fail_as_ever(run_test):
    outcome = run_test("def test_it(): assert 0")

    outcome.assert_outcomes(failed=1)
    outcome.stdout.no_fnmatch_line("*PDS simulator*")


def test_a_rule_that_never_took_effect_fails_its_test_and_no_other(run_test):
    outcome = run_test("""
def test_one(pds_simulator):
    pds_simulator.inject(faults.lose_response(), method="CreateRestore", name="lost reply")

def test_two(pds_stub):
    call(pds_stub)
""")

    outcome.assert_outcomes(passed=1, failed=1)
    assert "FAILED" in outcome.stdout.str()
    outcome.stdout.fnmatch_lines(["*_ test_one _*", "the rule 'lost reply' never fired: no call came *"])
    outcome.stdout.no_fnmatch_line("*Traceback*")


def test_an_error_in_a_handler_fails_its_test_with_its_traceback(run_test):
    outcome = run_test("""
def test_one(pds_simulator, pds_stub):
    broken_call(pds_simulator, pds_stub)

def test_two(pds_stub):
    call(pds_stub)
""")

    outcome.assert_outcomes(passed=1, failed=1)
    outcome.stdout.fnmatch_lines(
        [
            "*_ test_one _*",
            "Traceback (most recent call last):",
            '*raise ZeroDivisionError("no retries left")',
            "ZeroDivisionError: no retries left",
            "while the simulator answered ListRestores",
        ]
    )


def test_a_test_that_fails_by_itself_is_one_failure_and_mentions_the_trouble(run_test):
    outcome = run_test("""
def test_it(pds_simulator, pds_stub):
    pds_simulator.inject(faults.fail(), name="never")
    broken_call(pds_simulator, pds_stub)
    assert 2 == 3
""")

    outcome.assert_outcomes(failed=1)
    outcome.stdout.fnmatch_lines(["E * assert 2 == 3"])
    told = section(outcome)
    assert "ZeroDivisionError: no retries left" in told
    assert "the rule 'never' never fired: no phase came that it could have applied to" in told


def test_an_expected_failure_may_be_one_of_the_simulator(run_test):
    outcome = run_test("""
@pytest.mark.xfail(strict=True)
def test_it(pds_simulator):
    pds_simulator.inject(faults.fail())
""")

    outcome.assert_outcomes(xfailed=1)


def test_a_skipped_test_has_no_trouble(run_test):
    outcome = run_test("""
def test_it(pds_simulator):
    pds_simulator.inject(faults.fail())
    pytest.skip("not today")
""")

    outcome.assert_outcomes(skipped=1)


@pytest.mark.parametrize(
    ("marker", "arguments"),
    [
        ("@pytest.mark.pds_simulator(strict=False)", ()),
        ("@pytest.mark.pds_simulator(scenario='lenient.yaml')", ()),
        ("", ("-o", "pds_strict=false")),
    ],
    ids=["by its marker", "by its scenario", "by configuration"],
)
def test_a_test_that_is_not_strict_takes_trouble_for_what_it_is(run_test, marker, arguments):
    outcome = run_test(
        f"""
{marker}
def test_it(pds_simulator, pds_stub):
    pds_simulator.inject(faults.fail())
    broken_call(pds_simulator, pds_stub)
    assert len(pds_simulator.errors) == 1
""",
        *arguments,
        files={"lenient.yaml": "version: 1\nstrict: false\n"},
    )

    outcome.assert_outcomes(passed=1)


HELD = """
{marker}
def test_it(pds_simulator, pds_stub):
    pds_simulator.inject(faults.stall(), phase="PENDING", name="stuck")
    create_restore(pds_simulator, pds_stub)
    pds_simulator.advance(3600)
"""


@pytest.mark.parametrize(
    "marker",
    ["allow_held=True", "scenario='held.yaml'", "scenario='strict.yaml', allow_held=True"],
)
def test_a_restore_may_be_held_at_the_end_where_the_test_says_so(run_test, marker):
    files = {"held.yaml": "version: 1\nallow_held: true\n", "strict.yaml": "version: 1\n"}

    run_test(HELD.format(marker=f"@pytest.mark.pds_simulator({marker})"), files=files).assert_outcomes(passed=1)


def test_a_restore_that_is_held_at_the_end_fails_the_test_else(run_test):
    outcome = run_test(HELD.format(marker=""))

    outcome.assert_outcomes(failed=1)
    outcome.stdout.fnmatch_lines(["*the rule 'stuck' still stalls orders-copy in PENDING; open the gate or remove*"])


def test_trouble_that_a_fixture_makes_after_the_test_fails_that_test(run_test):
    outcome = run_test("""
@pytest.fixture
def client(pds_simulator, pds_stub):
    yield pds_stub
    broken_call(pds_simulator, pds_stub)

def test_one(client): call(client)
def test_two(pds_stub): call(pds_stub)
""")

    outcome.assert_outcomes(passed=2, errors=1)
    outcome.stdout.fnmatch_lines(["*ERROR at teardown of test_one*", "ZeroDivisionError: no retries left"])


def test_trouble_before_the_test_is_in_the_report_of_a_fixture_that_fails(run_test):
    outcome = run_test("""
@pytest.fixture
def client(pds_simulator, pds_stub):
    broken_call(pds_simulator, pds_stub)
    raise LookupError("no client")

def test_it(client): pass
""")

    outcome.assert_outcomes(errors=1)
    assert "ZeroDivisionError: no retries left" in section(outcome)
