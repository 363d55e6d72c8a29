// Reads the events of a session, one after the other, into what a timeline shows.

import { isFinal } from "./phases.js";
import { parseTime } from "./times.js";

/**
 * An event as the control API writes it.
 * @typedef {object} Event
 * @property {string | number} sequence
 * @property {string} time
 * @property {string} [text]
 * @property {{restore: string, name: string, to: string, errorCode?: string, errorMessage?: string}} [transition]
 * @property {{change: string, uid?: string, name?: string}} [world]
 * @property {{rule: string, effect: string, uid?: string, name?: string, method?: string, call?: string | number}} [fault]
 * @property {{method: string, code: string, subject?: string, message?: string, caller?: string, call?: string | number}} [rpc]
 */

/**
 * Something that happened at one moment.
 * @typedef {object} Mark
 * @property {number} at Microseconds since 1970.
 * @property {"fault" | "call" | "failed-call" | "change" | "transition"} kind
 * @property {string} text
 * @property {number} call The number of the call that it is about; 0 when it is about none.
 */

/**
 * @typedef {object} Restore
 * @property {string} uid
 * @property {string} name
 * @property {{phase: string, at: number}[]} phases Each phase that it came to, and when.
 * @property {string} errorCode
 * @property {string} errorMessage
 * @property {Mark[]} marks What else happened to it.
 */

/**
 * Something about the world was otherwise for a time; `to` is null while it still is.
 * @typedef {{text: string, from: number, to: number | null}} Span
 */

/**
 * What happened beside the restores.
 * @typedef {object} Lane
 * @property {string} title
 * @property {Span[]} spans
 * @property {Mark[]} marks
 * @property {number} open How often what it shows was begun and not ended.
 */

/** @typedef {{mark: Mark, lane: Lane}} Place */

/** Changes of the world that another one ends; those of a kind that adds up end as often as they began. */
const LASTING = [
  { begin: "cluster disconnected", end: "cluster reconnected", kind: "cluster", text: "agent disconnected", addsUp: true },
  { begin: "credentials lost", end: "credentials given back", kind: "backup location", text: "credentials lost", addsUp: false },
];

/**
 * The phase in which a restore is.
 * @param {Restore} restore
 */
export const phaseOf = (restore) => restore.phases[restore.phases.length - 1].phase;

/**
 * When a restore ended; a live one has not, so that is now.
 * @param {Restore} restore
 * @param {number} now
 */
export const endOf = (restore, now) => {
  const last = restore.phases[restore.phases.length - 1];
  return isFinal(last.phase) ? last.at : Math.max(now, last.at);
};

/** All that a timeline shows. */
export class History {
  constructor() {
    /** @type {Map<string, Restore>} By uid, in the order in which they were created. */
    this.restores = new Map();
    /** @type {Lane} */
    this.calls = { title: "calls", spans: [], marks: [], open: 0 };
    /** @type {Lane} */
    this.world = { title: "world", spans: [], marks: [], open: 0 };
    /** @type {Map<string, Lane>} Lanes of what was gone for a time, by uid. */
    this.gone = new Map();
    this.startedAt = Number.NaN;
    this.endedAt = Number.NaN;
    this.lastSequence = 0;
    /** @type {Map<number, string>} What calls were about, by their numbers. */
    this._subjects = new Map();
    /** @type {Map<string, Place[]>} Where marks are until what they are about is known, by its uid. */
    this._waiting = new Map();
    /** @type {Map<number, Place[]>} Likewise, by the number of the call that will tell the uid. */
    this._waitingForCall = new Map();
  }

  /** The lanes in which something happened. */
  get lanes() {
    return [this.calls, this.world, ...this.gone.values()].filter((lane) => lane.spans.length || lane.marks.length);
  }

  /**
   * Take in the next event. One that is not newer than the last is left out, so nothing is shown twice.
   * @param {Event} event
   * @returns {boolean} Whether it was new.
   */
  add(event) {
    const sequence = Number(event.sequence);
    if (sequence <= this.lastSequence) return false;
    this.lastSequence = sequence;
    this.endedAt = parseTime(event.time);
    if (Number.isNaN(this.startedAt)) this.startedAt = this.endedAt;
    if (event.transition) this._transition(event, event.transition);
    else if (event.world) this._change(event, event.world);
    else if (event.fault) this._fault(event, event.fault);
    else if (event.rpc) this._call(event, event.rpc);
    return true;
  }

  /**
   * @param {Event} event
   * @param {NonNullable<Event["transition"]>} told
   */
  _transition(event, told) {
    let restore = this.restores.get(told.restore);
    if (!restore) {
      restore = { uid: told.restore, name: told.name, phases: [], errorCode: "", errorMessage: "", marks: [] };
      this.restores.set(told.restore, restore);
      this._move(take(this._waiting, told.restore, ({ mark }) => mark.kind !== "change"), restore);
    }
    restore.phases.push({ phase: told.to, at: this.endedAt });
    restore.errorCode = told.errorCode ?? "";
    restore.errorMessage = told.errorMessage ?? "";
    restore.marks.push(this._mark(event, "transition"));
  }

