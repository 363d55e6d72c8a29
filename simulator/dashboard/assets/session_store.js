// What the page knows of the session that it shows: its events, read into restores and calls, and its clock.

/** @import { Event } from "./history.js" */

import { ControlError, callControl, sessionPath } from "./control_api.js";
import { followEvents } from "./event_stream.js";
import { SessionLog } from "./session_log.js";
import { parseTime } from "./times.js";

const SESSION_MILLISECONDS = 1000;
const REFRESH_MILLISECONDS = 5000;
/** How many events a page begins with, the latest. */
export const EVENTS_FIRST = 20_000;
/** The event that the document gets when the server answers, at first or again. */
export const CONNECTED = "connected";

/** A session and its clusters, as the control API describes them. @typedef {Record<string, any>} Session */

/** Follows one session. Subscribers are called at most once a frame, when something is new. */
export class SessionStore {
  /** @param {string} id */
  constructor(id) {
    this.id = id;
    this.isConnected = false;
    /** @type {ControlError | null} Why nothing comes any more. */
    this.ended = null;
    /** @type {Session | null} */
    this.session = null;
    this.version = 0;
    this._toldAt = 0;
    /** @type {Set<() => void>} */
    this._listeners = new Set();
    this._frame = 0;
    this._askAgain = false;
    this._asking = false;
    this._pause = 0;
    this.log = new SessionLog();
    // Rules and clocks change without an event.
    this._timer = setInterval(() => this.isConnected && !document.hidden && this.refresh(), REFRESH_MILLISECONDS);
    this._stop = this._follow(EVENTS_FIRST);
  }

  /** @param {number} latest */
  _follow(latest) {
    /** Whether all events were asked for that the server keeps. */
    this.hasAll = latest === Infinity;
    return followEvents(this.id, {
      onEvents: (events) => this._take(events),
      onRestart: () => this._restart(),
      onConnection: (connected) => this._connection(connected),
      onEnd: (error) => this._end(error),
    }, latest);
  }

  /** Read all events that the server keeps, from the first. */
  showAll() {
    this._stop();
    this._restart();
    this._stop = this._follow(Infinity);
  }

  /** Stop following. */
  close() {
    this._stop();
    clearInterval(this._timer);
    clearTimeout(this._pause);
    cancelAnimationFrame(this._frame);
    this._listeners.clear();
  }

  /**
   * Call a method of the control API about this session. If the session is not there, the store has ended.
   * @param {string} method Of HTTP.
   * @param {string} [rest] What follows the path of the session.
   * @param {object} [body]
   * @returns {Promise<any>} What it answers.
   * @throws {ControlError}
   */
  async call(method, rest = "", body) {
    if (this.ended) throw this.ended;
    try {
      return await callControl(method, sessionPath(this.id, rest), body);
    } catch (error) {
      if (error instanceof ControlError && error.endsSession) this._end(error);
      throw error;
    }
  }

  /** @param {() => void} listener */
  subscribe(listener) {
    this._listeners.add(listener);
    return () => this._listeners.delete(listener);
  }

  /** The time in the world, in microseconds since 1970: a wall clock goes on between two answers of the server. */
  get now() {
    if (!this.session) return Number.isNaN(this.log.history.endedAt) ? 0 : this.log.history.endedAt;
    const { clock, speed, paused } = this.session;
    const elapsed = this.isRunning ? (performance.now() - this._toldAt) * 1000 * speed : 0;
    const told = parseTime(this.session.now) + (clock === "wall" && !paused ? elapsed : 0);
    return Math.max(told, this.log.history.endedAt || 0);
  }

  /** Whether its time moves by itself. */
  get isRunning() {
    return this.isConnected && this.session?.clock === "wall" && !this.session.paused;
  }

  /** Whether it has read the events that there were when the server was last asked. */
  get isRead() {
    return this.session !== null && this.log.history.lastSequence >= Number(this.session.lastEvent);
  }

  /** When its history begins; without one, now. */
  get startedAt() {
    return Number.isNaN(this.log.history.startedAt) ? this.now : this.log.history.startedAt;
  }

  /** Ask for its clock, its counts and its clusters, soon; what comes in the meantime is one question more. */
  async refresh() {
    if (this._asking) {
      this._askAgain = true;
      return;
    }
    this._asking = true;
    try {
      const before = this.session;
      const [session, usage] = await Promise.all([this.call("GET"), this.call("GET", "/clusters")]);
      // What was told in the meantime is newer than the answer.
      if (this.session !== before) this._askAgain = true;
      else {
        this._toldAt = performance.now();
        this.session = { ...session, ...usage };
        this._changed();
      }
    } catch {
      // Without the server it is asked again when the connection is back; an end is told to all.
    }
    this._pause = setTimeout(() => {
      this._asking = false;
      if (this._askAgain) this.refresh();
      this._askAgain = false;
    }, SESSION_MILLISECONDS);
  }

  /** @param {Session} told What an answer has told. */
  tell(told) {
    this.session = { ...this.session, ...told };
    if (told.now) this._toldAt = performance.now();
    this._changed();
  }

  /** @param {Event[]} events */
  _take(events) {
    for (const event of events) this.log.add(event);
    this.refresh();
    this._changed();
  }

  _restart() {
    this.log = new SessionLog();
    this.refresh();
    this._changed();
  }

  /** @param {boolean} connected */
  _connection(connected) {
    if (connected) this.refresh();
    if (connected !== this.isConnected) {
      this.isConnected = connected;
      if (connected) document.dispatchEvent(new CustomEvent(CONNECTED));
      this._changed();
    }
  }

  /** @param {ControlError} error */
  _end(error) {
    this.ended = error;
    this.isConnected = false;
    // Told at once, so that no panel that asked in vain shows the same before it is gone.
    for (const listener of this._listeners) listener();
    this.close();
  }

  _changed() {
    this.version += 1;
    if (this._frame) return;
    this._frame = requestAnimationFrame(() => {
      this._frame = 0;
      for (const listener of this._listeners) listener();
    });
  }
}
