// What of a long list is in sight, and the keys that move through it. Only rows in sight are drawn.

import { useEffect, useRef, useState } from "./vendor/preact.js";

const ROWS_BEYOND = 5;

/** What is in sight of a list: how far it is scrolled, how high it is, and how wide the plots in it are, in pixels. @typedef {{top: number, height: number, plot: number}} Sight */

/** The element that scrolls, and what of it is in sight. */
export function useSight() {
  const scroller = useRef(/** @type {HTMLElement | null} */ (null));
  const [sight, setSight] = useState(/** @type {Sight} */ ({ top: 0, height: 600, plot: 640 }));
  useEffect(() => {
    const element = /** @type {HTMLElement} */ (scroller.current);
    const measure = () => {
      const plot = element.querySelector(".plot-cell")?.clientWidth || 640;
      setSight((before) =>
        before.top === element.scrollTop && before.height === element.clientHeight && before.plot === plot
          ? before
          : { top: element.scrollTop, height: element.clientHeight, plot },
      );
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    element.addEventListener("scroll", measure, { passive: true });
    measure();
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", measure);
    };
  }, []);
  return /** @type {const} */ ([scroller, sight]);
}

/**
 * The rows to draw: those in sight, and a few above and below.
 * @param {Sight} sight
 * @param {number} count How many rows there are.
 * @param {number} rowPixels How high each is.
 */
export function rowsInSight({ top, height }, count, rowPixels) {
  return {
    first: Math.max(0, Math.floor(top / rowPixels) - ROWS_BEYOND),
    last: Math.min(count, Math.ceil((top + height) / rowPixels) + ROWS_BEYOND),
  };
}

/**
 * Where a key leads to from a row; undefined for a key that moves nothing. The row is scrolled into sight.
 * @param {HTMLElement} scroller
 * @param {string} key
 * @param {number} from
 * @param {number} count
 * @param {number} rowPixels
 */
export function moveByKey(scroller, key, from, count, rowPixels) {
  const page = Math.max(1, Math.floor(scroller.clientHeight / rowPixels) - 1);
  /** @type {Record<string, number>} */
  const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -count, End: count };
  if (!(key in steps)) return undefined;
  const to = Math.max(0, Math.min(count - 1, from + steps[key]));
  const [top, bottom] = [to * rowPixels, (to + 1) * rowPixels];
  if (top < scroller.scrollTop) scroller.scrollTop = top;
  else if (bottom > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = bottom - scroller.clientHeight;
  return to;
}
