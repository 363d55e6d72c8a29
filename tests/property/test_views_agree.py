"""At every moment all services tell the same of one world, over gRPC and HTTP, and stale answers what was told then."""

import asyncio
import json
from collections import Counter
from operator import methodcaller
from urllib.parse import quote, urlencode

import grpc
from google.protobuf import json_format
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes import Backup, Namespace
from simulator import Simulator, faults
from simulator.api import METHODS
from simulator.services.product import SERVICES
from simulator.transports import rest_gateway
from simulator.transports.rest_gateway.bindings import bindings_of

LISTS = {
    "ListRestores": "restores",
    "ListBackups": "backups",
    "ListDataServiceDeployments": "data_service_deployments",
    "ListNamespaces": "namespaces",
    "ListProjects": "projects",
    "ListTargetClusters": "clusters",
    "ListTenants": "tenants",
    "ListBackupLocations": "backup_locations",
}
GETS = {
    "ListRestores": ("GetRestore", "id"),
    "ListBackups": ("GetBackup", "id"),
    "ListDataServiceDeployments": ("GetDataServiceDeployment", "id"),
    "ListProjects": ("GetProject", "project_id"),
    "ListTargetClusters": ("GetTargetCluster", "id"),
    "ListTenants": ("GetTenant", "tenant_id"),
    "ListBackupLocations": ("GetBackupLocation", "id"),
}
SELECTED = ("ListDataServiceDeployments", "ListNamespaces", "ListProjects", "ListTargetClusters", "ListBackupLocations")
RESTORING, FAILED, DEPLOYED = 1, 2, 6

small = st.integers(0, 9)
ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                *("restore", "restore", "advance", "advance", "advance"),
                *("delete_backup", "delete_deployment", "upgrade", "create_backup", "complete_backup"),
                *("outage", "credentials", "add_namespace", "add_backup"),
            ]
        ),
        small,
    ),
    max_size=14,
)


class Views:
    """A simulator, what is done to it, and what its services tell."""

    def __init__(self, sim):
        self.sim = sim
        self._channel = sim.channel()
        self._are_lost = {"outage": False, "credentials": False}

    def ask(self, name, **fields):
        method = METHODS[name]
        call = self._channel.unary_unary(
            method.path,
            request_serializer=methodcaller("SerializeToString"),
            response_deserializer=method.response.FromString,
        )
        return call(method.request(**fields))

    def listed(self, method):
        fields = {"tenant_id": self.sim.world.tenants["acme-engineering"].uid} if method in SELECTED else {}
        return list(getattr(self.ask(method, pagination={"page_size": 1000}, **fields), LISTS[method]))

    def all(self):
        return {method: self.listed(method) for method in LISTS}

    def do(self, verb, number):
        try:
            getattr(self, verb)(number)
        except (grpc.RpcError, KeyError, ValueError):
            """The world is not in the state for it."""

    def _some(self, method, number):
        found = self.listed(method)
        if not found:
            raise KeyError(method)
        return found[number % len(found)]

    def restore(self, number):
        namespace = self._some("ListNamespaces", number)
        self.ask(
            "CreateRestore",
            namespace_id=namespace.meta.uid,
            project_id=self.sim.world.namespaces[namespace.meta.uid].projects[0],
            restore={
                "meta": {"name": f"copy-{number % 3}"},
                "config": {"source_references": {"backup_id": self._some("ListBackups", number).meta.uid}},
            },
        )

    def advance(self, number):
        self.sim.advance(3 ** (number / 2))

    def delete_backup(self, number):
        self.ask("DeleteBackup", id=self._some("ListBackups", number).meta.uid)

    def delete_deployment(self, number):
        self.ask("DeleteDataServiceDeployment", id=self._some("ListDataServiceDeployments", number).meta.uid)

    def upgrade(self, number):
        uid = self._some("ListDataServiceDeployments", number).meta.uid
        self.sim.world.upgrade_deployment(uid, image=f"image:{number}")

    def create_backup(self, number):
        uid = self._some("ListDataServiceDeployments", number).meta.uid
        self.sim.world.create_backup(f"backup-{number}", uid, location="vault")

    def complete_backup(self, number):
        self.sim.world.complete_backup(self._some("ListBackups", number).meta.uid)

    def add_namespace(self, number):
        self.sim.world.add(Namespace(f"namespace-{number}", cluster="west", projects=["shop"]))

    def add_backup(self, number):
        deployment = self._some("ListDataServiceDeployments", number)
        self.sim.world.add(Backup(f"added-{number}", deployment=deployment.meta.uid, location="vault"))

    def outage(self, _):
        self._turn("outage", "disconnect_cluster", "reconnect_cluster", "west")

    def credentials(self, _):
        self._turn("credentials", "lose_credentials", "give_back_credentials", "vault")

    def _turn(self, what, off, on, name):
        getattr(self.sim.world, on if self._are_lost[what] else off)(name)
        self._are_lost[what] = not self._are_lost[what]


