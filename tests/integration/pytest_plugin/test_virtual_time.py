"""``virtual_time=True``: a test waits in the time of its simulator, without further set-up."""

import pytest

ASYNCIO = ("-p", "pytest_asyncio.plugin", "-o", "asyncio_default_fixture_loop_scope=function")
ANYIO = ("-p", "anyio.pytest_plugin")

SLEEPERS = """
    import asyncio
    import pytest
    from simulator.api import RestoreServiceStub, restore_pb2

    async def wait(simulator):
        before = simulator.now
        async with simulator.aio_channel() as channel:
            await RestoreServiceStub(channel).ListRestores(restore_pb2.ListRestoresRequest())
            await asyncio.gather(*(asyncio.sleep(600) for _ in range(4)))
        assert (simulator.now - before).total_seconds() == 600
"""

TEST = """
    @pytest.mark.pds_simulator(virtual_time=True, seed=3)
    async def test_sleeper(pds_simulator):
        await wait(pds_simulator)
        assert pds_simulator.seed == 3
"""


@pytest.mark.parametrize(
    "arguments",
    [(), (*ASYNCIO, "-o", "asyncio_mode=auto"), ANYIO],
    ids=["no plugin", "pytest-asyncio", "anyio, not asked"],
)
def test_a_test_that_sleeps_takes_virtual_time(run_pytest, arguments):
    run_pytest(SLEEPERS + TEST, *arguments).assert_outcomes(passed=1)


def test_fixtures_and_tests_for_asyncio_share_the_loop(run_pytest):
    outcome = run_pytest(
        SLEEPERS
        + """
    import pytest_asyncio

    @pytest_asyncio.fixture(autouse=True)
    async def before_all():
        return asyncio.get_running_loop()

    @pytest_asyncio.fixture
    async def woken(pds_simulator):
        event = asyncio.Event()
        task = asyncio.create_task(wait(pds_simulator))
        yield event, task
        await task

    @pytest.mark.asyncio
    @pytest.mark.parametrize("number", [1, 2])
    @pytest.mark.pds_simulator(virtual_time=True)
    async def test_sleeper(woken, pds_simulator, number, before_all):
        event, task = woken
        assert before_all is asyncio.get_running_loop()
        asyncio.get_running_loop().call_later(100, event.set)
        await event.wait()
        assert not task.done()
        assert pds_simulator.now.minute == 1

    @pytest.mark.asyncio
    async def test_without(pds_simulator, before_all):
        assert type(before_all) is asyncio.SelectorEventLoop
        assert before_all.time() > 0

    @pytest.mark.pds_simulator(virtual_time=True)
    class TestClass:
        @pytest.mark.asyncio
        async def test_without_the_fixture(self):
            await asyncio.sleep(600)

        def test_that_does_not_wait(self, pds_simulator):
            pds_simulator.advance(600)
    """,
        *ASYNCIO,
    )
    outcome.assert_outcomes(passed=5)


def test_a_test_in_threads_takes_virtual_time_and_so_do_its_fixtures(run_pytest):
    run_pytest("""
        import time
        from concurrent.futures import ThreadPoolExecutor
        import pytest

        @pytest.fixture
        def pool():
            with ThreadPoolExecutor(4) as pool:
                yield pool
                pool.submit(time.sleep, 600)

        @pytest.mark.pds_simulator(virtual_time=True)
        def test_sleepers(pool, pds_simulator):
            list(pool.map(time.sleep, [600] * 4))
            assert pds_simulator.now.minute == 10

        def test_without():
            assert type(time.sleep) is type(len)
    """).assert_outcomes(passed=2)


def test_anyio_is_given_the_loop_by_a_fixture(run_pytest):
    outcome = run_pytest(
        SLEEPERS
        + """
    import anyio

    @pytest.fixture
    def anyio_backend(pds_simulator):
        return "asyncio", {"loop_factory": pds_simulator.event_loop}

    @pytest.mark.anyio
    async def test_sleeper(pds_simulator):
        before = pds_simulator.now
        with anyio.move_on_after(30):
            await anyio.sleep(600)
        assert (pds_simulator.now - before).total_seconds() == 30
        await wait(pds_simulator)

    @pytest.mark.anyio
    @pytest.mark.pds_simulator(virtual_time=True)
    async def test_marked(pds_simulator):
        await wait(pds_simulator)
    """,
        *ANYIO,
    )
    outcome.assert_outcomes(passed=2)


def test_trio_is_given_the_clock_by_a_fixture_as_the_error_says(run_pytest):
    outcome = run_pytest(
        """
        import anyio
        import pytest
        from simulator.virtual_time.trio_clock import TrioClock

        @pytest.fixture
        def anyio_backend(request):
            if "virtual" in request.node.name:
                return "trio"
            return "trio", {"clock": TrioClock(request.getfixturevalue("pds_simulator"))}

        @pytest.mark.anyio
        async def test_sleeper(pds_simulator):
            await anyio.sleep(600)
            assert pds_simulator.elapsed.total_seconds() == 600

        @pytest.mark.anyio
        @pytest.mark.pds_simulator(virtual_time=True)
        async def test_virtual(pds_simulator):
            pass
        """,
        *ANYIO,
    )
    outcome.assert_outcomes(passed=1, failed=1)
    outcome.stdout.fnmatch_lines(
        ["*for trio leave it out, and let a fixture anyio_backend return ('trio', {'clock': *"]
    )


