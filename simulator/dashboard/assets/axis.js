// The time axis of a timeline, on which a part can be chosen with the mouse.

/** @import { Axis as AxisValues } from "./rows.js" */
/** @import { Zoom } from "./zoom.js" */

import { percent } from "./rows.js";
import { ticks } from "./times.js";
import { html, useRef, useState } from "./vendor/preact.js";

const TICK_PIXELS = 90;
const DRAG_PIXELS = 4;

/** @param {AxisValues} axis */
const ticksOf = (axis) => ticks(axis.from, axis.to, axis.origin, Math.max(2, Math.floor(axis.pixels / TICK_PIXELS)));

/** @param {{axis: AxisValues, zoom: Zoom}} properties */
export function Axis({ axis, zoom }) {
  const start = useRef(Number.NaN);
  const [dragged, setDragged] = useState(/** @type {{x: number, width: number} | null} */ (null));
  /** @param {MouseEvent} event */
  const pixelsOf = (event) => event.clientX - /** @type {Element} */ (event.currentTarget).getBoundingClientRect().left;
  /** @param {number} pixels */
  const timeOf = (pixels) => axis.from + (pixels / axis.pixels) * (axis.to - axis.from);
  /** @param {PointerEvent} event */
  const down = (event) => {
    /** @type {Element} */ (event.currentTarget).setPointerCapture(event.pointerId);
    start.current = pixelsOf(event);
  };
  /** @param {PointerEvent} event */
  const move = (event) => {
    if (Number.isNaN(start.current)) return;
    const pixels = pixelsOf(event);
    setDragged({ x: Math.min(pixels, start.current), width: Math.abs(pixels - start.current) });
  };
  /** @param {PointerEvent} event */
  const up = (event) => {
    const pixels = pixelsOf(event);
    const [from, to] = [Math.min(pixels, start.current), Math.max(pixels, start.current)];
    start.current = Number.NaN;
    setDragged(null);
    if (to - from > DRAG_PIXELS) zoom.show(timeOf(from), timeOf(to));
  };
  /** @param {WheelEvent} event */
  const wheel = (event) => {
    event.preventDefault();
    zoom.by(event.deltaY > 0 ? 1.25 : 0.8, timeOf(pixelsOf(event)));
  };
  return html`<svg class="axis" width="100%" height="22" aria-hidden="true" onPointerDown=${down} onPointerMove=${move}
      onPointerUp=${up} onWheel=${wheel}>
    <title>Drag to zoom into a part; the wheel zooms too</title>
    <rect class="handle" width="100%" height="100%" />
    ${dragged && html`<rect class="dragged" x=${dragged.x} width=${dragged.width} height="100%" />`}
    ${ticksOf(axis).map((tick) => html`<text x=${percent(tick.at, axis)} y="15">${tick.text}</text>`)}
  </svg>`;
}

/** @param {{axis: AxisValues, height: number}} properties */
export function Grid({ axis, height }) {
  return html`<div class="grid-back" style="height:${height}px" aria-hidden="true"><svg width="100%" height="100%">
    ${ticksOf(axis).map((tick) => html`<line x1=${percent(tick.at, axis)} x2=${percent(tick.at, axis)} y1="0" y2="100%" />`)}
  </svg></div>`;
}