class ViewsOverHttp(Views):
    """The same, asked for by the first binding of each method, of the application of the HTTP port."""

    def __init__(self, sim):
        super().__init__(sim)
        services = [service.descriptor for service in SERVICES]
        self._app = rest_gateway.app(sim.channel(), services, own_address=rest_gateway.OwnAddress("127.0.0.1"))

    def ask(self, name, **fields):
        method = METHODS[name]
        binding = next(bindings_of(DESCRIPTORS[method.path]))
        request = method.request(**fields)
        path = binding.template.text
        for variable in binding.template.fields:
            path = path.replace(f"{{{variable}}}", quote(getattr(request, variable), safe=""))
            request.ClearField(variable)
        content = json_format.MessageToDict(request)
        query = "" if binding.body else urlencode([*flat(content)])
        body = json.dumps(content).encode() if binding.body else b""
        status, answer = asyncio.run(self._fetch(binding.http_method, path, query, body))
        assert status == 200, answer
        return json_format.Parse(answer, method.response())

    async def _fetch(self, http_method, path, query, body):
        scope = {
            "type": "http",
            "method": http_method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [(b"host", b"127.0.0.1")],
            "client": None,
        }
        coming, sent = [{"type": "http.request", "body": body}], []

        async def receive():
            return coming.pop() if coming else await asyncio.Event().wait()

        async def send(message):
            sent.append(message)

        await self._app(scope, receive, send)
        return sent[0]["status"], b"".join(message.get("body", b"") for message in sent)


DESCRIPTORS = {
    f"/{service.full_name}/{method.name}": method for service in SERVICES for method in service.descriptor.methods
}


def flat(content, prefix=""):
    """Parameters of a query for a message."""
    for key, value in content.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def check_over_http(views, told):
    assert views.all() == told
    check_lists_and_gets(views, told)
    check_deployments(views, told)


def check_lists_and_gets(views, told):
    for method, (get, key) in GETS.items():
        for resource in told[method]:
            assert views.ask(get, **{key: resource.meta.uid}) == resource


def check_deployments(views, told):
    deployments = {deployment.meta.uid: deployment for deployment in told["ListDataServiceDeployments"]}
    by_restore = {deployment.config.references.restore_id: deployment for deployment in deployments.values()}
    for restore in told["ListRestores"]:
        deployment = by_restore.get(restore.meta.uid)
        if deployment is None:  # it was deleted, which is possible only after the restore has ended
            assert restore.status.HasField("completed_at")
            continue
        destination = restore.config.destination_references
        assert deployment.meta.uid == destination.data_service_deployment_id
        assert deployment.meta.name == restore.meta.name
        assert deployment.meta.parent_reference.uid == restore.meta.parent_reference.uid
        assert deployment.config.references.project_id == destination.project_id
        assert deployment.config.references.target_cluster_id == destination.target_cluster_id
        assert deployment.status.phase == {7: DEPLOYED, 8: FAILED}.get(restore.status.phase, RESTORING)
        assert (deployment.status.error_message != "") == (restore.status.phase == 8)
    deployed = {uid for uid, deployment in deployments.items() if deployment.status.phase == DEPLOYED}
    assert deployed == {deployment.uid for deployment in views.sim.world.deployments.values()}
    counts = views.ask("GetKeyPerformanceIndicators", tenant_id=views.sim.world.tenants["acme-engineering"].uid)
    assert counts.data_service_deployment_available_count == len(deployed)
    assert counts.data_service_deployment_unavailable_count == len(deployments) - len(deployed)


def check_backups(told):
    backups = {backup.meta.uid: backup for backup in told["ListBackups"]}
    for restore in told["ListRestores"]:
        source = restore.config.source_references
        backup = backups.get(source.backup_id)
        if backup is not None:
            assert backup.status.cloud_snap_id == source.cloudsnap_id
            assert backup.meta.parent_reference.uid == source.data_service_deployment_id


def check_projects(told):
    restores = Counter(restore.config.destination_references.project_id for restore in told["ListRestores"])
    deployments = Counter(deployment.config.references.project_id for deployment in told["ListDataServiceDeployments"])
    for project in told["ListProjects"]:
        counts = project.status.associated_resources
        assert counts["PDS_RESTORE"] == restores[project.meta.uid]
        assert counts["PDS_DATA_SERVICE_DEPLOYMENT"] == deployments[project.meta.uid]


def check_clusters(views, told):
    for cluster in told["ListTargetClusters"]:
        is_connected = views.sim.world.engine.is_reachable(cluster.meta.uid)
        assert cluster.status.phase == (1 if is_connected else 2)
    for location in told["ListBackupLocations"]:
        is_valid = views.sim.world.backup_locations[location.meta.uid].credentials_valid
        assert location.status.validity == (1 if is_valid else 2)


@settings(max_examples=15)
@given(ACTIONS)
def test_all_views_of_a_world_agree_at_every_moment(actions):
    with Simulator(listen=False) as sim:
        views, over_http = Views(sim), ViewsOverHttp(sim)
        for verb, number in actions:
            views.do(verb, number)
            told = views.all()
            check_lists_and_gets(views, told)
            check_deployments(views, told)
            check_backups(told)
            check_projects(told)
            check_clusters(views, told)
            check_over_http(over_http, told)


@settings(max_examples=15)
@given(ACTIONS)
def test_stale_answers_are_those_that_were_given_then(actions):
    with Simulator(listen=False) as sim:
        views, told = Views(sim), {}
        for verb, number in actions:
            views.do(verb, number)
            told[sim.now] = views.all()
        sim.advance(1)

        for then, expected in told.items():
            rule = sim.inject(faults.stale((sim.now - then).total_seconds()), method="List*")
            assert views.all() == expected
            sim.remove_rule(rule)
