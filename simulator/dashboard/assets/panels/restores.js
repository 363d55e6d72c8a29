// The restores of a session as a timeline, and all about the one that is selected.

/** @import { Restore } from "../history.js" */
/** @import { SessionStore } from "../session_store.js" */
/** @import { Selection } from "../timeline.js" */

import { Details } from "../details.js";
import { endOf, phaseOf } from "../history.js";
import { ErrorLine, onValue, useAnswer } from "../hooks.js";
import { isFinal } from "../phases.js";
import { jsonText } from "../text.js";
import { Timeline } from "../timeline.js";
import { parseTime, timeText } from "../times.js";
import { EVENTS_FIRST } from "../session_store.js";
import { html, useMemo, useState } from "../vendor/preact.js";

const CALLS_SHOWN = 500;

/** @type {Record<string, {title: string, has: (phase: string) => boolean}>} */
const FILTERS = {
  all: { title: "all", has: () => true },
  live: { title: "live", has: (phase) => !isFinal(phase) },
  failed: { title: "failed", has: (phase) => phase === "FAILED" },
  successful: { title: "successful", has: (phase) => phase === "SUCCESSFUL" },
};

/** @param {{store: SessionStore}} properties */
export function RestoresPanel({ store }) {
  const [filter, setFilter] = useState("all");
  const [text, setText] = useState("");
  const [selection, select] = useState(/** @type {Selection | null} */ (null));
  const shown = useMemo(() => newestFirst(store.log.restores, FILTERS[filter].has, text), [store.version, filter, text]);
  const range = shown.length && shown.length < store.log.restores.length ? rangeOf(shown, store.now) : undefined;
  const isGone = selection?.restore && store.log.history.restores.get(selection.restore.uid) !== selection.restore;
  const current = isGone ? null : selection;
  return html`<section class="panel restores" aria-labelledby="restores-title">
    <div class="panel-head">
      <h2 id="restores-title">Restores <${Counts} store=${store} /></h2>
      <div class="tools">
        <label class="hidden" for="restore-phase">Which restores</label>
        <select id="restore-phase" value=${filter} onChange=${onValue(setFilter)}>
          ${Object.entries(FILTERS).map(([key, { title }]) => html`<option value=${key}>${title}</option>`)}
        </select>
        <input type="search" aria-label="Find restores by name or uid" placeholder="name or uid" value=${text} onInput=${onValue(setText)} />
      </div>
    </div>
    ${store.log.earlierCount > 0 && html`<p class="hint">${store.log.earlierCount.toLocaleString("en")} earlier events are not shown: ${store.hasAll
      ? "the server no longer keeps them."
      : html`the page begins with the latest ${EVENTS_FIRST.toLocaleString("en")}. <button type="button" onClick=${() => store.showAll()}>Show all that the server keeps</button>`}</p>`}
    ${store.log.restores.length || store.log.history.lanes.length
      ? html`<${Timeline} restores=${shown} lanes=${store.log.history.lanes} from=${store.startedAt} now=${store.now} range=${range} onSelect=${select} selected=${current?.restore?.uid ?? current?.title} />`
      : html`<${NoRestore} store=${store} />`}
    ${!shown.length && store.log.restores.length > 0 && html`<p class="empty">No restore is like that.</p>`}
    ${current && html`<${SelectionDetails} key=${current.restore?.uid ?? current.title} store=${store} selection=${current} onClose=${() => select(null)} />`}
  </section>`;
}

/**
 * @param {Restore[]} restores
 * @param {(phase: string) => boolean} has
 * @param {string} text
 */
function newestFirst(restores, has, text) {
  const wanted = text.trim().toLowerCase();
  const found = [];
  for (let index = restores.length - 1; index >= 0; index -= 1) {
    const restore = restores[index];
    if (!has(phaseOf(restore))) continue;
    if (wanted && !`${restore.name} ${restore.uid}`.toLowerCase().includes(wanted)) continue;
    found.push(restore);
  }
  return found;
}

/**
 * From when to when some restores lived.
 * @param {Restore[]} restores The newest first.
 * @param {number} now
 */
function rangeOf(restores, now) {
  const to = restores.reduce((latest, restore) => Math.max(latest, endOf(restore, now)), 0);
  return { from: restores[restores.length - 1].phases[0].at, to };
}

/** @param {{store: SessionStore}} properties */
function NoRestore({ store }) {
  const { id, session, isRead } = store;
  if (!session || !isRead) return html`<p class="empty">Reading events…</p>`;
  return html`<p class="empty">No restore yet. Point your client at <code>${session.target}</code>${id !== "default" && !session.dedicatedPort && html` with the metadata <code>x-pds-session: ${id}</code>`}, or over HTTP at <code>${session.baseUrl}</code>.</p>`;
}

/** @param {{store: SessionStore}} properties */
function Counts({ store }) {
  if (!store.session) return null;
  const { clusters = [], restores } = store.session;
  // Those that the clusters tell, so that no more wait than are live.
  const live = clusters.reduce((/** @type {number} */ sum, /** @type {any} */ cluster) => sum + Number(cluster.restores), 0);
  const [successful, failed] = ["SUCCESSFUL", "FAILED"].map((phase) => Number(restores[phase] ?? 0));
  return html`<small>${live.toLocaleString("en")} live, ${successful.toLocaleString("en")} successful, ${failed.toLocaleString("en")} failed</small>`;
}

/** @param {{store: SessionStore, selection: Selection, onClose: () => void}} properties */
function SelectionDetails({ store, selection, onClose }) {
  const { restore } = selection;
  const marks = selection.marks;
  const about = restore ? `subject=${encodeURIComponent(restore.uid)}` : marks.length === 1 && marks[0].call ? `call=${marks[0].call}` : "";
  const calls = useAnswer(store, async () => {
    if (!about) return new Map();
    const answer = await store.call("GET", `/calls?${about}&page_size=${CALLS_SHOWN}`);
    return new Map(answer.calls.map((/** @type {any} */ call) => [Number(call.call), call]));
  }, [about]);
  return html`<div class="selection">
    <${Details} selection=${selection} origin=${store.startedAt} callOf=${(/** @type {number} */ call) => calls.found?.get(call)} onClose=${onClose} />
    <${ErrorLine} error=${calls.error} />
    ${restore && html`<${RestoreState} store=${store} restore=${restore} />`}
  </div>`;
}

/** @param {{store: SessionStore, restore: Restore}} properties */
function RestoreState({ store, restore }) {
  const { found, error } = useAnswer(store, () => store.call("GET", `/restores/${encodeURIComponent(restore.uid)}`), [restore.uid]);
  return html`<aside class="details" aria-label="State of ${restore.name}">
    <header><h2>${phaseOf(restore)}</h2></header>
    ${found?.waitsFor && html`<p class="waits">Waits for ${found.waitsFor}${found.until && html`, until <time datetime=${found.until}>${timeText(parseTime(found.until))}</time>`}.</p>`}
    <${ErrorLine} error=${error} />
    ${found && html`<pre tabindex="0" aria-label="Fields of the restore">${jsonText(found.restore)}</pre>`}
  </aside>`;
}
