// The shapes of marks, and what they and the colours mean.

import { PHASE_TITLES, phaseClass } from "./phases.js";
import { html } from "./vendor/preact.js";

/** The shapes, drawn around (0, 0) in a box of 10 by 10. Signs of outcomes stand behind the end of their bar. */
const SHAPES = [
  { id: "fault", offset: 0, shape: html`<path d="M-5 -4.5H5L0 5Z" fill="currentColor" />` },
  { id: "call", offset: 0, shape: html`<path d="M0 -5V5" stroke="currentColor" stroke-width="2.2" />` },
  { id: "failed-call", offset: 0, shape: html`<path d="M-4 -4L4 4M4 -4L-4 4" stroke="currentColor" stroke-width="3.2" />` },
  { id: "change", offset: 0, shape: html`<circle r="3.6" fill="none" stroke="currentColor" stroke-width="2" />` },
  {
    id: "successful",
    offset: 8,
    shape: html`<circle r="5.5" fill="currentColor" /><path d="M-2.8 0.2L-0.8 2.4L3 -2" fill="none" stroke="var(--on-sign)" stroke-width="1.7" />`,
  },
  {
    id: "failed",
    offset: 8,
    shape: html`<path d="M-5 -5H5V5H-5Z" fill="currentColor" /><path d="M-3 -3L3 3M3 -3L-3 3" stroke="var(--on-sign)" stroke-width="1.7" />`,
  },
  { id: "live", offset: 8, shape: html`<path d="M-3 -4.5L3 0L-3 4.5" fill="none" stroke="currentColor" stroke-width="2" />` },
];

/** @type {[string, string, string?][]} Shapes, what they mean, and more about that. */
const MEANINGS = [
  ["successful", "successful"],
  ["failed", "failed"],
  ["live", "live"],
  ["fault", "fault"],
  ["call", "call"],
  ["failed-call", "failed call", "Where calls are close together, 1/3 says that one of three failed."],
  ["change", "change of the world"],
];

/** The shapes, to be used by what is drawn. */
export function Symbols() {
  return html`<svg class="symbols" aria-hidden="true"><defs>
    ${SHAPES.map(({ id, offset, shape }) => html`<symbol id="mark-${id}" viewBox="0 0 10 10" overflow="visible">
      <rect class="hit" x="-6" y="-6" width="12" height="12" /><g transform="translate(${offset})">${shape}</g></symbol>`)}
    <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="2" height="6" fill="var(--gone)" /></pattern>
  </defs></svg>`;
}

/** What the colours and shapes mean. */
export function Legend() {
  return html`<ul class="legend" aria-label="Legend">
    ${Object.entries(PHASE_TITLES).map(([phase, title]) => html`<li title=${phase}><svg width="16" height="12" aria-hidden="true"><rect class="phase ${phaseClass(phase)}" width="16" height="12" /></svg>${title}</li>`)}
    ${MEANINGS.map(([symbol, text, more]) => html`<li title=${more}><svg width="12" height="12" aria-hidden="true">
      <use class="mark ${symbol}" href="#mark-${symbol}" x=${isOutcome(symbol) ? -2 : 6} y="6" width="10" height="10" /></svg>${text}</li>`)}
    <li><svg width="16" height="12" aria-hidden="true"><rect class="gone" width="16" height="12" /></svg>cluster or credentials gone</li>
  </ul>`;
}

/** @param {string} symbol */
const isOutcome = (symbol) => symbol === "successful" || symbol === "failed" || symbol === "live";
