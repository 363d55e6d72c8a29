"""What a test asserts about its simulator fails in the line of the test: pytest shows none of our own."""

import pytest

ASSERTIONS = {
    "backoff": "sim.calls.assert_backoff(1)",
    "a gap": "call(sim), call(sim), sim.calls.assert_backoff(60)",
    "phase": "call(sim), sim.advance_until('orders-copy', 'FAILED')",
    "limit": "call(sim), sim.advance_until('orders-copy', 'SUCCESSFUL', limit=1)",
    "rules": "sim.inject(faults.hang())",
    "errors": "sim.inject(Broken()), call(sim)",
}


@pytest.mark.parametrize("assertion", ASSERTIONS.values(), ids=ASSERTIONS)
def test_an_assertion_fails_in_the_line_of_the_test(run_pytest, assertion):
    outcome = run_pytest(f"""
        import contextlib
        import grpc
        from simulator import Simulator, faults
        from simulator.api import RestoreServiceStub, restore_pb2

        class Broken:
            name = "broken"

            def around(self, call, proceed, firing):
                raise ZeroDivisionError

        def call(sim):
            request = restore_pb2.CreateRestoreRequest(
                namespace_id=sim.world.namespaces["shop-staging"].uid,
                project_id=sim.world.projects["shop"].uid,
                restore={{
                    "meta": {{"name": "orders-copy"}},
                    "config": {{"source_references": {{"backup_id": sim.world.backups["orders-backup"].uid}}}},
                }},
            )
            with contextlib.suppress(grpc.RpcError):
                RestoreServiceStub(sim.channel()).CreateRestore(request)

        def test_it():
            with Simulator() as sim:
                {assertion}
    """)

    outcome.assert_outcomes(failed=1)
    shown = outcome.stdout.str()
    assert "test_an_assertion_fails_in_the_line_of_the_test.py:" in shown
    for file in ("call_log.py", "simulator.py:", "stepping.py", "time_control.py"):
        assert file not in shown
