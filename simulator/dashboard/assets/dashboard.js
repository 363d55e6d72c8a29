// The page of one session: its header, and the panels below it.

import { Header } from "./header.js";
import { useStore } from "./hooks.js";
import { CallsPanel } from "./panels/calls.js";
import { ClustersPanel } from "./panels/clusters.js";
import { RestoresPanel } from "./panels/restores.js";
import { RulesPanel } from "./panels/rules.js";
import { WorldPanel } from "./panels/world.js";
import { SessionStore } from "./session_store.js";
import { html, useEffect, useState } from "./vendor/preact.js";

/** @param {{id: string, onLocked: () => void}} properties */
export function Dashboard({ id, onLocked }) {
  const [store] = useState(() => new SessionStore(id));
  useEffect(() => () => store.close(), [store]);
  useStore(store);
  const { ended } = store;
  useEffect(() => {
    document.title = `${id} – PDS restore simulator`;
  }, [id]);
  useEffect(() => {
    if (ended?.needsToken) onLocked();
  }, [ended]);
  return html`<${Header} store=${store} />
    ${ended && html`<main class="ended"><p role="alert">There is no session “${id}”: it has ended, or never was.</p><p><a href="#default">Show the session “default”</a></p></main>`}
    ${!ended && html`<main class="panels">
      <${RestoresPanel} store=${store} />
      <${CallsPanel} store=${store} />
      <div class="side">
        <${ClustersPanel} store=${store} />
        <${RulesPanel} store=${store} />
        <${WorldPanel} store=${store} />
      </div>
    </main>`}`;
}
