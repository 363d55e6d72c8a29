"""Each test gets a simulator of its own, and what its markers, parameters and the configuration say of it."""

import textwrap

import pytest


def test_a_test_has_a_simulator_a_channel_and_a_client(run_pytest):
    outcome = run_pytest("""
        from simulator.api import restore_pb2

        seen = []

        def test_one(pds_simulator, pds_channel, pds_stub):
            seen.append(pds_simulator)
            pds_stub.ListRestores(restore_pb2.ListRestoresRequest())
            assert len(pds_simulator.calls) == 1
            assert pds_simulator.seed == 0
            before = pds_simulator.now
            pds_simulator.advance(30)
            assert (pds_simulator.now - before).total_seconds() == 30

        def test_two(pds_simulator):
            assert pds_simulator is not seen[0]
            assert len(pds_simulator.calls) == 0
            try:
                seen[0].target
            except RuntimeError as error:
                assert "does not run" in str(error)
    """)

    outcome.assert_outcomes(passed=2)


def test_a_client_for_asyncio_talks_to_the_same_simulator(run_pytest):
    outcome = run_pytest(
        """
        import pytest
        from simulator import faults
        from simulator.api import RestoreServiceStub, restore_pb2

        @pytest.mark.asyncio
        async def test_it(pds_simulator, pds_stub):
            pds_stub.ListRestores(restore_pb2.ListRestoresRequest())
            async with pds_simulator.aio_channel() as channel:
                await RestoreServiceStub(channel).ListRestores(restore_pb2.ListRestoresRequest())
            assert len(pds_simulator.calls) == 2

        @pytest.mark.asyncio
        async def test_trouble(pds_simulator):
            pds_simulator.inject(faults.fail(), name="never")
        """,
        *("-p", "pytest_asyncio.plugin", "-o", "asyncio_default_fixture_loop_scope=function"),
    )

    outcome.assert_outcomes(passed=1, failed=1)
    outcome.stdout.fnmatch_lines(["the rule 'never' never fired: no phase came *"])


def test_markers_say_what_the_simulator_is_like_and_the_nearest_wins(run_pytest):
    outcome = run_pytest(
        """
        import dataclasses
        import pytest
        from simulator import ClockMode, Token, default_world, faults

        pytestmark = pytest.mark.pds_simulator(seed=1, clock="wall")
        WORLD = dataclasses.replace(default_world(), tokens=[Token("ci", secret="s", projects=["shop"])])
        FAULTS = [faults.gate(), {"phase": "PENDING", "name": "slowly", "slow": 2}]

        @pytest.mark.pds_simulator(seed=2, speed=60, world=WORLD)
        class TestThem:
            @pytest.mark.pds_simulator(seed=3, clock="manual", speed=1, faults=FAULTS, strict=False)
            def test_nearest(self, pds_simulator):
                assert pds_simulator.seed == 3
                assert pds_simulator.session.clock.is_virtual
                assert [active.name for active in pds_simulator.rules] == ["gate", "slowly"]
                assert not pds_simulator.strict
                assert pds_simulator.world.tokens[0].name == "ci"

            def test_of_the_class(self, pds_simulator):
                assert pds_simulator.seed == 2
                assert not pds_simulator.session.clock.is_virtual

        def test_of_the_module(pds_simulator):
            assert pds_simulator.seed == 1

        @pytest.mark.parametrize("pds_simulator", [{"seed": 4}, {"clock": "manual"}], indirect=True)
        def test_parametrized(pds_simulator):
            assert pds_simulator.seed == (1 if pds_simulator.session.clock.is_virtual else 4)
    """,
        "-v",
    )

    outcome.assert_outcomes(passed=5)
    outcome.stdout.fnmatch_lines(
        ["*::test_parametrized[[]seed=4[]] PASSED*", "*::test_parametrized[[]clock=manual[]] PASSED*"]
    )


SEEDS = """
    import pytest

    def test_default(pds_simulator):
        assert pds_simulator.seed == {default}

    @pytest.mark.pds_simulator(seed=3)
    def test_of_the_marker(pds_simulator):
        assert pds_simulator.seed == {marker}

    @pytest.mark.pds_simulator(scenario="seeded.yaml")
    def test_of_the_scenario(pds_simulator):
        assert pds_simulator.seed == {scenario}
"""


