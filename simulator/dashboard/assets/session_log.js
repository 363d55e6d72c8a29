// The events of a session, read into what the panels show: restores, calls, and the rules that met these.

/** @import { Event, Restore } from "./history.js" */

import { History } from "./history.js";

/**
 * A call that was answered, as its event tells it.
 * @typedef {object} CallRow
 * @property {number} call Its number in the order of arrival.
 * @property {number} at Microseconds since 1970.
 * @property {string} method
 * @property {string} code
 * @property {string} message
 * @property {string} caller
 * @property {string} subject
 */

/** What happened in a session, as far as its server still knows. */
export class SessionLog {
  constructor() {
    this.history = new History();
    /** How many events came before the first one here. */
    this.earlierCount = 0;
    /** @type {Restore[]} In the order in which they were created. */
    this.restores = [];
    /** @type {CallRow[]} In the order of the answers. */
    this.calls = [];
    /** @type {Map<number, string[]>} The rules that met a call, by its number. */
    this._rules = new Map();
  }

  /**
   * Take in the next event; one that is not newer than the last is left out.
   * @param {Event} event
   */
  add(event) {
    const restoresBefore = this.history.restores.size;
    if (!this.history.lastSequence) this.earlierCount = Number(event.sequence) - 1;
    if (!this.history.add(event)) return;
    if (event.transition && this.history.restores.size > restoresBefore) {
      this.restores.push(/** @type {Restore} */ (this.history.restores.get(event.transition.restore)));
    } else if (event.rpc) {
      const { method, code, message = "", caller = "", subject = "", call = 0 } = event.rpc;
      this.calls.push({ call: Number(call), at: this.history.endedAt, method, code, message, caller, subject });
    } else if (Number(event.fault?.call ?? 0)) {
      const call = Number(event.fault?.call);
      this._rules.set(call, [...this.rulesOf(call), event.fault?.rule ?? ""]);
    }
  }

  /**
   * The rules that met a call.
   * @param {number} call Its number in the order of arrival.
   */
  rulesOf(call) {
    return this._rules.get(call) ?? [];
  }
}
