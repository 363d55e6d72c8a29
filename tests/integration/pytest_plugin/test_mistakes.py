"""What makes no sense about a simulator fails the test that says it, and says what would have been right."""

import pytest


def message_of(outcome):
    """What the report says of the only error, in one text."""
    outcome.assert_outcomes(errors=1)
    outcome.stdout.no_fnmatch_line("*Traceback*")
    outcome.stdout.no_fnmatch_line("*another exception*")
    lines = outcome.stdout.lines
    start = next(number for number, line in enumerate(lines) if "ERROR at setup of test_it" in line) + 1
    end = next(number for number, line in enumerate(lines[start:], start) if line.startswith("====="))
    return "\n".join(lines[start:end])


@pytest.mark.parametrize(
    ("marker", "message"),
    [
        ("sead=7", "'sead' is nothing that it takes; did you mean 'seed' or 'speed'?"),
        ("7", "takes keywords only; found 7"),
        ("seed='7'", "seed is '7'; expected a whole number"),
        ("strict='no'", "strict is 'no'; expected True or False"),
        ("allow_held=1", "allow_held is 1; expected True or False"),
        ("clock='onpoll'", "clock is 'onpoll'; *"),
        ("speed=2", "speed is 2*"),
        ("faults=[3]", "*3*effect*"),
        ("faults=[{'phase': 'PENDING', 'fial': {}}]", "faults[0].fial: is no key here; did you mean 'fail'?"),
        ("faults=faults.fail()", "faults is *; expected a list of effects and rules"),
        (
            "faults=[faults.rule(faults.fail(), cluster='wst')]",
            "*'wst' matches no cluster of the world; did you mean 'west'?",
        ),
        ("case='large'", "case is 'large', but there is no 'scenario' that it could be one of"),
        ("scenario=3", "scenario is 3; expected the path of a file, or a name from the library"),
        ("scenario='faults'", "scenario is 'faults', which is a folder of the library; expected one of its scenarios"),
        (
            "scenario='quickstrt'",
            "scenario is 'quickstrt', but there is *, nor is it in the library; did you mean 'quickstart'?",
        ),
    ],
)
def test_a_marker_that_makes_no_sense_is_refused(run_pytest, marker, message):
    outcome = run_pytest(f"""
        import pytest
        from simulator import faults

        @pytest.mark.pds_simulator({marker})
        def test_it(pds_simulator): pass
    """)

    message_of(outcome)
    place = "test_a_marker_that_makes_no_sense_is_refused.py:4: pds_simulator: "
    outcome.stdout.fnmatch_lines([place + message.replace("[", "[[]")])


def test_an_unknown_keyword_is_refused_on_a_test_without_a_simulator_too(run_pytest):
    outcome = run_pytest("""
        import pytest

        @pytest.mark.pds_simulator(sead=7)
        def test_it(): pass
    """)

    assert "did you mean 'seed' or 'speed'?" in message_of(outcome)


def test_parameters_are_refused_likewise(run_pytest):
    outcome = run_pytest("""
        import pytest

        @pytest.mark.parametrize("pds_simulator", [7], indirect=True)
        def test_it(pds_simulator): pass
    """)

    assert "pds_simulator: is parametrized with 7; expected a dictionary such as {'seed': 7}" in message_of(outcome)


def test_a_scenario_that_is_wrong_tells_all_that_is_wrong_with_it(run_pytest, pytester):
    test = """
        import pytest

        @pytest.mark.pds_simulator(scenario="wrong.yaml")
        def test_it(pds_simulator): pass
    """

    message = message_of(run_pytest(test, files={"wrong.yaml": "version: 2\nsead: 7\n"}))

    file = pytester.path / "wrong.yaml"
    assert (
        f"{file}:1:10: version: is 2; expected 1\n{file}:2:1: sead: is no key here; did you mean 'seed' or 'speed'?"
        in message
    )


def test_other_tests_run_nevertheless(run_pytest):
    outcome = run_pytest("""
        import pytest

        @pytest.mark.pds_simulator(sead=7)
        def test_it(pds_simulator): pass

        def test_another(pds_simulator): pass
    """)

    outcome.assert_outcomes(errors=1, passed=1)
