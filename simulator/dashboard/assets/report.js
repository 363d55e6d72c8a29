// Draws the timeline of a report: a page that has all that it shows in itself.

import { Details } from "./details.js";
import { History } from "./history.js";
import { Timeline } from "./timeline.js";
import { html, render, useState } from "./vendor/preact.js";

/**
 * @typedef {object} Data
 * @property {import("./history.js").Event[]} events
 * @property {Record<string, import("./details.js").Call>} calls By the numbers that events have for them.
 */

/**
 * Draw into an element.
 * @param {Element} element
 * @param {Data} data
 */
export function drawReport(element, { events, calls }) {
  const history = new History();
  for (const event of events) history.add(event);
  render(html`<${Report} history=${history} calls=${calls} />`, element);
}

/** @param {{history: History, calls: Data["calls"]}} properties */
function Report({ history, calls }) {
  const [selection, select] = useState(/** @type {import("./timeline.js").Selection | null} */ (null));
  return html`<${Timeline} restores=${[...history.restores.values()]} lanes=${history.lanes} from=${history.startedAt}
      now=${history.endedAt} onSelect=${select} selected=${selection?.restore?.uid ?? selection?.title} />
    ${selection && html`<${Details} selection=${selection} origin=${history.startedAt} callOf=${(/** @type {number} */ call) => calls[call]} onClose=${() => select(null)} />`}`;
}
