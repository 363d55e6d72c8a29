// Times and durations for people, and where the ticks of a time axis go. All times are in microseconds.

export const SECOND = 1_000_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** @type {[number, string][]} */
const UNITS = [[DAY, "d"], [HOUR, "h"], [MINUTE, "min"]];

const STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500].map((milliseconds) => milliseconds * 1000),
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 7, 14, 28].map((days) => days * DAY),
];

/**
 * Read a time of the control API, such as `2025-01-01T00:00:00.000250Z`.
 * @param {string} text
 * @returns {number} Microseconds since 1970.
 */
export function parseTime(text) {
  const [, seconds, fraction = ""] = /^([^.Z]*)(?:\.(\d+))?Z$/.exec(text) ?? ["", text];
  return Date.parse(`${seconds}Z`) * 1000 + Number(fraction.slice(0, 6).padEnd(6, "0"));
}

/**
 * Write a time of day, as UTC.
 * @param {number} time Microseconds since 1970.
 */
export const timeText = (time) => new Date(time / 1000).toISOString().replace("T", " ").replace(/\.?0*Z$/, "");

/**
 * Write a duration to the millisecond: `1 h 2 min 38.4 s`.
 * @param {number} duration Microseconds.
 */
export function durationText(duration) {
  let milliseconds = Math.round(duration / 1000);
  if (milliseconds === 0 && duration > 0) return `${Math.round(duration)} µs`;
  if (milliseconds > 0 && milliseconds < 1000) return `${milliseconds} ms`;
  const parts = [];
  for (const [unit, name] of UNITS) {
    const count = Math.floor((milliseconds * 1000) / unit);
    milliseconds -= (count * unit) / 1000;
    if (count) parts.push(`${count} ${name}`);
  }
  if (milliseconds || !parts.length) parts.push(`${milliseconds / 1000} s`);
  return parts.join(" ");
}

/**
 * Write how long something has lasted that goes on, in two units at most, and whole seconds from the first on: `1 h 2 min`.
 * @param {number} duration Microseconds.
 */
export const briefText = (duration) =>
  durationText(duration < SECOND ? duration : duration - (duration % SECOND)).split(" ").slice(0, 4).join(" ");

/**
 * Choose round times between two, counted from an origin.
 * @param {number} from
 * @param {number} to
 * @param {number} origin
 * @param {number} countMax
 */
export function ticks(from, to, origin, countMax) {
  let step = STEPS.find((candidate) => to - from <= candidate * countMax) ?? STEPS[STEPS.length - 1];
  while (to - from > step * countMax) step *= 2;
  const found = [];
  for (let at = Math.ceil((from - origin) / step) * step; at <= to - origin; at += step) {
    found.push({ at: origin + at, text: at ? durationText(at) : "0" });
  }
  return found;
}
