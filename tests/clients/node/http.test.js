import assert from "node:assert/strict";
import test from "node:test";

import { baseURL, newSession, restoreOf } from "./session.js";

const json = async (url, { body, ...options } = {}) => {
  const answer = await fetch(url, { ...options, ...(body && { method: options.method ?? "POST", body: JSON.stringify(body) }) });
  return [answer.status, await answer.json()];
};
const controlOf = ({ id }) => `${baseURL}/simulator/v1/sessions/${id}`;

test("JSON drives a session, which a header or a prefix names", async (t) => {
  const session = await newSession(t);
  const control = controlOf(session);
  const { namespaceId, ...body } = restoreOf(session.uid);
  const path = `/pds/v1/namespaces/${namespaceId}/restores`;
  const rule = { method: "CreateRestore", times: 1, error: { code: "UNAVAILABLE" } };

  assert.equal((await json(`${control}/rules`, { body: { rule } }))[0], 200);
  assert.equal((await json(baseURL + path, { body, headers: session.metadata }))[0], 503);
  const [status, { meta }] = await json(session.baseUrl + path, { body });
  assert.equal(status, 200);
  await json(`${control}:advance`, { body: { duration: "1s" } });

  for (const [url, headers] of [[session.baseUrl, {}], [baseURL, session.metadata]]) {
    assert.equal((await json(`${url}/pds/v1/restores/${meta.uid}`, { headers }))[1].status.phase, "PENDING");
  }
  assert.equal((await json(`${baseURL}/pds/v1/restores/${meta.uid}`))[0], 404);
  const [, { calls }] = await json(`${control}/calls`);
  assert.deepEqual(calls.map(({ code }) => code), ["UNAVAILABLE", "OK", "OK", "OK"]);
});

test("errors have details", async (t) => {
  const session = await newSession(t);
  const url = `${session.baseUrl}/pds/v1/namespaces/${session.uid("namespaces", "shop-staging")}/restores`;

  const [status, { code, details }] = await json(url, { body: {} });

  assert.deepEqual([status, code, details[0].fieldViolations[0].field], [400, 3, "project_id"]);
});

// Reads so many events of a stream, behind the last one that was seen.
async function sse(url, wanted, lastSeen) {
  const stop = new AbortController();
  const headers = { accept: "text/event-stream", ...(lastSeen && { "last-event-id": lastSeen }) };
  const answer = await fetch(url, { headers, signal: stop.signal });
  assert.equal(answer.headers.get("content-type"), "text/event-stream");
  const found = [];
  let text = "";
  for await (const chunk of answer.body.pipeThrough(new TextDecoderStream())) {
    const messages = (text + chunk).split("\n\n");
    text = messages.pop();
    for (const message of messages) {
      const fields = Object.fromEntries(message.split("\n").map((line) => line.split(/: (.*)/s).slice(0, 2)));
      if (fields.data) found.push([fields.id, JSON.parse(fields.data)]);
    }
    if (found.length >= wanted) break;
  }
  stop.abort();
  return found.slice(0, wanted);
}

test("server-sent events go on from the last event that was seen", async (t) => {
  const session = await newSession(t);
  await session.create();
  await session.control("advanceTime", { untilIdle: true });
  const [, { events }] = await json(`${controlOf(session)}/events`);

  const first = await sse(`${controlOf(session)}/events`, 3);
  const others = await sse(`${controlOf(session)}/events`, events.length - 3, first.at(-1)[0]);

  assert.deepEqual([...first, ...others], events.map((event) => [event.sequence, event]));
});

// What a client reads around a restore: service, method, request, path, and the names in the answer.
const READS = (uid) => {
  const tenantId = uid("tenants", "acme-engineering");
  const descending = { sort: { sortBy: "NAME", sortOrder: "DESC" } };
  const listed = `?tenantId=${tenantId}&sort.sortBy=NAME&sort.sortOrder=DESC`;
  const list = (service, method, path, ...names) => [service, method, { tenantId, ...descending }, path + listed, names];
  const get = (service, method, path, kind, name, key = "id") => [
    ...[service, method, { [key]: uid(kind, name) }, `${path}/${uid(kind, name)}`, [name]],
  ];
  const ofOrders = { dataServiceDeploymentId: uid("deployments", "orders") };
  return [
    get("backups", "getBackup", "/pds/v1/backups", "backups", "orders-backup"),
    [
      ...["backups", "listBackups", ofOrders, `/pds/v1/backups?${new URLSearchParams(ofOrders)}`],
      ["orders-backup", "orders-running-backup", "orders-legacy-backup"],
    ],
    get("deployments", "getDataServiceDeployment", "/pds/v1/dataServiceDeployments", "deployments", "orders"),
    list(
      ...["deployments", "listDataServiceDeployments", "/pds/v1/dataServiceDeployments"],
      ...["orders-copy", "orders", "events", "carts"],
    ),
    list("namespaces", "listNamespaces", "/core/v1/namespaces", "shop-staging", "shop-prod", "analytics-prod"),
    get("projects", "getProject", "/core/v1/projects", "projects", "shop", "projectId"),
    list("projects", "listProjects", "/core/v1/projects", "shop", "analytics"),
    get("clusters", "getTargetCluster", "/core/v1/clusters", "clusters", "east"),
    list("clusters", "listTargetClusters", "/core/v1/clusters", "west", "east"),
    get("tenants", "getTenant", "/core/v1/tenants", "tenants", "acme-engineering", "tenantId"),
    ["tenants", "listTenants", {}, "/core/v1/tenants", ["acme-engineering"]],
    get("locations", "getBackupLocation", "/core/v1/backupLocations", "backup_locations", "vault"),
    list("locations", "listBackupLocations", "/core/v1/backupLocations", "vault"),
    ["accounts", "whoAmI", {}, "/core/v1/whoami", ["acme"]],
  ];
};

// The names of what an answer has, in its order.
function namesIn({ meta, pagination, id, email, ...answer }) {
  if (meta) return [meta.name];
  const [resources] = Object.values(answer);
  return resources.map((resource) => resource.meta?.name ?? resource.name);
}

test("every service reads the same over gRPC and HTTP", async (t) => {
  const session = await newSession(t);
  await session.create();
  for (const [service, method, request, path, names] of READS(session.uid)) {
    await t.test(method, async () => {
      assert.deepEqual(namesIn(await session.call(service, method, request)), names);
      const [status, answer] = await json(session.baseUrl + path);
      assert.equal(status, 200);
      assert.deepEqual(namesIn(answer), names);
    });
  }
});

test("selectors narrow lists", async (t) => {
  const session = await newSession(t);
  const fieldSelector = { filters: [{ key: "meta.name", op: "LIKE", values: ["shop"] }] };

  const [status, { namespaces }] = await json(`${session.baseUrl}/core/v1/namespaces:search`, {
    body: { tenantId: session.uid("tenants", "acme-engineering"), fieldSelector },
  });

  assert.equal(status, 200);
  assert.deepEqual(namespaces.map(({ meta }) => meta.name), ["shop-prod", "shop-staging"]);
});
