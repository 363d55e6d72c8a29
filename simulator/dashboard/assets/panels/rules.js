// The rules of a session: what came of each, whom gates hold, and a form for the next.

/** @import { SessionStore } from "../session_store.js" */

import { ErrorLine, useAction, useAnswer } from "../hooks.js";
import { printable } from "../text.js";
import { html, useRef, useState } from "../vendor/preact.js";
import { RuleForm } from "./rule_form.js";

/** @param {{store: SessionStore}} properties */
export function RulesPanel({ store }) {
  const { found, error, askAgain } = useAnswer(store, () => store.call("GET", "/rules"));
  const [isOpen, setOpen] = useState(false);
  const toggle = useRef(/** @type {HTMLElement | null} */ (null));
  return html`<section class="panel rules" aria-labelledby="rules-title">
    <div class="panel-head"><h2 id="rules-title">Rules</h2>
      <button type="button" ref=${toggle} aria-expanded=${isOpen} aria-controls="rule-form" onClick=${() => setOpen(!isOpen)}>${isOpen ? "Close form" : "Inject a fault…"}</button></div>
    <div id="rule-form">${isOpen && html`<${RuleForm} store=${store} onDone=${() => { setOpen(false); askAgain(); }} />`}</div>
    <${ErrorLine} error=${error} />
    <ul class="rule-list">${found?.rules.map((/** @type {any} */ rule) => html`<${Rule} key=${rule.id} store=${store} rule=${rule} askAgain=${askAgain} onDeleted=${() => toggle.current?.focus()} />`)}</ul>
    ${found && !found.rules.length && html`<p class="empty">No rule is in force; all goes well.</p>`}
  </section>`;
}

/** A rule in a line, without its name. @param {Record<string, any>} rule */
const ruleText = ({ name: _, ...rule }) =>
  Object.entries(rule).map(([key, value]) => {
    const text = Array.isArray(value) ? value.join(", ") : typeof value === "object" ? JSON.stringify(value) : value;
    return text === "{}" ? key : printable(`${key}: ${text}`);
  }).join(" · ");

/** @param {{store: SessionStore, rule: any, askAgain: () => void, onDeleted: () => void}} properties */
function Rule({ store, rule, askAgain, onDeleted }) {
  const act = useAction(async (/** @type {string} */ method, /** @type {string} */ verb) => {
    await store.call(method, `/rules/${encodeURIComponent(rule.id)}${verb}`, method === "POST" ? {} : undefined);
    if (method === "DELETE") onDeleted();
    askAgain();
  });
  const isUsedUp = rule.rule.times !== undefined && Number(rule.fired) >= rule.rule.times; // then a closed gate would hold nobody
  const move = rule.gate === "open" ? { title: "Close gate", verb: ":close" } : { title: "Open gate", verb: ":open" };
  return html`<li class="rule-item">
    <strong class="rule-name">${rule.name}</strong>
    <div class="rule-head"><span class="count">matched ${rule.matched}, fired ${rule.fired}</span>
      ${rule.gate && !(rule.gate === "open" && isUsedUp) && html`<button type="button" aria-disabled=${act.isBusy} aria-label="${move.title} of ${rule.name}" onClick=${() => act.run("POST", move.verb)}>${move.title}</button>`}
      <button type="button" class="danger" aria-disabled=${act.isBusy} aria-label="Delete the rule ${rule.name}" onClick=${() => act.run("DELETE", "")}>Delete</button></div>
    <code class="rule-text">${ruleText(rule.rule)}</code>
    ${rule.held.length > 0 && html`<p class="held">holds ${rule.held.slice(0, 5).join(", ")}${rule.held.length > 5 && ` and ${rule.held.length - 5} more`}</p>`}
    ${rule.nearMisses.map((/** @type {string} */ text) => html`<${NearMisses} text=${text} />`)}
    <${ErrorLine} error=${act.error} />
  </li>`;
}

/**
 * Why a rule never took effect: a line, below which there may be others of what came closest.
 * @param {{text: string}} properties
 */
function NearMisses({ text }) {
  const [first, ...misses] = text.split("\n");
  if (!misses.length) return html`<p class="hint">${first}</p>`;
  return html`<details class="hint"><summary>${first.replace(/:$/, "")}</summary><ul>${misses.map((miss) => html`<li>${miss}</li>`)}</ul></details>`;
}