@pytest.mark.parametrize(
    ("arguments", "default", "marker", "scenario"),
    [((), 0, 3, 5), (("-o", "pds_seed=8"), 8, 3, 5), (("-o", "pds_seed=8", "--pds-seed=-2"), -2, -2, -2)],
    ids=["by itself", "configured", "on the command line"],
)
def test_the_seed_is_that_which_is_said_nearest(run_pytest, arguments, default, marker, scenario):
    test = SEEDS.format(default=default, marker=marker, scenario=scenario)

    outcome = run_pytest(test, *arguments, files={"seeded.yaml": "version: 1\nseed: 5\n"})

    outcome.assert_outcomes(passed=3)


def test_a_scenario_is_found_beside_the_test_in_the_root_folder_and_in_the_library(run_pytest):
    test = """
        import pytest

        @pytest.mark.pds_simulator(scenario="{scenario}")
        def test_it(pds_simulator):
            assert pds_simulator.session.seed == {seed}
            assert {rules} == len(pds_simulator.rules)
            pds_simulator.clear_rules()
    """
    files = {"tests/here.yaml": "version: 1\nseed: 5\n", "at/root.yaml": "version: 1\nseed: 6\n"}
    for name, scenario, seed, rules in (("a", "here.yaml", 5, 0), ("b", "at/root.yaml", 6, 0), ("c", "gate", 0, 1)):
        files[f"tests/test_{name}.py"] = textwrap.dedent(test).format(scenario=scenario, seed=seed, rules=rules)

    outcome = run_pytest("", "--rootdir=.", files=files)

    outcome.assert_outcomes(passed=3)


CASES = """
version: 1
parameters:
  - {case: small, seed: 5, capacity: 1}
  - {case: large, seed: 6, capacity: 9}
world: {clusters: {east: {capacity: "${parameters.capacity}"}}}
"""


def test_a_case_of_a_scenario_can_be_named(run_pytest):
    test = """
        import pytest

        @pytest.mark.pds_simulator(scenario="cases.yaml")
        @pytest.mark.parametrize(
            ("pds_simulator", "capacity"), [({"case": "small"}, 1), ({"case": "large"}, 9)], indirect=["pds_simulator"]
        )
        def test_it(pds_simulator, capacity):
            assert pds_simulator.world.clusters["east"].capacity == capacity
            assert pds_simulator.seed in (5, 6)

        @pytest.mark.pds_simulator(scenario="cases.yaml")
        def test_none(pds_simulator): pass
    """

    outcome = run_pytest(test, files={"cases.yaml": CASES})

    outcome.assert_outcomes(passed=2, errors=1)
    outcome.stdout.fnmatch_lines(["*has several cases; expected one of 'small', 'large'"])


def test_a_seed_in_the_configuration_that_is_none_is_refused(run_pytest, pytester):
    outcome = run_pytest("def test_it(): pass", files={"pytest.ini": "[pytest]\npds_seed = seven\n"})

    assert outcome.ret == pytest.ExitCode.USAGE_ERROR
    outcome.stderr.fnmatch_lines([f"ERROR: {pytester.path}/pytest.ini: pds_seed is 'seven'; expected a whole number"])


def test_a_configured_strictness_that_is_none_is_refused(run_pytest, pytester):
    outcome = run_pytest("def test_it(): pass", files={"pytest.ini": "[pytest]\npds_strict = maybe\n"})

    assert outcome.ret == pytest.ExitCode.USAGE_ERROR
    outcome.stderr.fnmatch_lines(
        [f"ERROR: {pytester.path}/pytest.ini: pds_strict: invalid truth value 'maybe'; expected true or false"]
    )


def test_the_marker_and_the_options_are_explained(run_pytest):
    run_pytest("", "--markers").stdout.fnmatch_lines(["@pytest.mark.pds_simulator(scenario, case, *"])
    run_pytest("", "--help").stdout.fnmatch_lines(
        [
            "PDS restore simulator:",
            "*--pds-seed=SEED*",
            "*--pds-transport=*",
            "*pds_seed (string)*",
            "*pds_strict (bool)*",
        ]
    )