  /**
   * @param {Event} event
   * @param {NonNullable<Event["world"]>} told
   */
  _change(event, told) {
    const uid = told.uid ?? "";
    const beginning = LASTING.find((change) => change.begin === told.change);
    const ending = LASTING.find((change) => change.end === told.change);
    const open = this.gone.get(uid);
    if (beginning) this._begin(uid, beginning, told.name ?? "");
    else if (ending && open?.open) {
      open.open -= 1;
      if (!open.open) open.spans[open.spans.length - 1].to = this.endedAt;
    } else this._markWorld(uid, this._mark(event, "change"));
  }

  /**
   * @param {string} uid
   * @param {typeof LASTING[number]} change
   * @param {string} name
   */
  _begin(uid, change, name) {
    let lane = this.gone.get(uid);
    if (!lane) {
      lane = { title: `${change.kind} ${name}`, spans: [], marks: [], open: 0 };
      this.gone.set(uid, lane);
      this._move(take(this._waiting, uid, (place) => place.lane === this.world), lane);
    }
    if (!lane.open) lane.spans.push({ text: change.text, from: this.endedAt, to: null });
    lane.open = change.addsUp ? lane.open + 1 : 1;
  }

  /**
   * @param {Event} event
   * @param {NonNullable<Event["fault"]>} told
   */
  _fault(event, told) {
    const call = Number(told.call ?? 0);
    const mark = this._mark(event, "fault", call);
    const uid = told.uid || this._subjects.get(call) || "";
    if (told.uid && !told.method && !this.restores.has(uid)) this._markWorld(uid, mark);
    else this._place(uid, mark);
  }

  /**
   * @param {Event} event
   * @param {NonNullable<Event["rpc"]>} told
   */
  _call(event, told) {
    const call = Number(told.call ?? 0);
    const uid = told.subject ?? "";
    if (call && uid) {
      this._subjects.set(call, uid);
      const places = take(this._waitingForCall, call);
      const restore = this.restores.get(uid);
      if (restore) this._move(places, restore);
      else places.forEach((place) => remember(this._waiting, uid, place));
    }
    this._place(uid, this._mark(event, told.code === "OK" ? "call" : "failed-call", call));
  }

  /**
   * Put a mark to the restore that it is about, or to the calls until that is known.
   * @param {string} uid
   * @param {Mark} mark
   */
  _place(uid, mark) {
    const restore = this.restores.get(uid);
    if (restore) {
      restore.marks.push(mark);
      return;
    }
    this.calls.marks.push(mark);
    const place = { mark, lane: this.calls };
    if (uid) remember(this._waiting, uid, place);
    else if (mark.call && mark.kind === "fault") remember(this._waitingForCall, mark.call, place);
  }

  /**
   * Put a mark to the lane of an entity, or to the world until there is one.
   * @param {string} uid
   * @param {Mark} mark
   */
  _markWorld(uid, mark) {
    const lane = this.gone.get(uid) ?? this.world;
    lane.marks.push(mark);
    remember(this._waiting, uid, { mark, lane });
  }

  /**
   * Move marks to where they belong.
   * @param {Place[]} places
   * @param {{marks: Mark[]}} home
   */
  _move(places, home) {
    for (const { mark, lane } of places) {
      lane.marks.splice(lane.marks.lastIndexOf(mark), 1);
      home.marks.push(mark);
    }
    if (places.length) home.marks.sort((one, other) => one.at - other.at);
  }

  /**
   * @param {Event} event
   * @param {Mark["kind"]} kind
   * @param {number} call
   * @returns {Mark}
   */
  _mark(event, kind, call = 0) {
    const subject = event.rpc?.subject ?? "";
    const name = this.restores.get(subject)?.name;
    const text = event.text ?? "";
    return { at: this.endedAt, kind, text: name === undefined ? text : text.replace(subject, name), call };
  }
}

/**
 * @template K
 * @param {Map<K, Place[]>} places
 * @param {K} key
 * @param {Place} place
 */
function remember(places, key, place) {
  const known = places.get(key);
  if (known) known.push(place);
  else places.set(key, [place]);
}

/**
 * Take the places of a key, or those of them that are wanted.
 * @template K
 * @param {Map<K, Place[]>} places
 * @param {K} key
 * @param {(place: Place) => boolean} [isWanted]
 */
function take(places, key, isWanted = () => true) {
  const known = places.get(key) ?? [];
  const left = known.filter((place) => !isWanted(place));
  if (left.length) places.set(key, left);
  else places.delete(key);
  return known.filter(isWanted);
}
