"""A client with stubs of its own, as its authors would run it in a test: it shares a process with the simulator.

Run with the folder of the stubs and with ``ours`` or ``theirs``, whichever is imported first; it writes what it saw as
JSON.
"""

import json
import sys
from importlib import import_module

import grpc

IMPORTS = {
    "ours": ["simulator", "simulator.api", "scenarios.cli", "scenarios.pytest_plugin"],
    "theirs": [
        "google.protobuf.empty_pb2",
        "public.portworx.pds.restore.apiv1.restore_pb2",
        "public.portworx.pds.restore.apiv1.restore_pb2_grpc",
        "vendored.google.rpc.error_details_pb2",
        "vendored.google.rpc.status_pb2",
        "vendored.grpc.health.v1.health_pb2_grpc",
        "vendored.grpc.reflection.v1.reflection_pb2_grpc",
        "vendored.grpc.reflection.v1alpha.reflection_pb2_grpc",
    ],
}
REFLECTION_VERSIONS = ("v1", "v1alpha")


class ForeignClient:
    """Knows the API by its own stubs and the simulator by its address."""

    def __init__(self, world, channel):
        self.messages = sys.modules["public.portworx.pds.restore.apiv1.restore_pb2"]
        self.stub = sys.modules["public.portworx.pds.restore.apiv1.restore_pb2_grpc"].RestoreServiceStub(channel)
        self.world = world
        self.channel = channel

    def create(self, name, namespace):
        config = self.messages.Config(source_references={"backup_id": self.world.backups["orders-backup"].uid})
        if "newer_field" in self.messages.Config.DESCRIPTOR.fields_by_name:
            config.newer_field = f"newer than {name}"
        return self.stub.CreateRestore(
            self.messages.CreateRestoreRequest(
                namespace_id=self.world.namespaces[namespace].uid,
                project_id=self.world.projects["shop"].uid,
                restore={"meta": {"name": name, "labels": {"team": "foreign"}}, "config": config},
            )
        )

    def recreate(self, restore, name):
        return self.stub.RecreateRestore(
            self.messages.RecreateRestoreRequest(
                id=restore.meta.uid,
                name=name,
                project_id=restore.config.destination_references.project_id,
                namespace_id=restore.meta.parent_reference.uid,
            )
        )

    def poll_until_final(self, restore):
        final = (self.messages.SUCCESSFUL, self.messages.FAILED)
        while restore.status.phase not in final:
            restore = self.stub.GetRestore(self.messages.GetRestoreRequest(id=restore.meta.uid))
        return restore

    def list_names(self):
        listed = self.stub.ListRestores(self.messages.ListRestoresRequest(pagination={"page_size": 10}))
        return [restore.meta.name for restore in listed.restores], listed.pagination.total_records

    def matrix(self):
        empty = sys.modules["google.protobuf.empty_pb2"].Empty()
        conditions = self.stub.GetRestorabilityMatrix(empty).conditions
        return {
            data_service: [[dict(condition.backup), dict(condition.image)] for condition in listed.conditions]
            for data_service, listed in conditions.items()
        }

    def violations(self):
        """What is wrong with an empty request, read from the details of the error."""
        try:
            self.stub.CreateRestore(self.messages.CreateRestoreRequest())
        except grpc.RpcError as error:
            trailers = dict(error.trailing_metadata())
        status = sys.modules["vendored.google.rpc.status_pb2"].Status.FromString(trailers["grpc-status-details-bin"])
        bad_request = sys.modules["vendored.google.rpc.error_details_pb2"].BadRequest()
        assert status.details[0].Unpack(bad_request)
        return [violation.field for violation in bad_request.field_violations]

    def healthy(self):
        """The services that health checking lists as serving; each is also asked for."""
        messages = sys.modules["vendored.grpc.health.v1.health_pb2"]
        stub = sys.modules["vendored.grpc.health.v1.health_pb2_grpc"].HealthStub(self.channel)
        listed = stub.List(messages.HealthListRequest()).statuses
        checked = [stub.Check(messages.HealthCheckRequest(service=service)).status for service in listed]
        assert checked == [response.status for response in listed.values()]
        return sorted(service for service, response in listed.items() if response.status == 1)

    def reflected(self, version):
        """The services that reflection lists."""
        package = f"vendored.grpc.reflection.{version}.reflection_pb2"
        stub = sys.modules[f"{package}_grpc"].ServerReflectionStub(self.channel)
        request = sys.modules[package].ServerReflectionRequest(list_services="")
        (response,) = stub.ServerReflectionInfo(iter([request]))
        return sorted(service.name for service in response.list_services_response.service)

    def describe(self, restore):
        status, config = restore.status, restore.config
        return {
            "name": restore.meta.name,
            "labels": dict(restore.meta.labels),
            "phase": self.messages.Phase.Name(status.phase),
            "error_code": self.messages.ErrorCode.Name(status.error_code),
            "seconds": (status.completed_at.ToDatetime() - restore.meta.create_time.ToDatetime()).total_seconds(),
            "newer_field": getattr(config, "newer_field", None),
        }


def run(stubs, first):
    sys.path.insert(0, stubs)
    for party in sorted(IMPORTS, key=lambda party: party != first):
        for module in IMPORTS[party]:
            import_module(module)
    with sys.modules["simulator"].Simulator(seed=7, clock="on_poll") as sim:
        client = ForeignClient(sim.world, sim.channel(transport="loopback"))
        failed = client.poll_until_final(client.create("orders", "shop-prod"))
        restores = [
            client.poll_until_final(client.create("orders-copy", "shop-staging")),
            failed,
            client.poll_until_final(client.recreate(failed, "orders-again")),
        ]
        return {
            "restores": [client.describe(restore) for restore in restores],
            "listed": client.list_names(),
            "matrix": client.matrix(),
            "violations": client.violations(),
            "healthy": client.healthy(),
            "reflected": [client.reflected(version) for version in REFLECTION_VERSIONS],
            "our_messages_are_theirs": sys.modules["simulator.api"].restore_pb2.Restore is client.messages.Restore,
        }


if __name__ == "__main__":
    json.dump(run(*sys.argv[1:]), sys.stdout)
