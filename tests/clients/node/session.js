// What the tests of this client share: stubs made from the .proto files, and a session with manual time.
import assert from "node:assert/strict";
import { promisify } from "node:util";

import grpc from "@grpc/grpc-js";
import loader from "@grpc/proto-loader";

export const { PDS_SIM_GRPC: target, PDS_SIM_HTTP: baseURL, PDS_SIM_PROTOS: protos } = process.env;

const SERVICES = {
  control: ["pds/simulator/control/v1/control.proto", "pds.simulator.control.v1.ControlService"],
  restores: ["public/portworx/pds/restore/apiv1/restore.proto", "public.portworx.pds.restore.v1.RestoreService"],
  backups: ["public/portworx/pds/backup/apiv1/backup.proto", "public.portworx.pds.backup.v1.BackupService"],
  deployments: [
    "public/portworx/pds/dataservicedeployment/apiv1/dataservicedeployment.proto",
    "public.portworx.pds.dataservicedeployment.v1.DataServiceDeploymentService",
  ],
  namespaces: [
    "public/portworx/platform/namespace/apiv1/namespace.proto",
    "public.portworx.platform.namespace.v1.NamespaceService",
  ],
  projects: [
    "public/portworx/platform/project/apiv1/project.proto",
    "public.portworx.platform.project.v1.ProjectService",
  ],
  clusters: [
    "public/portworx/platform/targetcluster/apiv1/targetcluster.proto",
    "public.portworx.platform.TargetCluster.v1.TargetClusterService",
  ],
  tenants: ["public/portworx/platform/tenant/apiv1/tenant.proto", "public.portworx.platform.tenant.v1.TenantService"],
  locations: [
    "public/portworx/platform/backuplocation/apiv1/backuplocation.proto",
    "public.portworx.platform.backuplocation.v1.BackupLocationService",
  ],
  accounts: ["public/portworx/platform/whoami/apiv1/whoami.proto", "public.portworx.platform.whoami.v1.WhoAmIService"],
};
const definitions = loader.loadSync(
  [...Object.values(SERVICES).map(([file]) => file), "google/rpc/error_details.proto", "google/rpc/status.proto"],
  { includeDirs: [protos], longs: String, enums: String, defaults: true },
);

// Gives a function that calls a method of a service at an address; a stream where `stream` makes it.
export function connect(t, address, service, sent = {}) {
  const [, name] = SERVICES[service];
  const client = new (grpc.makeClientConstructor(definitions[name], name))(address, grpc.credentials.createInsecure());
  t.after(() => client.close());
  const metadata = new grpc.Metadata();
  Object.entries(sent).forEach(([key, value]) => metadata.set(key, value));
  const call = (method, request = {}) => promisify(client[method]).call(client, request, metadata);
  call.stream = (method, request) => client[method](request, metadata);
  return call;
}

// The details of an error, by the name of their type.
export function detailsOf(error) {
  const [bytes] = error.metadata.get("grpc-status-details-bin");
  return Object.fromEntries(
    definitions["google.rpc.Status"].deserialize(bytes).details.map(({ type_url, typeUrl, value }) => {
      const name = (type_url ?? typeUrl).split("/").at(-1);
      return [name.split(".").at(-1), definitions[name].deserialize(value)];
    }),
  );
}

// Makes JavaScript's document a google.protobuf.Struct.
export const struct = (document) => ({
  fields: Object.fromEntries(Object.entries(document).map(([key, value]) => [key, valueOf(value)])),
});

function valueOf(value) {
  if (typeof value === "number") return { numberValue: value };
  return typeof value === "string" ? { stringValue: value } : { structValue: struct(value) };
}

// Makes a session, which ends with the test; the test fails if the session complains.
export async function newSession(t, request = {}) {
  const control = connect(t, target, "control");
  const session = await control("createSession", { seed: 99, ...request }); // so that uids are not those of `default`
  const { entities } = await (await fetch(`${baseURL}/simulator/v1/sessions/${session.id}/world`)).json();
  t.after(async () => {
    assert.deepEqual((await connect(t, target, "control")("deleteSession", { session: session.id })).complaints, []);
  });
  const uid = (kind, name) => entities[kind][name].uid;
  const metadata = { "x-pds-session": session.id };
  const call = (service, method, message) => connect(t, target, service, metadata)(method, message);
  return {
    ...session,
    uid,
    metadata,
    call,
    control: (method, more = {}) => control(method, { session: session.id, ...more }),
    watch: (after) => control.stream("watchEvents", { session: session.id, after }),
    create: () => call("restores", "createRestore", restoreOf(uid)),
  };
}

// A request for a restore of the orders.
export const restoreOf = (uid) => ({
  namespaceId: uid("namespaces", "shop-staging"),
  projectId: uid("projects", "shop"),
  restore: {
    meta: { name: "orders-copy" },
    config: { sourceReferences: { backupId: uid("backups", "orders-backup") } },
  },
});
