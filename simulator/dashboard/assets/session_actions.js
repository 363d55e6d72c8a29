// What can be done to a session as a whole: snapshots, writing it as a scenario, resetting and ending it.

/** @import { SessionStore } from "./session_store.js" */

import { DEFAULT_SESSION, showSession } from "./address.js";
import { callControl } from "./control_api.js";
import { ErrorLine, copyText, useAction } from "./hooks.js";
import { html, useRef, useState } from "./vendor/preact.js";

/** @param {{store: SessionStore}} properties */
export function SessionActions({ store }) {
  const file = useRef(/** @type {HTMLInputElement | null} */ (null));
  const [scenario, setScenario] = useState(/** @type {Scenario | null} */ (null));
  const take = useAction(async () => {
    const { snapshot } = await store.call("POST", ":snapshot", {});
    saveSnapshot(store.id, snapshot);
  });
  const load = useAction(async (/** @type {File} */ chosen) => {
    const snapshot = documentOrNull(await chosen.text());
    if (!snapshot) throw new Error(`${chosen.name} is no snapshot; expected a file that “Take snapshot” has saved.`);
    const made = await callControl("POST", "sessions", { snapshot });
    showSession(made.id);
  });
  const write = useAction(async () => setScenario(await store.call("GET", "/scenario")));
  const reset = useAction(async () => {
    if (confirm(`Reset ${store.id}? Its restores, calls and events are forgotten.`)) await store.call("POST", ":reset", {});
  });
  const end = useAction(async () => {
    if (!confirm(`End ${store.id}? Everything in it is forgotten.`)) return;
    await store.call("DELETE");
    showSession(DEFAULT_SESSION);
  });
  /** @param {any} event */
  const choose = (event) => {
    const [chosen] = event.target.files;
    event.target.value = "";
    if (chosen) load.run(chosen);
  };
  const failed = [take, load, write, reset, end].find((action) => action.error);
  return html`<section class="actions" aria-label="Session actions">
    <button type="button" aria-disabled=${write.isBusy} onClick=${write.run}>Copy as scenario…</button>
    <button type="button" aria-disabled=${take.isBusy} onClick=${take.run}>Take snapshot</button>
    <button type="button" aria-disabled=${load.isBusy} onClick=${() => file.current?.click()}>Load snapshot…</button>
    <input class="hidden" type="file" accept=".json,application/json" aria-label="Snapshot file" tabindex="-1" ref=${file} onChange=${choose} />
    <button type="button" class="danger" aria-disabled=${reset.isBusy} onClick=${reset.run}>Reset</button>
    ${store.id !== DEFAULT_SESSION && html`<button type="button" class="danger" aria-disabled=${end.isBusy} onClick=${end.run}>End session</button>`}
    <${ErrorLine} error=${failed?.error ?? null} />
    ${scenario && html`<${ScenarioDialog} scenario=${scenario} name=${store.id} onClose=${() => setScenario(null)} />`}
  </section>`;
}

/**
 * The object that a text is as JSON, if it is one.
 * @param {string} text
 */
function documentOrNull(text) {
  try {
    const value = JSON.parse(text);
    return Object(value) === value && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

/** @typedef {{yaml: string, snapshot: object | null}} Scenario */

/** @param {{scenario: Scenario, name: string, onClose: () => void}} properties */
function ScenarioDialog({ scenario, name, onClose }) {
  const { yaml, snapshot } = scenario;
  const [isCopied, setCopied] = useState(false);
  const copy = useAction(async () => {
    await copyText(yaml);
    setCopied(true);
  });
  /** @param {HTMLDialogElement | null} dialog */
  const open = (dialog) => {
    if (dialog && !dialog.open) dialog.showModal();
  };
  return html`<dialog ref=${open} onClose=${onClose} aria-labelledby="scenario-title" class="scenario">
    <h2 id="scenario-title">This session as a scenario</h2>
    <p class="hint">Save it as a <code>.pds.yaml</code> file and run it with <code>pds-sim run</code>, or let pytest collect it.</p>
    ${snapshot && html`<p class="hint">It goes on from the snapshot with which this session began. Save that beside it. <button type="button" onClick=${() => saveSnapshot(name, snapshot)}>Download snapshot</button></p>`}
    <label class="hidden" for="scenario-text">Scenario</label>
    <textarea id="scenario-text" readonly rows="24" cols="100" spellcheck="false" value=${yaml}></textarea>
    <${ErrorLine} error=${copy.error} />
    <div class="buttons">
      <span role="status">${isCopied ? "Copied." : ""}</span>
      <button type="button" onClick=${() => save(`${name}.pds.yaml`, "application/yaml", yaml)}>Download</button>
      <button type="button" class="primary" autofocus onClick=${copy.run}>Copy</button>
      <form method="dialog"><button>Close</button></form>
    </div>
  </dialog>`;
}

/**
 * Let the browser save a snapshot under the name by which scenarios of the session know it.
 * @param {string} name
 * @param {object} snapshot
 */
function saveSnapshot(name, snapshot) {
  save(`${name}.snapshot.json`, "application/json", JSON.stringify(snapshot));
}

/**
 * Let the browser save a file.
 * @param {string} name
 * @param {string} type
 * @param {string} text
 */
function save(name, type, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
