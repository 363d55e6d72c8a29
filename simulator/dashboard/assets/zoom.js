// What part of the time a timeline shows, and the ways to change that.

import { SECOND } from "./times.js";
import { html, useState } from "./vendor/preact.js";

/** @typedef {{from: number, to: number}} Range */

const FACTOR = 2;
const LEAST = 1000;

/**
 * The part of a range that is seen; all of it until somebody zooms in.
 * @param {Range} whole
 */
export function useZoom(whole) {
  const [chosen, choose] = useState(/** @type {Range | null} */ (null));
  const all = whole.to > whole.from ? whole : { from: whole.from, to: whole.from + SECOND };
  const seen = chosen ?? all;
  /** @param {number} from @param {number} to */
  const show = (from, to) => {
    const length = Math.max(LEAST, Math.min(to - from, all.to - all.from));
    const start = Math.min(Math.max(from, all.from), all.to - length);
    choose(length >= all.to - all.from ? null : { from: start, to: start + length });
  };
  return {
    ...seen,
    isWhole: chosen === null,
    show,
    /** @param {number} factor @param {number} [around] */
    by: (factor, around = (seen.from + seen.to) / 2) =>
      show(around - (around - seen.from) * factor, around + (seen.to - around) * factor),
    /** @param {number} part */
    move: (part) => show(seen.from + (seen.to - seen.from) * part, seen.to + (seen.to - seen.from) * part),
    all: () => choose(null),
  };
}

/** @typedef {ReturnType<typeof useZoom>} Zoom */

/**
 * The keys that zoom: + and −, 0 for all, and the arrows to the left and right.
 * @param {Zoom} zoom
 * @param {string} key
 * @returns {boolean} Whether it was one of them.
 */
export function zoomByKey(zoom, key) {
  /** @type {Record<string, () => void>} */
  const actions = {
    "+": () => zoom.by(1 / FACTOR),
    "=": () => zoom.by(1 / FACTOR),
    "-": () => zoom.by(FACTOR),
    0: zoom.all,
    ArrowLeft: () => zoom.move(-0.25),
    ArrowRight: () => zoom.move(0.25),
  };
  actions[key]?.();
  return key in actions;
}

/** @param {{zoom: Zoom}} properties */
export function ZoomButtons({ zoom }) {
  return html`<div class="zoom" role="toolbar" aria-label="Zoom">
    <button type="button" aria-label="Zoom in" title="Zoom in (+)" onClick=${() => zoom.by(1 / FACTOR)}>+</button>
    <button type="button" aria-label="Zoom out" title="Zoom out (−)" aria-disabled=${zoom.isWhole} onClick=${() => zoom.by(FACTOR)}>−</button>
    <button type="button" aria-label="Earlier" title="Earlier (←)" aria-disabled=${zoom.isWhole} onClick=${() => zoom.move(-0.25)}>←</button>
    <button type="button" aria-label="Later" title="Later (→)" aria-disabled=${zoom.isWhole} onClick=${() => zoom.move(0.25)}>→</button>
    <button type="button" title="Show all (0)" aria-disabled=${zoom.isWhole} onClick=${zoom.all}>All</button>
  </div>`;
}
