// The calls that clients made, the newest first, each with its request, its response and the rules that met it.

/** @import { CallRow } from "../session_log.js" */
/** @import { SessionStore } from "../session_store.js" */

import { CallContent } from "../details.js";
import { useFocusBack } from "../focus.js";
import { ErrorLine, onValue, useAnswer } from "../hooks.js";
import { durationText } from "../times.js";
import { html, useMemo, useState } from "../vendor/preact.js";
import { VirtualList } from "../virtual_list.js";

const ROW_PIXELS = 26;

/** @param {{store: SessionStore}} properties */
export function CallsPanel({ store }) {
  const [text, setText] = useState("");
  const [opened, open] = useState(/** @type {CallRow | null} */ (null));
  const wanted = text.trim().toLowerCase();
  const found = useMemo(
    () => (wanted ? store.log.calls.filter((call) => textOf(store, call).toLowerCase().includes(wanted)) : store.log.calls),
    [store.version, wanted],
  );
  const current = opened && store.log.calls.includes(opened) ? opened : null;
  return html`<section class="panel calls" aria-labelledby="calls-title">
    <div class="panel-head">
      <h2 id="calls-title">Calls <small>${store.log.calls.length.toLocaleString("en")}</small></h2>
      <div class="tools"><input type="search" aria-label="Find calls by method, status, restore or rule" placeholder="method, status, restore, rule" value=${text} onInput=${onValue(setText)} /></div>
    </div>
    ${found.length > 0 && html`<div class="call-row call-head" aria-hidden="true"><span>time</span><span>method</span><span>status</span><span>about</span><span>rule</span></div>`}
    <${VirtualList} count=${found.length} rowPixels=${ROW_PIXELS} label="Calls" itemAt=${(/** @type {number} */ index) => found[found.length - 1 - index]}
      keyOf=${(/** @type {CallRow} */ call) => call.call} selected=${current?.call ?? null} onOpen=${open}
      cells=${(/** @type {CallRow} */ call) => html`<${CallCells} store=${store} call=${call} />`} />
    ${!found.length && html`<p class="empty">${store.log.calls.length ? "No call is like that." : store.isRead ? "No client has called yet." : "Reading events…"}</p>`}
    ${current && html`<${CallDetails} key=${current.call} store=${store} call=${current} onClose=${() => open(null)} />`}
  </section>`;
}

/** @param {SessionStore} store @param {CallRow} call */
const aboutOf = (store, call) => store.log.history.restores.get(call.subject)?.name ?? "";

/** @param {SessionStore} store @param {CallRow} call */
const textOf = (store, call) =>
  [call.method, call.code, call.caller, call.subject, aboutOf(store, call), ...store.log.rulesOf(call.call)].join(" ");

/** @param {{store: SessionStore, call: CallRow}} properties */
function CallCells({ store, call }) {
  const rules = store.log.rulesOf(call.call).join(", ");
  const at = durationText(call.at - store.startedAt);
  return html`<div class="call-row ${call.code === "OK" ? "" : "failed"}">
    <span class="at" title=${at}>${at}</span><span title=${call.method}>${call.method}</span>
    <span class="code" title=${call.message}>${call.code}</span><span title=${call.subject}>${aboutOf(store, call)}</span>
    <span class="rule" title=${rules}>${rules}</span>
  </div>`;
}

/** @param {{store: SessionStore, call: CallRow, onClose: () => void}} properties */
function CallDetails({ store, call, onClose }) {
  const { found, error } = useAnswer(store, async () => {
    const answer = await store.call("GET", `/calls?call=${call.call}`);
    if (!answer.calls.length) throw new Error("The server no longer keeps this call.");
    return answer.calls[0];
  }, [call.call]);
  const rules = store.log.rulesOf(call.call);
  const focusBack = useFocusBack();
  return html`<aside class="details" aria-label="Details of call ${call.call}">
    <header><h2>${call.method}, call ${call.call}</h2><button type="button" onClick=${() => { focusBack(); onClose(); }} aria-label="Close details of the call">✕</button></header>
    ${rules.length > 0 && html`<p>Met the rule${rules.length > 1 ? "s" : ""} ${rules.map((rule) => html`<code>${rule}</code> `)}</p>`}
    ${found && Number(found.firstAttempt) !== Number(found.number) && html`<p>A retry; the first attempt was the answer ${found.firstAttempt}.</p>`}
    <${ErrorLine} error=${error} />
    ${found && html`<${CallContent} call=${found} />`}
  </aside>`;
}
