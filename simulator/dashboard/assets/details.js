// What happened to what is selected, in full; a call shows its request and its response.

/** @import { Mark } from "./history.js" */
/** @import { Selection } from "./timeline.js" */

import { useFocusBack } from "./focus.js";
import { jsonText } from "./text.js";
import { durationText } from "./times.js";
import { html } from "./vendor/preact.js";

const SHOWN_MAX = 500;

/**
 * A call as the control API writes it, as far as it is shown.
 * @typedef {{method: string, code: string, message?: string, metadata?: object, request?: object, response?: object}} Call
 */

/**
 * @param {object} properties
 * @param {Selection} properties.selection
 * @param {number} properties.origin From when on times are counted.
 * @param {(call: number) => Call | undefined} properties.callOf The call of a number.
 * @param {() => void} properties.onClose
 */
export function Details({ selection, origin, callOf, onClose }) {
  const { title, restore, marks } = selection;
  const shown = marks.slice(-SHOWN_MAX);
  const focusBack = useFocusBack();
  return html`<aside class="details" aria-label="Details of ${title}">
    <header><h2>${title}</h2><button type="button" onClick=${() => { focusBack(); onClose(); }} aria-label="Close details">✕</button></header>
    ${restore && html`<p><code>${restore.uid}</code></p>`}
    ${restore?.errorCode && html`<p class="reason">${restore.errorCode}: ${restore.errorMessage}</p>`}
    ${shown.length < marks.length && html`<p>The last ${SHOWN_MAX} of ${marks.length}.</p>`}
    ${marks.length ? html`<ol>${shown.map((mark) => html`<${Entry} mark=${mark} origin=${origin} call=${mark.call ? callOf(mark.call) : undefined} isOpen=${marks.length === 1} />`)}</ol>` : html`<p>Nothing happened.</p>`}
  </aside>`;
}

/** @param {{mark: Mark, origin: number, call: Call | undefined, isOpen: boolean}} properties */
function Entry({ mark, origin, call, isOpen }) {
  const line = html`<span class="line"><span class="at">${durationText(mark.at - origin)}</span> <span class="what ${mark.kind}">${mark.text}</span></span>`;
  if (!call) return html`<li>${line}</li>`;
  return html`<li><details open=${isOpen}><summary>${line}</summary><${CallContent} call=${call} /></details></li>`;
}

/** @param {{call: Call}} properties */
export function CallContent({ call }) {
  return html`<dl class="call-content">
    <dt>status</dt><dd>${call.code}${call.message ? `: ${call.message}` : ""}</dd>
    ${[["metadata", call.metadata], ["request", call.request], ["response", call.response]].map(([name, content]) =>
      content && Object.keys(content).length ? html`<dt>${name}</dt><dd><pre tabindex="0" aria-label=${name}>${jsonText(content)}</pre></dd>` : null)}
  </dl>`;
}
