// A row of a timeline: its bars, its marks and its outcome, on a time axis.

/** @import { Lane, Mark, Restore } from "./history.js" */
/** @import { Group } from "./marks.js" */

import { endOf, phaseOf } from "./history.js";
import { groupLabel, grouped, marksBetween } from "./marks.js";
import { PHASE_TITLES, isFinal, outcomeLook, phaseClass } from "./phases.js";
import { durationText } from "./times.js";
import { html } from "./vendor/preact.js";

const TEXTS_SHOWN = 12;
const LABEL_CHARACTER_PIXELS = 6.6;
const LABEL_MARGIN_PIXELS = 10;

/**
 * What of the time is seen, and how wide that is.
 * @typedef {{from: number, to: number, origin: number, pixels: number}} Axis
 */

/**
 * How much room a row has, in pixels.
 * @typedef {{row: number, bar: number, mark: number, labels: boolean}} Density
 */

/**
 * How much room each of so many rows gets.
 * @param {number} count
 * @returns {Density}
 */
export function densityFor(count) {
  if (count <= 12) return { row: 46, bar: 18, mark: 10, labels: true };
  return count <= 40 ? { row: 36, bar: 13, mark: 9, labels: true } : { row: 24, bar: 8, mark: 7, labels: false };
}

/** @typedef {(marks: Mark[]) => void} OnMarks */

/**
 * The plot of a restore.
 * @param {{restore: Restore, axis: Axis, density: Density, now: number, onMarks: OnMarks}} properties
 */
export function RestorePlot({ restore, axis, density, now, onMarks }) {
  const end = endOf(restore, now);
  const phase = phaseOf(restore);
  const bars = restore.phases.filter((entry) => !isFinal(entry.phase)).map((entry, index) => {
    const to = restore.phases[index + 1]?.at ?? end;
    const title = `${restore.name}\n${entry.phase}\n${rangeText(entry.at, to, axis)}`;
    const label = density.labels ? PHASE_TITLES[/** @type {keyof typeof PHASE_TITLES} */ (entry.phase)] : "";
    return { from: entry.at, to, title, kind: `phase ${phaseClass(entry.phase)}`, label };
  });
  const { symbol } = outcomeLook(phase);
  const reason = [restore.errorCode, restore.errorMessage].filter(Boolean).join(": ");
  const title = [restore.name, `${phase} at ${durationText(end - axis.origin)}`, reason].filter(Boolean).join("\n");
  return html`<${Plot} axis=${axis} density=${density} bars=${bars} onMarks=${onMarks}
    marks=${restore.marks.filter((mark) => mark.kind !== "transition")} name=${restore.name}>
    ${inside(end, axis) && html`<g class="mark ${symbol}"><title>${title}</title>
      <use href="#mark-${symbol}" x=${percent(end, axis)} y=${density.row / 2} width=${density.bar} height=${density.bar} /></g>`}
  <//>`;
}

/**
 * The plot of a lane.
 * @param {{lane: Lane, axis: Axis, density: Density, now: number, onMarks: OnMarks}} properties
 */
export function LanePlot({ lane, axis, density, now, onMarks }) {
  const bars = lane.spans.map((span) => {
    const still = span.to === null ? ", still so" : "";
    const to = span.to ?? now;
    return { from: span.from, to, title: `${lane.title}\n${span.text}${still}\n${rangeText(span.from, to, axis)}`, kind: "gone", label: "" };
  });
  return html`<${Plot} axis=${axis} density=${density} bars=${bars} marks=${lane.marks} name=${lane.title} onMarks=${onMarks}>
    <line class="base" x1="0" x2="100%" y1=${density.row / 2} y2=${density.row / 2} />
  <//>`;
}

/**
 * @typedef {{from: number, to: number, title: string, kind: string, label: string}} Bar
 * @param {{axis: Axis, density: Density, bars: Bar[], marks: Mark[], name: string, onMarks: OnMarks, children: unknown}} properties
 */
function Plot({ axis, density, bars, marks, name, onMarks, children }) {
  const scale = axis.pixels / (axis.to - axis.from);
  const seen = marksBetween(marks, axis.from, axis.to);
  const above = (density.row - density.bar) / 4;
  const below = bars.length ? density.row - above : density.row / 2;
  /** @param {Group} group @param {number} y */
  const draw = (group, y) => html`<${MarkGroup} group=${group} axis=${axis} y=${y} size=${density.mark} name=${name} onMarks=${onMarks} />`;
  return html`<svg class="plot" width="100%" height=${density.row}>
    ${children}
    ${bars.filter((bar) => bar.to >= axis.from && bar.from <= axis.to).map((bar) => html`<${BarShape} bar=${bar} axis=${axis} density=${density} scale=${scale} />`)}
    ${grouped(seen.filter((mark) => mark.kind === "fault"), scale).map((group) => draw(group, above))}
    ${grouped(seen.filter((mark) => mark.kind !== "fault"), scale).map((group) => draw(group, below))}
  </svg>`;
}

/** @param {{bar: Bar, axis: Axis, density: Density, scale: number}} properties */
function BarShape({ bar, axis, density, scale }) {
  const from = Math.max(bar.from, axis.from);
  const to = Math.min(bar.to, axis.to);
  const width = (to - from) * scale;
  const fits = bar.label && width >= bar.label.length * LABEL_CHARACTER_PIXELS + LABEL_MARGIN_PIXELS;
  const x = percent(from, axis);
  return html`<rect class=${bar.kind} x=${x} width="${((to - from) / (axis.to - axis.from)) * 100}%"
      y=${(density.row - density.bar) / 2} height=${density.bar}><title>${bar.title}</title></rect>
    ${fits && html`<text class="inside ${bar.kind}" x=${x} dx="5" y=${density.row / 2}>${bar.label}</text>`}`;
}

/** @param {{group: Group, axis: Axis, y: number, size: number, name: string, onMarks: OnMarks}} properties */
function MarkGroup({ group, axis, y, size, name, onMarks }) {
  const symbol = group.failed ? "failed-call" : group.marks[0].kind;
  const lines = group.marks.slice(0, TEXTS_SHOWN).map((mark) => `${durationText(mark.at - axis.origin)}  ${mark.text}`);
  const hidden = group.marks.length - TEXTS_SHOWN;
  const label = groupLabel(group);
  const x = percent(group.marks[0].at, axis);
  /** @param {MouseEvent} event */
  const open = (event) => {
    event.stopPropagation();
    onMarks(group.marks);
  };
  return html`<g class="mark ${symbol}" data-about=${name} onClick=${open}>
    <title>${(hidden > 0 ? [...lines, `… and ${hidden} more`] : lines).join("\n")}</title>
    <use href="#mark-${symbol}" x=${x} y=${y} width=${size} height=${size} />
    ${label && html`<text class="count" x=${x} dx=${size * 0.7} y=${y}>${label}</text>`}
  </g>`;
}

/** @param {number} at @param {Axis} axis */
export const percent = (at, axis) => `${((at - axis.from) / (axis.to - axis.from)) * 100}%`;

/** @param {number} at @param {Axis} axis */
const inside = (at, axis) => at >= axis.from && at <= axis.to;

/** @param {number} from @param {number} to @param {Axis} axis */
const rangeText = (from, to, axis) =>
  `${durationText(from - axis.origin)} to ${durationText(to - axis.origin)} (${durationText(to - from)})`;
