// The header: which session, whether it is connected, its time, and what can be done to it as a whole.

/** @import { SessionStore } from "./session_store.js" */

import { showSession } from "./address.js";
import { Clock } from "./clock.js";
import { callControl, listAll } from "./control_api.js";
import { ErrorLine, onSubmit, onValue, useAction, useAnswer } from "./hooks.js";
import { SessionActions } from "./session_actions.js";
import { html, useRef, useState } from "./vendor/preact.js";

/** @param {{store: SessionStore}} properties */
export function Header({ store }) {
  return html`<header class="top">
    <h1>PDS restore simulator</h1>
    <${SessionPicker} store=${store} />
    <${Connection} store=${store} />
    ${!store.ended && html`<${SessionActions} store=${store} /><${Clock} store=${store} />`}
  </header>`;
}

/** @param {{store: SessionStore}} properties */
function Connection({ store }) {
  const isConnected = store.isConnected;
  return html`<span class="connection ${isConnected ? "on" : "off"}" role="status">
    ${isConnected ? "connected" : store.ended ? "ended" : "connection lost, trying again…"}
  </span>`;
}

/** @param {{store: SessionStore}} properties */
function SessionPicker({ store }) {
  const { found } = useAnswer(store, () => listAll("sessions", "sessions"));
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const ids = found?.map((/** @type {{id: string}} */ session) => session.id) ?? [];
  if (!ids.includes(store.id)) ids.unshift(store.id);
  return html`<span class="picker">
    <label for="session">Session</label>
    <select id="session" value=${store.id} onChange=${onValue(showSession)}>
      ${ids.map((/** @type {string} */ id) => html`<option key=${id} value=${id} selected=${id === store.id}>${id}</option>`)}
    </select>
    <button type="button" onClick=${() => dialog.current?.showModal()}>New…</button>
    <dialog ref=${dialog} aria-labelledby="new-session"><${NewSession} close=${() => dialog.current?.close()} /></dialog>
  </span>`;
}

/** @param {{close: () => void}} properties */
function NewSession({ close }) {
  const [fields, setFields] = useState({ session_id: "", clock: "wall", seed: "0", scenario: "" });
  /** @param {any} event */
  const change = (event) => setFields({ ...fields, [event.target.name]: event.target.value });
  const create = useAction(async () => {
    const { session_id, clock, seed, scenario } = fields;
    const made = await callControl("POST", "sessions", { session_id, clock, seed, ...(scenario && { scenario }), strict: false });
    close();
    showSession(made.id);
  });
  return html`<form class="grid-form" onSubmit=${onSubmit(create.run)}>
    <h2 id="new-session">New session</h2>
    <label for="new-id">Name</label><input id="new-id" name="session_id" value=${fields.session_id} onInput=${change} placeholder="chosen by the server" autocomplete="off" />
    <label for="new-clock">Clock</label><select id="new-clock" name="clock" value=${fields.clock} onChange=${change}>
      <option value="wall">wall: time passes by itself</option><option value="manual">manual: time passes when you say so</option><option value="on_poll">on_poll: time passes as clients poll</option>
    </select>
    <label for="new-seed">Seed</label><input id="new-seed" name="seed" inputmode="numeric" required pattern="-?[0-9]+" title="A whole number" value=${fields.seed} onInput=${change} />
    <label for="new-scenario">Scenario</label><input id="new-scenario" name="scenario" value=${fields.scenario} onInput=${change} placeholder="one that ships, such as quickstart" autocomplete="off" />
    <${ErrorLine} error=${create.error} />
    <div class="buttons"><button type="button" onClick=${close}>Cancel</button><button class="primary" aria-disabled=${create.isBusy}>Create</button></div>
  </form>`;
}
