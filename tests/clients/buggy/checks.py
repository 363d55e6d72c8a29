"""Runs a client against a simulator, and compares what it says with what has happened in the world."""

from buggy.correct import Refused, RestoreClient, RestoreFailed

from fakes import Phase
from simulator.api import RestoreServiceStub


def check_with(client_class):
    """Make a check for `pds-sim explore` of a class of clients."""

    def check(simulator):
        world = simulator.world
        stub = RestoreServiceStub(simulator.channel())
        client = client_class(stub, sleep=simulator.advance, now=lambda: simulator.now)
        try:
            restore = client.restore(
                "orders-copy",
                backup_id=world.backups["orders-backup"].uid,
                namespace_id=world.namespaces["shop-staging"].uid,
                project_id=world.projects["shop"].uid,
            )
        except (Refused, RestoreFailed):
            return
        known = world.restores.by_uid[restore.meta.uid]
        assert known.status.phase is Phase.SUCCESSFUL, (
            f"the client takes a restore for successful that is {known.status.phase.name}"
        )

    return check


check = check_with(RestoreClient)
