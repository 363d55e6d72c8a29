import assert from "node:assert/strict";
import test from "node:test";

import grpc from "@grpc/grpc-js";

import { connect, detailsOf, newSession, restoreOf, struct, target } from "./session.js";

test("metadata names the session", async (t) => {
  const [one, other] = [await newSession(t), await newSession(t)];
  await one.create();

  assert.equal((await one.call("restores", "listRestores")).restores.length, 1);
  assert.equal((await other.call("restores", "listRestores")).restores.length, 0);
  const unknown = connect(t, target, "restores", { "x-pds-session": "nobody-made-this" });
  await assert.rejects(unknown("listRestores"), (error) => {
    assert.equal(error.code, grpc.status.FAILED_PRECONDITION);
    return detailsOf(error).ErrorInfo.reason === "SESSION_UNKNOWN";
  });
});

test("a port of its own names the session", async (t) => {
  const session = await newSession(t, { dedicatedPort: true });
  await session.create();

  const { restores } = await connect(t, session.target, "restores")("listRestores");

  assert.deepEqual(restores.map(({ meta }) => meta.name), ["orders-copy"]);
  assert.equal((await session.control("getSession")).calls, "2");
});

test("the control API drives time", async (t) => {
  const session = await newSession(t);
  const { meta } = await session.create();
  const phase = async () => (await session.call("restores", "getRestore", { id: meta.uid })).status.phase;

  await session.control("advanceTime", { duration: { seconds: 1 } });
  assert.equal(await phase(), "PENDING");
  await session.control("advanceTime", {
    until: { restore: "orders-copy", phase: "SUCCESSFUL", limit: { seconds: 3600 } },
  });
  assert.equal(await phase(), "SUCCESSFUL");
  await session.control("resetSession");
  await assert.rejects(phase(), { code: grpc.status.NOT_FOUND });
});

test("rules refuse calls, fail restores and hold them at a gate", async (t) => {
  const session = await newSession(t);
  const inject = (rule) => session.control("injectRule", { rule: struct(rule) });
  await inject({ method: "CreateRestore", times: 1, error: { code: "UNAVAILABLE" } });
  const { id: gate } = await inject({ phase: "PENDING", gate: {} });
  await inject({ phase: "RESTORING_CLOUDSNAP", fail: { error_code: "FAILED_BACKUP_CREDENTIAL_SYNC" } });

  await assert.rejects(session.create(), { code: grpc.status.UNAVAILABLE });
  const { meta } = await session.create();
  const status = async () => (await session.call("restores", "getRestore", { id: meta.uid })).status;
  await session.control("advanceTime", { untilIdle: true });
  assert.equal((await status()).phase, "PENDING");
  await session.control("openGate", { rule: gate });
  await session.control("advanceTime", { untilIdle: true });

  const { phase, errorCode } = await status();
  assert.deepEqual([phase, errorCode], ["FAILED", "FAILED_BACKUP_CREDENTIAL_SYNC"]);
  assert.deepEqual((await session.control("listRules")).rules.map(({ fired }) => fired), ["1", "1", "1"]);
});

test("a watch goes on from the last event that was seen", async (t) => {
  const session = await newSession(t);
  await session.create();
  await session.control("advanceTime", { untilIdle: true });
  const { events } = await session.control("listEvents");

  // Each watch takes three events and breaks off.
  const seen = [];
  while (seen.length < events.length) {
    const stream = session.watch(seen.at(-1)?.sequence ?? 0);
    const enough = Math.min(seen.length + 3, events.length);
    for await (const event of stream.iterator({ destroyOnReturn: false })) {
      seen.push(event);
      if (seen.length === enough) break;
    }
    stream.on("error", ({ code }) => assert.equal(code, grpc.status.CANCELLED));
    stream.cancel();
  }
  assert.deepEqual(seen, events);
});

test("errors have details", async (t) => {
  const session = await newSession(t);
  const refused = async (call) => {
    const error = await call.then(assert.fail, (error) => error);
    return [error.code, detailsOf(error)];
  };

  let [code, details] = await refused(session.call("restores", "createRestore", {}));
  assert.equal(code, grpc.status.INVALID_ARGUMENT);
  assert.equal(details.BadRequest.fieldViolations[0].field, "namespace_id");
  [code, details] = await refused(session.call("restores", "getRestore", { id: "rst:none" }));
  assert.equal(code, grpc.status.NOT_FOUND);
  assert.equal(details.ResourceInfo.resourceName, "rst:none");
  [code, details] = await refused(session.control("injectRule", { rule: struct({ metod: "x", times: 0 }) }));
  assert.equal(code, grpc.status.INVALID_ARGUMENT);
  const fields = new Set(details.BadRequest.fieldViolations.map(({ field }) => field));
  assert.ok(fields.has("rule.metod") && fields.has("rule.times"), [...fields].join());
});

test("a restored deployment follows its restore, and what is deleted is gone", async (t) => {
  const session = await newSession(t);
  const { meta, config } = await session.create();
  const id = config.destinationReferences.dataServiceDeploymentId;
  const read = () => session.call("deployments", "getDataServiceDeployment", { id });

  assert.equal((await read()).status.phase, "RESTORING");
  await session.control("advanceTime", { untilIdle: true });
  const deployment = await read();
  assert.deepEqual([deployment.status.phase, deployment.config.references.restoreId], ["DEPLOYED", meta.uid]);

  await session.call("backups", "deleteBackup", { id: restoreOf(session.uid).restore.config.sourceReferences.backupId });
  await assert.rejects(session.call("backups", "getBackup", { id: session.uid("backups", "orders-backup") }), {
    code: grpc.status.NOT_FOUND,
  });
});
