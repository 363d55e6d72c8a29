// A client in another language that tries CreateRestore again without looking whether the first attempt made the restore.
// It needs Node alone: JSON over HTTP, to the session that its environment names.

const { PDS_SIM_HTTP: base, PDS_SIM_SESSION: session } = process.env;
const RETRIED = [429, 499, 500, 503, 504];
const ATTEMPTS_MAX = 5;
const POLLS_MAX = 200;

async function call(method, path, body) {
  const answer = await fetch(base + path, {
    method,
    body: body && JSON.stringify(body),
    headers: { "Grpc-Timeout": "1S" },
  });
  return { status: answer.status, body: await answer.json() };
}

async function uids() {
  const { entities } = (await call("GET", `/simulator/v1/sessions/${session}/world`)).body;
  return (collection, name) => entities[collection][name].uid;
}

async function create(uid) {
  const restore = {
    meta: { name: "orders-copy" },
    config: { sourceReferences: { backupId: uid("backups", "orders-backup") } },
  };
  const path = `/pds/v1/namespaces/${uid("namespaces", "shop-staging")}/restores`;
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const made = await call("POST", path, { restore, projectId: uid("projects", "shop") });
    if (made.status === 200) return made.body.meta.uid;
    if (!RETRIED.includes(made.status)) throw new Error(`CreateRestore: ${made.status} ${made.body.message}`);
  }
  console.log(`no restore after ${ATTEMPTS_MAX} attempts`);
  process.exit();
}

async function wait(restore) {
  for (let poll = 0; poll < POLLS_MAX; poll += 1) {
    const { status, body } = await call("GET", `/pds/v1/restores/${restore}`);
    if (status === 200 && ["SUCCESSFUL", "FAILED"].includes(body.status.phase)) return;
  }
}

await wait(await create(await uids()));