NESTED = {
    "with pds_simulator.virtual_sleep(): pass": "virtual_sleep() can't begin inside virtual_sleep() of this simulator*",
    "pds_simulator.run(asyncio.sleep(1))": "sim.run() can't begin inside virtual_sleep() of this simulator*",
    "asyncio.new_event_loop()": "an event loop would really wait inside virtual_sleep()*",
    "with Simulator() as sim, sim.virtual_sleep(): pass": "virtual_sleep() can't begin inside * of another simulator*",
}


def test_virtual_time_inside_that_of_the_mark_says_so(run_pytest):
    tests = "".join(
        f"""
@pytest.mark.pds_simulator(virtual_time=True)
def test_{number}(pds_simulator):
    {nested}
"""
        for number, nested in enumerate(NESTED)
    )
    outcome = run_pytest(f"import asyncio, pytest\nfrom simulator import Simulator\n{tests}")
    outcome.assert_outcomes(failed=len(NESTED))
    outcome.stdout.fnmatch_lines_random(
        [f"E *{told}@pytest.mark.pds_simulator(virtual_time=True) enters it: *" for told in NESTED.values()]
    )


def test_who_waits_in_a_world_of_its_own_is_told_of_that_of_the_mark(run_pytest):
    outcome = run_pytest(
        """
        import threading
        import pytest
        from simulator import Simulator

        @pytest.mark.pds_simulator(virtual_time=True)
        def test_it():
            with Simulator():
                threading.Event().wait()
        """
    )
    outcome.assert_outcomes(failed=1)
    outcome.stdout.fnmatch_lines(["*this is the world of the fixture pds_simulator, by which virtual_time=True of*"])


def test_who_waits_for_ever_fails(run_pytest):
    outcome = run_pytest(
        """
        import asyncio
        import pytest

        @pytest.mark.pds_simulator(virtual_time=True)
        async def test_it():
            await asyncio.Event().wait()
        """
    )
    outcome.assert_outcomes(failed=1)
    outcome.stdout.fnmatch_lines(["*the client waits for ever*", "*test_who_waits_for_ever_fails.py:6 in test_it*"])


MISTAKES = {
    "virtual_time=1": "virtual_time is 1; expected True or False",
    "virtual_time=True, clock='wall'": "virtual_time=True needs virtual time; found clock='wall'",
}


@pytest.mark.parametrize("marker", MISTAKES)
def test_markers_that_make_no_sense_are_refused(run_pytest, marker):
    outcome = run_pytest(f"""
        import pytest

        @pytest.mark.pds_simulator({marker})
        async def test_it(pds_simulator):
            pass
    """)
    outcome.assert_outcomes(errors=1)
    outcome.stdout.fnmatch_lines([f"*pds_simulator: {MISTAKES[marker]}"])


def test_parameters_come_too_late(run_pytest):
    outcome = run_pytest("""
        import pytest

        @pytest.mark.parametrize("pds_simulator", [{"virtual_time": True}], indirect=True)
        def test_it(pds_simulator):
            pass
    """)
    outcome.assert_outcomes(errors=1)
    outcome.stdout.fnmatch_lines(["*virtual_time is for markers: the event loop is chosen before*"])


def test_a_session_elsewhere_has_no_event_loop(run_pytest):
    outcome = run_pytest(SLEEPERS + TEST, "--pds-server", "127.0.0.1:1")
    outcome.assert_outcomes(errors=1)
    outcome.stdout.fnmatch_lines(
        ["*virtual_time=True needs a simulator in the process of the test; found --pds-server"]
    )


@pytest.mark.parametrize(
    ("test", "arguments"),
    [
        ("@pytest.mark.anyio\n", ANYIO),
        ("@pytest.mark.asyncio(loop_scope='module')\n    @pytest.mark.parametrize('number', [1, 2])\n", ASYNCIO),
    ],
    ids=["anyio", "module's loop"],
)
def test_a_loop_that_is_not_the_simulators_is_refused(run_pytest, test, arguments):
    mark = test.replace("\n    ", "\n")
    outcome = run_pytest(
        f"import pytest\n{mark}@pytest.mark.pds_simulator(virtual_time=True)\n"
        f"async def test_it({'number' if 'number' in mark else 'anyio_backend'}):\n    pass\n",
        *arguments,
        *(("-k", "not trio") if arguments is ANYIO else ()),
    )
    outcome.assert_outcomes(failed=1, **({"passed": 1} if arguments is ASYNCIO else {"deselected": 1}))
    outcome.stdout.fnmatch_lines(["*virtual_time=True, but the test runs in another event loop*"])


@pytest.mark.parametrize("arguments", [(), (*ASYNCIO, "-o", "asyncio_mode=auto")], ids=["no plugin", "pytest-asyncio"])
def test_polling_for_ever_fails_the_test_after_a_limit(run_pytest, arguments):
    outcome = run_pytest(
        """
        import asyncio
        import time
        import pytest

        @pytest.mark.pds_simulator(virtual_time=True, limit=600)
        async def test_tasks(pds_simulator):
            while pds_simulator.now:
                await asyncio.sleep(10)

        @pytest.mark.pds_simulator(virtual_time=True, limit=600)
        def test_threads(pds_simulator):
            while pds_simulator.now:
                time.sleep(10)

        @pytest.mark.pds_simulator(virtual_time=True, limit="600")
        def test_text(pds_simulator):
            pass

        @pytest.mark.pds_simulator(limit=600)
        def test_alone(pds_simulator):
            pass
        """,
        *arguments,
    )
    outcome.assert_outcomes(failed=2, errors=2)
    outcome.stdout.fnmatch_lines_random(
        ["*still waits after 600 s of virtual time*", "*limit is '600'; expected*", "*add virtual_time=True*"]
    )
