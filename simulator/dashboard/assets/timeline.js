// A timeline: a row for each lane and each restore. Only rows in sight are drawn.

/** @import { Lane, Mark, Restore } from "./history.js" */

import { Axis as AxisLine, Grid } from "./axis.js";
import { endOf, phaseOf } from "./history.js";
import { Legend, Symbols } from "./legend.js";
import { isFinal, outcomeLook } from "./phases.js";
import { LanePlot, RestorePlot, densityFor } from "./rows.js";
import { moveByKey, rowsInSight, useSight } from "./sight.js";
import { briefText, durationText } from "./times.js";
import { html, useState } from "./vendor/preact.js";
import { ZoomButtons, useZoom, zoomByKey } from "./zoom.js";

/**
 * What has been selected: a restore or a lane, or marks of one.
 * @typedef {{title: string, restore?: Restore, lane?: Lane, marks: Mark[]}} Selection
 */

/**
 * Draw what happened.
 * @param {object} properties
 * @param {Restore[]} properties.restores Those to show, in their order.
 * @param {Lane[]} properties.lanes What to show above them.
 * @param {number} properties.from From when on times are counted, in microseconds.
 * @param {number} properties.now When live restores end.
 * @param {import("./zoom.js").Range} [properties.range] What is seen before somebody zooms; all unless it is given.
 * @param {(selection: Selection) => void} properties.onSelect Called when somebody opens a row or marks.
 * @param {string} [properties.selected] The title or uid of what is selected.
 */
export function Timeline({ restores, lanes, from, now, range = { from, to: now }, onSelect, selected }) {
  const zoom = useZoom(range);
  const [scroller, sight] = useSight();
  const [active, setActive] = useState(0);
  const count = lanes.length + restores.length;
  const density = densityFor(restores.length);
  const axis = { from: zoom.from, to: zoom.to, origin: from, pixels: Math.max(1, sight.plot) };
  const { first, last } = rowsInSight(sight, count, density.row);
  // Whatever is in sight, the keyboard reaches one row of it.
  const reachable = Math.max(first, Math.min(active, last - 1));

  /** @param {number} index */
  const selectionOf = (index) => {
    const lane = lanes[index];
    const restore = restores[index - lanes.length];
    return lane ? { title: lane.title, lane, marks: lane.marks } : { title: restore.name, restore, marks: restore.marks };
  };
  /** @param {KeyboardEvent} event */
  const onKeyDown = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const element = /** @type {HTMLElement} */ (scroller.current);
    const { row } = /** @type {HTMLElement} */ (event.target).dataset; // new rows move the one that has the focus
    const moved = moveByKey(element, event.key, Number(row ?? active), count, density.row);
    if (moved !== undefined) {
      setActive(moved);
      focusRow(element, moved);
    } else if (!zoomByKey(zoom, event.key)) return;
    event.preventDefault();
  };
  const rows = [];
  for (let index = first; index < last; index += 1) {
    const selection = selectionOf(index);
    rows.push(html`<${Row} key=${selection.restore?.uid ?? `lane ${selection.title}`} index=${index} selection=${selection}
      axis=${axis} density=${density} now=${now} isActive=${index === reachable} onSelect=${onSelect}
      isSelected=${selected !== undefined && selected === (selection.restore?.uid ?? selection.title)} onFocus=${() => setActive(index)} />`);
  }
  return html`<div class="timeline">
    <${Symbols} />
    <${Legend} />
    <div class="axis-row"><${AxisLine} axis=${axis} zoom=${zoom} /><${ZoomButtons} zoom=${zoom} /></div>
    <div class="scroller" ref=${scroller} onKeyDown=${onKeyDown}>
      <${Grid} axis=${axis} height=${count * density.row} />
      <div class="rows ${density.labels ? "roomy" : ""}" role="grid" aria-label="Timeline" aria-rowcount=${count} style="height:${count * density.row}px;--row:${density.row}px">${rows}</div>
    </div>
  </div>`;
}

/**
 * @param {object} properties
 * @param {number} properties.index
 * @param {Selection} properties.selection
 * @param {import("./rows.js").Axis} properties.axis
 * @param {import("./rows.js").Density} properties.density
 * @param {number} properties.now
 * @param {boolean} properties.isActive
 * @param {boolean} properties.isSelected
 * @param {(selection: Selection) => void} properties.onSelect
 * @param {() => void} properties.onFocus
 */
function Row({ index, selection, axis, density, now, isActive, isSelected, onSelect, onFocus }) {
  const { restore, lane, title } = selection;
  const open = () => onSelect(selection);
  /** @param {Mark[]} marks */
  const onMarks = (marks) => onSelect({ ...selection, marks });
  const plot = restore
    ? html`<${RestorePlot} restore=${restore} axis=${axis} density=${density} now=${now} onMarks=${onMarks} />`
    : html`<${LanePlot} lane=${lane} axis=${axis} density=${density} now=${now} onMarks=${onMarks} />`;
  return html`<div class="row ${restore ? "restore" : "lane"} ${index % 2 ? "odd" : ""} ${isSelected ? "selected" : ""}" role="row"
      aria-rowindex=${index + 1} aria-selected=${isSelected} style="top:${index * density.row}px" onClick=${open}>
    <span role="rowheader" class="name"><button type="button" title=${restore ? `${title}\n${restore.uid}` : title}
      tabindex=${isActive ? 0 : -1} data-row=${index} onFocus=${onFocus}>${title}</button></span>
    <span role="gridcell" class="plot-cell">${plot}</span>
    <span role="gridcell" class="outcome-cell">${restore && html`<${Outcome} restore=${restore} now=${now} />`}</span>
  </div>`;
}

/** @param {{restore: Restore, now: number}} properties */
function Outcome({ restore, now }) {
  const phase = phaseOf(restore);
  const look = outcomeLook(phase);
  const took = endOf(restore, now) - restore.phases[0].at;
  const text = isFinal(phase) ? durationText(took) : `live after ${briefText(took)}`;
  return html`<span class="outcome ${look.symbol}" title="${phase}, ${text}\n${restore.errorMessage}"><b aria-label=${phase}>${look.sign}</b> ${text} <small>${restore.errorCode}</small></span>`;
}

/**
 * Focus a row once it is drawn.
 * @param {HTMLElement} scroller
 * @param {number} index
 */
function focusRow(scroller, index) {
  requestAnimationFrame(() =>
    requestAnimationFrame(() => /** @type {HTMLElement | null} */ (scroller.querySelector(`[data-row="${index}"]`))?.focus()),
  );
}
