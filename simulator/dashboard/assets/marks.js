// Gathers marks that would hide each other into one with a number.

/** @import { Mark } from "./history.js" */

const MARK_PIXELS = 11;
const LABEL_GAP_PIXELS = 4;
const CHARACTER_PIXELS = 7;

/**
 * Marks that share a place, which is that of the first.
 * @typedef {{marks: Mark[], failed: number}} Group
 */

/**
 * The number to write beside a group, `failed/all` where only some have failed; empty for a single mark.
 * @param {Group} group
 */
export function groupLabel({ marks, failed }) {
  if (marks.length === 1) return "";
  return failed > 0 && failed < marks.length ? `${failed}/${marks.length}` : String(marks.length);
}

/**
 * Gather marks, given in order of time, so that neither marks nor labels overlap at a scale.
 * @param {Mark[]} marks
 * @param {number} pixelsPerMicrosecond
 * @returns {Group[]}
 */
export function grouped(marks, pixelsPerMicrosecond) {
  /** @type {Group[]} */
  const groups = [];
  for (const mark of marks) {
    const last = groups[groups.length - 1];
    const group = last && (mark.at - last.marks[0].at) * pixelsPerMicrosecond < widthPixels(last) ? last : { marks: [], failed: 0 };
    if (group !== last) groups.push(group);
    group.marks.push(mark);
    group.failed += mark.kind === "failed-call" ? 1 : 0;
  }
  return groups;
}

/** @param {Group} group */
function widthPixels(group) {
  const label = groupLabel(group);
  return MARK_PIXELS + (label ? LABEL_GAP_PIXELS + CHARACTER_PIXELS * label.length : 0);
}

/**
 * The marks between two times, of marks in order of time.
 * @param {Mark[]} marks
 * @param {number} from
 * @param {number} to
 */
export function marksBetween(marks, from, to) {
  return marks.slice(firstFrom(marks, from), firstFrom(marks, to + 1));
}

/**
 * @param {Mark[]} marks
 * @param {number} at
 */
function firstFrom(marks, at) {
  let low = 0;
  let high = marks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (marks[middle].at < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
