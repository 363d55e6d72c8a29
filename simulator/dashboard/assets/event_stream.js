// Follows the events of a session, and goes on behind the last one that it has seen whenever the connection is lost.
// It reads with fetch, because an EventSource can't send the control token.

/** @import { Event } from "./history.js" */

import { ControlError, authorization, callControl, controlError, sessionPath } from "./control_api.js";

const RETRY_MILLISECONDS = [250, 500, 1000, 2000];
const SILENCE_MILLISECONDS = 40_000;

/**
 * What becomes of a stream.
 * @typedef {object} Listener
 * @property {(events: Event[]) => void} onEvents New events, in their order, none twice.
 * @property {() => void} onRestart All that was told is past: the session begins again, or the server does.
 * @property {(connected: boolean) => void} onConnection
 * @property {(error: ControlError) => void} onEnd The session is gone, or the token is wrong. Nothing comes any more.
 */

/**
 * Where a reader of events is.
 * @typedef {object} Place
 * @property {string} after The last event that it has seen.
 * @property {string} createTime Tells a session from a later one of the same name.
 * @property {number} latest How many of the events that there are at first are told.
 */

/**
 * Follow a session until the returned function is called.
 * @param {string} session
 * @param {Listener} listener
 * @param {number} latest How many of the events that there are at first are told, the latest.
 */
export function followEvents(session, listener, latest) {
  const stopped = new AbortController();
  follow(session, listener, stopped.signal, { after: "0", createTime: "", latest });
  return () => stopped.abort();
}

/**
 * @param {string} session
 * @param {Listener} listener
 * @param {AbortSignal} stopped
 * @param {Place} place
 */
async function follow(session, listener, stopped, place) {
  for (let failures = 0; !stopped.aborted; ) {
    try {
      await requireSameSession(session, listener, place);
      const hasBegunAgain = await readStream(session, listener, place, stopped);
      failures = 0;
      if (hasBegunAgain) continue;
    } catch (error) {
      if (stopped.aborted) return;
      if (error instanceof ControlError && error.endsSession) {
        listener.onEnd(error);
        return;
      }
    }
    if (stopped.aborted) return;
    listener.onConnection(false);
    await new Promise((resolve) => setTimeout(resolve, RETRY_MILLISECONDS[Math.min(failures, RETRY_MILLISECONDS.length - 1)]));
    failures += 1;
  }
}

/**
 * Begin anew if the session is another one of the same name, as after a restart of the server.
 * @param {string} session
 * @param {Listener} listener
 * @param {Place} place
 */
async function requireSameSession(session, listener, place) {
  const { createTime, lastEvent } = await callControl("GET", sessionPath(session));
  if (place.createTime === createTime) return;
  if (place.createTime) listener.onRestart();
  place.createTime = createTime;
  place.after = String(Math.max(0, Number(lastEvent) - place.latest));
}

/**
 * Read one connection to its end.
 * @param {string} session
 * @param {Listener} listener
 * @param {Place} place
 * @param {AbortSignal} stopped
 * @returns {Promise<boolean>} Whether it ended because the session begins again.
 */
async function readStream(session, listener, place, stopped) {
  const silence = new AbortController();
  const signal = AbortSignal.any([stopped, silence.signal]);
  const headers = { ...authorization(), Accept: "text/event-stream", "Last-Event-ID": place.after };
  const response = await fetch(`simulator/v1/${sessionPath(session, "/events")}`, { headers, signal, cache: "no-store" });
  if (!response.ok) throw await controlError(response);
  listener.onConnection(true);
  const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
  const decoder = new TextDecoder();
  let rest = "";
  for (let hasBegunAgain = false; ; ) {
    const timer = setTimeout(() => silence.abort(), SILENCE_MILLISECONDS);
    const { value, done } = await reader.read().finally(() => clearTimeout(timer));
    if (done) return hasBegunAgain;
    const blocks = (rest + decoder.decode(value, { stream: true })).split("\n\n");
    rest = blocks.pop() ?? "";
    hasBegunAgain = takeIn(blocks, listener, place) || hasBegunAgain;
  }
}

/**
 * @param {string[]} blocks Each an event of the stream, or a comment.
 * @param {Listener} listener
 * @param {Place} place
 * @returns {boolean} Whether the session has begun again, after which the server tells no more.
 */
function takeIn(blocks, listener, place) {
  let hasBegunAgain = false;
  /** @type {Event[]} */
  let events = [];
  for (const block of blocks) {
    const { id, event, data } = fieldsOf(block);
    if (id !== undefined) place.after = id;
    if (data === undefined) continue;
    if (event !== "error") events.push(JSON.parse(data));
    else if (id !== undefined) {
      listener.onEvents(events);
      events = [];
      listener.onRestart();
      hasBegunAgain = true;
    }
  }
  if (events.length) listener.onEvents(events);
  return hasBegunAgain;
}

/**
 * @param {string} block
 * @returns {Record<string, string>}
 */
const fieldsOf = (block) =>
  Object.fromEntries(block.split("\n").map((line) => {
    const colon = line.indexOf(": ");
    return colon < 0 ? ["", line] : [line.slice(0, colon), line.slice(colon + 2)];
  }));
