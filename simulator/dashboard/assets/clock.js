// The time of a session, and the ways to move it.

/** @import { SessionStore } from "./session_store.js" */

import { ErrorLine, onSubmit, onValue, useAction } from "./hooks.js";
import { durationText, timeText } from "./times.js";
import { html, useState } from "./vendor/preact.js";

const SPEEDS = [1, 60, 3600];
const MODES = { wall: "wall clock", manual: "manual", on_poll: "on poll" };

/** @param {{store: SessionStore}} properties */
export function Clock({ store }) {
  const { session } = store;
  const change = useAction(async (/** @type {object} */ changes) => {
    const clock = await store.call("PATCH", "/clock", changes);
    store.tell({ clock: clock.mode, speed: clock.speed, paused: clock.paused, now: clock.now });
  }, false);
  const isRunning = session?.clock === "wall" && !session.paused;
  const setPaused = (/** @type {boolean} */ paused) => store.call("PATCH", "/clock", { paused });
  const advance = useAction(async (/** @type {object} */ how) => {
    // A wall clock can be advanced only while it is paused.
    if (isRunning) await setPaused(true);
    try {
      const { now, moved } = await store.call("POST", ":advance", how);
      store.tell({ now });
      if (!moved) throw new Error("Nothing is left that could happen.");
    } finally {
      if (isRunning) await setPaused(false);
    }
  });
  const [duration, setDuration] = useState("30");
  if (!session) return null;
  const isWall = session.clock === "wall";
  const isPaused = isWall && session.paused;
  const speeds = SPEEDS.includes(session.speed) ? SPEEDS : [session.speed, ...SPEEDS];
  return html`<section class="clock" aria-label="Time">
    <span class="now"><time datetime=${session.now}>${timeText(Math.floor(store.now / 1e6) * 1e6)}</time>
      <small>${durationText(Math.floor((store.now - store.startedAt) / 1e6) * 1e6)} since the first event</small></span>
    <label class="hidden" for="mode">What moves the time</label>
    <select id="mode" value=${session.clock} onChange=${onValue((mode) => change.run({ mode }))}>
      ${Object.entries(MODES).map(([mode, title]) => html`<option value=${mode} selected=${mode === session.clock}>${title}</option>`)}
    </select>
    <span class="group" role="group" aria-label="Speed">
      <button type="button" disabled=${!isWall} aria-pressed=${isPaused} title="Pause" aria-label="Pause" onClick=${() => change.run({ paused: !isPaused })}>❚❚</button>
      ${speeds.map((speed) => html`<button type="button" aria-pressed=${isRunning && session.speed === speed} onClick=${() => change.run({ mode: "wall", speed, paused: false })}>×${speed}</button>`)}
    </span>
    <form class="group" onSubmit=${onSubmit(() => advance.run({ duration: `${Number(duration)}s` }))}>
      <label class="hidden" for="advance">Seconds to advance</label>
      <input id="advance" inputmode="decimal" size="5" required pattern="[0-9]{1,11}|[0-9]{0,11}[.][0-9]{1,6}" title="Seconds, such as 30 or 0.5" value=${duration} onInput=${onValue(setDuration)} /><span class="unit">s</span>
      <button aria-disabled=${advance.isBusy}>Advance</button>
      <button type="button" aria-disabled=${advance.isBusy} onClick=${() => advance.run({ to_next_event: true })}>Next event</button>
      <button type="button" aria-disabled=${advance.isBusy} onClick=${() => advance.run({ until_idle: true })}>Until idle</button>
    </form>
    <${ErrorLine} error=${change.error ?? advance.error} />
  </section>`;
}
