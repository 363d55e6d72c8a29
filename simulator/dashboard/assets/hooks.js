// Hooks that the panels share: what the session store tells, what the server is asked for, and what somebody does.

/** @import { SessionStore } from "./session_store.js" */

import { ControlError } from "./control_api.js";
import { CONNECTED } from "./session_store.js";
import { html, useCallback, useEffect, useLayoutEffect, useRef, useState } from "./vendor/preact.js";

const FETCH_MILLISECONDS = 700;
const TICK_MILLISECONDS = 100;

/**
 * Draw again whenever the store has something new, and while its time moves by itself.
 * @param {SessionStore} store
 */
export function useStore(store) {
  const [, draw] = useState(0);
  // Not after the next frame: an answer may come sooner.
  useLayoutEffect(() => {
    const again = () => draw((count) => count + 1);
    const unsubscribe = store.subscribe(again);
    const timer = setInterval(() => store.isRunning && again(), TICK_MILLISECONDS);
    return () => {
      unsubscribe();
      clearInterval(timer);
    };
  }, [store]);
}

/**
 * Ask the server for something, and again whenever events have come since, though not too often.
 * @template Found
 * @param {SessionStore} store
 * @param {() => Promise<Found>} ask
 * @param {unknown[]} inputs What else `ask` depends on.
 * @returns {{found: Found | null, error: Error | null, askAgain: () => void}}
 */
export function useAnswer(store, ask, inputs = []) {
  const [answer, setAnswer] = useState(/** @type {{found: Found | null, error: Error | null}} */ ({ found: null, error: null }));
  const askAgain = useRef(() => {});
  useEffect(() => {
    let [latest, timer] = [0, 0];
    const run = async () => {
      timer = 0;
      const mine = ++latest;
      // The answer to an earlier question may come after that to a later one.
      const answered = (/** @type {(before: typeof answer) => typeof answer} */ change) => mine === latest && setAnswer(change);
      try {
        const found = await ask();
        answered(() => ({ found, error: null }));
      } catch (error) {
        answered(({ found }) => ({ found, error: /** @type {Error} */ (error) }));
      }
    };
    askAgain.current = run;
    run();
    const unsubscribe = store.subscribe(() => {
      timer ||= setTimeout(run, FETCH_MILLISECONDS);
    });
    return () => {
      latest = Number.NaN;
      clearTimeout(timer);
      unsubscribe();
    };
  }, [store, ...inputs]);
  return { ...answer, askAgain: () => askAgain.current() };
}

/**
 * Do something when somebody asks for it, and keep what went wrong until it is tried again or something else is entered;
 * that the server does not answer, only until it does. Buttons that are busy are `aria-disabled`, for a disabled one would lose
 * the focus.
 * @template {unknown[]} Arguments
 * @param {(...values: Arguments) => Promise<unknown>} act
 * @param {boolean} [isOnceAtATime] Whether nothing comes of asking for it again before it is done.
 */
export function useAction(act, isOnceAtATime = true) {
  const [state, setState] = useState(/** @type {{isBusy: boolean, error: Error | null}} */ ({ isBusy: false, error: null }));
  const latest = useRef(act);
  latest.current = act;
  const isBusy = useRef(false);
  useEffect(() => {
    if (!state.error) return;
    const forget = () => setState({ isBusy: false, error: null });
    const types = ["input", ...(state.error instanceof ControlError && !state.error.httpStatus ? [CONNECTED] : [])];
    for (const type of types) document.addEventListener(type, forget, { once: true });
    return () => types.forEach((type) => document.removeEventListener(type, forget));
  }, [state.error]);
  const run = useCallback(async (/** @type {Arguments} */ ...values) => {
    if (isBusy.current && isOnceAtATime) return;
    isBusy.current = true;
    setState({ isBusy: true, error: null });
    try {
      await latest.current(...values);
      setState({ isBusy: false, error: null });
    } catch (error) {
      setState({ isBusy: false, error: /** @type {Error} */ (error) });
    } finally {
      isBusy.current = false;
    }
  }, []);
  return { run, ...state };
}

/**
 * What to do when somebody enters or chooses a value.
 * @param {(value: string) => unknown} take
 */
export const onValue = (take) => (/** @type {any} */ event) => take(event.target.value);

/**
 * What to do when somebody submits a form, which leads to no other page.
 * @param {() => unknown} act
 */
export const onSubmit = (act) => (/** @type {SubmitEvent} */ event) => {
  event.preventDefault();
  act();
};

/**
 * Show what went wrong where it did.
 * @param {{error: Error | null}} properties
 */
export function ErrorLine({ error }) {
  if (!error) return null;
  const { violations = [] } = /** @type {import("./control_api.js").ControlError} */ (error);
  return html`<div class="error" role="alert">
    ${violations.length
      ? html`<ul>${violations.map(({ field, description }) => html`<li><code>${field}</code> ${description}</li>`)}</ul>`
      : error.message}
  </div>`;
}

/**
 * Put a text on the clipboard; browsers offer the newer way to pages of this machine and over TLS only.
 * @param {string} text
 */
export async function copyText(text) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const focused = /** @type {HTMLElement | null} */ (document.activeElement);
  const area = document.createElement("textarea");
  area.value = text;
  (document.querySelector("dialog[open]") ?? document.body).append(area); // beside an open dialog nothing can be selected
  area.select();
  const isCopied = document.execCommand("copy");
  area.remove();
  focused?.focus();
  if (!isCopied) throw new Error("The browser lets this page copy nothing.");
}

/**
 * A button that copies a text.
 * @param {{text: string, label: string}} properties
 */
export function CopyButton({ text, label }) {
  const [isCopied, setCopied] = useState(false);
  const copy = useAction(async () => {
    await copyText(text);
    setCopied(true);
  });
  return html`<button type="button" class="copy" aria-label=${isCopied ? "Copied" : label} title=${label} onClick=${copy.run} onBlur=${() => setCopied(false)}>${isCopied ? "copied" : "copy"}</button>
    <${ErrorLine} error=${copy.error} />`;
}
