// The dashboard: asks for the control token if there is one, and shows the session that the address names.

import { sessionInAddress } from "./address.js";
import { ControlError, callControl, rememberToken } from "./control_api.js";
import { Dashboard } from "./dashboard.js";
import { ErrorLine, onSubmit, onValue, useAction } from "./hooks.js";
import { html, render, useEffect, useState } from "./vendor/preact.js";

function App() {
  const [session, setSession] = useState(sessionInAddress());
  const [isLocked, setLocked] = useState(false);
  useEffect(() => {
    const follow = () => setSession(sessionInAddress());
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  if (isLocked) return html`<${TokenForm} onToken=${() => setLocked(false)} />`;
  return html`<${Dashboard} key=${session} id=${session} onLocked=${() => setLocked(true)} />`;
}

/** @param {{onToken: () => void}} properties */
function TokenForm({ onToken }) {
  const [token, setToken] = useState("");
  const submit = useAction(async () => {
    rememberToken(token.trim());
    try {
      await callControl("GET", "sessions?page_size=1");
    } catch (error) {
      if (error instanceof ControlError && error.needsToken) throw new Error("That is not the control token of this server.");
      throw error;
    }
    onToken();
  });
  return html`<main class="token">
    <h1>PDS restore simulator</h1>
    <form onSubmit=${onSubmit(submit.run)}>
      <label for="token">Control token</label>
      <input id="token" type="password" autocomplete="off" autofocus required pattern="[ -~]+" title="A token consists of ASCII characters" value=${token} onInput=${onValue(setToken)} />
      <button class="primary" aria-disabled=${submit.isBusy}>Enter</button>
      <p class="hint">This server asks for what was given to it as <code>--control-token</code>. The page forgets it when you close this tab.</p>
      <${ErrorLine} error=${submit.error} />
    </form>
  </main>`;
}

render(html`<${App} />`, document.body);
