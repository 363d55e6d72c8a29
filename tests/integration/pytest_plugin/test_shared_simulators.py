"""Tests of a module, or all, share a simulator if they like: it is reset between them, each answers for itself."""

import pytest

from scenarios.loading.setups import read_setup
from simulator.server import SimulatorServer
from simulator.services.control.host import SessionSetup

SHARED = """
    import pytest
    from simulator import faults
    from simulator.api import RestoreServiceStub

    {mark}
    targets = set()

    @pytest.fixture(scope="module")
    def client(pds_simulator_module):
        return RestoreServiceStub(pds_simulator_module.channel())

    def create(sim, client):
        return client.CreateRestore(sim.requests.create("copy", backup="orders-backup", namespace="shop-staging"))

    @pytest.mark.parametrize("number", [1, 2, 3])
    def test_each_finds_it_new(pds_simulator_module, client, number):
        sim = pds_simulator_module
        assert (len(sim.world.restores), len(sim.calls), sim.elapsed.total_seconds()) == (0, 0, 0)
        create(sim, client)
        sim.world.delete_backup("carts-backup")
        sim.change_clock(mode="on_poll")
        sim.advance(60)
        targets.add(sim.target)

    def test_all_have_the_same(pds_simulator_module):
        assert targets == {{pds_simulator_module.target}}
        assert pds_simulator_module.seed == {seed}
"""


@pytest.fixture(params=["here", "server"])
def where(request):
    """The arguments of pytest, for simulators here and for those of a server."""
    if request.param == "here":
        yield ()
        return
    with SimulatorServer(SessionSetup(), read_scenario=read_setup) as server:
        yield ("--pds-server", server.target)
        assert [hosted.id for hosted in server.sessions] == ["default"]


def test_each_test_of_a_module_finds_the_same_simulator_as_new(run_pytest, where):
    mark = "pytestmark = pytest.mark.pds_simulator(seed=5)"

    outcome = run_pytest(SHARED.format(mark=mark, seed=5), *where)

    outcome.assert_outcomes(passed=4)


def test_all_tests_of_a_session_find_the_same_simulator_as_new(run_pytest, where):
    test = """
        def test_it(pds_simulator_session):
            assert pds_simulator_session.elapsed.total_seconds() == 0
            pds_simulator_session.advance(60)
            print("port", pds_simulator_session.target)
    """

    outcome = run_pytest(test, "-s", *where, files={"test_other.py": test.replace("        ", "")[1:]})

    outcome.assert_outcomes(passed=2)
    assert len({line.split("port ")[1] for line in outcome.outlines if "port " in line}) == 1


def test_each_test_answers_for_the_rules_that_it_injects(run_pytest, where):
    test = """
        import pytest
        from simulator import faults

        def test_forgets(pds_simulator_module):
            pds_simulator_module.inject(faults.error(), method="GetRestore", name="busy")

        def test_goes_well(pds_simulator_module):
            assert not pds_simulator_module.rules

        @pytest.mark.pds_simulator(strict=False)
        def test_may_forget(pds_simulator_module):
            pds_simulator_module.inject(faults.error(), method="GetRestore", name="lazy")

        def test_goes_well_too(pds_simulator_module): pass
    """

    outcome = run_pytest(test, *where)

    outcome.assert_outcomes(passed=3, failed=1)
    outcome.stdout.fnmatch_lines(
        ["*test_forgets*", "the rule 'busy' never fired*", "*seed 0; replay: *::test_forgets*"]
    )
    outcome.stdout.no_fnmatch_line("*'lazy' never fired*")


@pytest.mark.parametrize("fires", [True, False])
def test_all_tests_answer_together_for_the_rules_of_the_start(run_pytest, where, fires):
    test = f"""
        import pytest
        from simulator.api import RestoreServiceStub

        RULE = {{"method": "ListRestores", "name": "late", "delay": "1s"}}
        pytestmark = pytest.mark.pds_simulator(faults=[RULE])

        def test_calls_nobody(pds_simulator_module): pass

        def test_calls(pds_simulator_module):
            if {fires}:
                stub = RestoreServiceStub(pds_simulator_module.channel())
                stub.ListRestores(pds_simulator_module.requests.list())

        def test_calls_nobody_either(pds_simulator_module): pass
    """

    outcome = run_pytest(test, *where)

    outcome.assert_outcomes(passed=3, errors=0 if fires else 1)
    if not fires:
        outcome.stdout.fnmatch_lines(
            ["*ERROR at teardown of test_calls_nobody_either*", "the rule 'late' never fired*"]
        )


@pytest.mark.parametrize(
    ("mark", "marker", "message"),
    [
        (
            "",
            "seed=3",
            "*: seed is for a simulator of its own, but the test shares its simulator with all of the module",
        ),
        ("pytestmark = pytest.mark.pds_simulator(virtual_time=True)", "strict=True", "*virtual_time is for *"),
        ("pytestmark = pytest.mark.pds_simulator(clock='never')", "strict=True", "*clock is 'never'; expected one of*"),
    ],
)
def test_what_a_shared_simulator_can_not_be_is_refused(run_pytest, mark, marker, message):
    outcome = run_pytest(f"""
        import pytest
        {mark}

        @pytest.mark.pds_simulator({marker})
        def test_it(pds_simulator_module): pass
    """)

    outcome.assert_outcomes(errors=1)
    outcome.stdout.fnmatch_lines([message])


def test_a_module_can_not_say_what_the_simulator_of_the_session_is_like(run_pytest):
    outcome = run_pytest("""
        import pytest
        pytestmark = pytest.mark.pds_simulator(clock="wall")

        def test_it(pds_simulator_session): pass

        @pytest.mark.parametrize("pds_simulator_session", [{"seed": 4}], indirect=True)
        def test_parametrized(pds_simulator_session): pass
    """)

    outcome.assert_outcomes(errors=2)
    outcome.stdout.fnmatch_lines(["*: clock is for a simulator of its own, but * with all of the session"])


AIO = """
    import asyncio
    import pytest

    @pytest.mark.asyncio
    async def test_client(pds_simulator, pds_aio_stub, pds_aio_channel):
        sim = pds_simulator
        created = await pds_aio_stub.CreateRestore(
            sim.requests.create("copy", backup="orders-backup", namespace="shop-staging")
        )
        assert created.meta.uid == sim.uid("copy", "restore")
        assert [call.method for call in sim.calls] == ["CreateRestore"]

    def test_two_loops(pds_simulator, pds_aio_stub):
        async def ask():
            return await pds_aio_stub.ListRestores(pds_simulator.requests.list())

        assert asyncio.run(ask()) == asyncio.run(ask())
"""


@pytest.mark.parametrize("way", ["in_process", "loopback"])
def test_a_client_for_asyncio_comes_from_fixtures(run_pytest, where, way):
    outcome = run_pytest(AIO, "-p", "pytest_asyncio.plugin", f"--pds-transport={way}", *where)

    outcome.assert_outcomes(passed=2)


@pytest.mark.parametrize("way", ["in_process", "loopback"])
def test_the_transport_of_the_fixtures_can_be_chosen(run_pytest, way):
    outcome = run_pytest(
        f"""
        from simulator.transports.in_process.channel import InProcessChannel

        def test_it(pds_simulator, pds_channel, pds_stub):
            pds_stub.ListRestores(pds_simulator.requests.list())
            assert isinstance(pds_channel, InProcessChannel) is ({way!r} == "in_process")
        """,
        f"--pds-transport={way}",
    )

    outcome.assert_outcomes(passed=1)
