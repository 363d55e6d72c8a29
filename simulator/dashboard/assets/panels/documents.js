// What forms for documents need: the schema that the server gives, and the names that there are in a world.

/** @import { Schema } from "../schema_form.js" */
/** @import { SessionStore } from "../session_store.js" */

import { callControl } from "../control_api.js";
import { useAnswer } from "../hooks.js";
import { useEffect, useState } from "../vendor/preact.js";

export const KINDS = ["accounts", "tenants", "projects", "clusters", "backup_locations", "namespaces", "deployments", "backups"];
const RESTORES_SUGGESTED = 50;
const DEPLOYMENTS_MAX = 1000;

/** @type {Promise<Record<string, Schema>> | null} The same for all, as long as the page lives. */
let schemas = null;

/**
 * The schema of a document.
 * @param {"rule" | "change" | "world"} name
 * @returns {{schema: Schema | null, error: Error | null}}
 */
export function useSchema(name) {
  const [state, setState] = useState(/** @type {{schema: Schema | null, error: Error | null}} */ ({ schema: null, error: null }));
  useEffect(() => {
    schemas ??= callControl("GET", "schemas").then((answer) => answer.schemas);
    schemas.then(
      (found) => setState({ schema: found[name], error: null }),
      (error) => {
        schemas = null;
        setState({ schema: null, error });
      },
    );
  }, [name]);
  return state;
}

/**
 * All entities of a session but its restores, and but its deployments where each of many restores has made one.
 * @param {SessionStore} store
 */
export function useEntities(store) {
  return useAnswer(store, async () => {
    const { restores } = await store.call("GET");
    const kinds = Number(restores.SUCCESSFUL ?? 0) > DEPLOYMENTS_MAX ? KINDS.filter((kind) => kind !== "deployments") : KINDS;
    const query = kinds.map((kind) => `kinds=${kind}`).join("&");
    return (await store.call("GET", `/world?${query}`)).entities;
  });
}

/**
 * The names of what there is, by the kind.
 * @param {SessionStore} store
 * @returns {Record<string, string[]>}
 */
export function useNames(store) {
  const { found } = useEntities(store);
  const names = Object.fromEntries(Object.entries(found ?? {}).map(([kind, entities]) => [kind, Object.keys(/** @type {object} */ (entities))]));
  return { ...names, restores: store.log.restores.slice(-RESTORES_SUGGESTED).map((restore) => restore.name) };
}
