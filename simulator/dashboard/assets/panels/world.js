// What exists in a session, with uids to copy, and a form that changes it behind the API's back.

/** @import { Filled, Schema } from "../schema_form.js" */
/** @import { SessionStore } from "../session_store.js" */

import { CopyButton, ErrorLine, onSubmit, onValue, useAction } from "../hooks.js";
import { Fields, Field, documentOf, objectIn } from "../schema_form.js";
import { html, useState } from "../vendor/preact.js";
import { KINDS, useEntities, useNames, useSchema } from "./documents.js";

const SHOWN_MAX = 100;
const FIRST_CHANGE = "delete_backup";
const VERBS = /^(delete|complete|disconnect|reconnect|lose|give_back|create|upgrade)_/;

/** @param {{store: SessionStore}} properties */
export function WorldPanel({ store }) {
  const { found, error } = useEntities(store);
  const [text, setText] = useState("");
  const [isOpen, setOpen] = useState(false);
  const wanted = text.trim().toLowerCase();
  return html`<section class="panel world" aria-labelledby="world-title">
    <div class="panel-head"><h2 id="world-title">World</h2>
      <div class="tools"><input type="search" aria-label="Find entities by name or uid" placeholder="name or uid" value=${text} onInput=${onValue(setText)} />
        <button type="button" aria-expanded=${isOpen} aria-controls="change-form" onClick=${() => setOpen(!isOpen)}>${isOpen ? "Close form" : "Change…"}</button></div></div>
    <div id="change-form">${isOpen && html`<${ChangeForm} store=${store} />`}</div>
    <${ErrorLine} error=${error} />
    ${found && !found.deployments && html`<p class="hint">There are too many deployments to list them here.</p>`}
    ${found && KINDS.filter((kind) => found[kind]).map((kind) => html`<${Kind} key=${kind} kind=${kind} entities=${found[kind]} wanted=${wanted} />`)}
  </section>`;
}

/** @param {{kind: string, entities: Record<string, any>, wanted: string}} properties */
function Kind({ kind, entities, wanted }) {
  const [isOpen, setOpen] = useState(kind === "namespaces" || kind === "projects" || kind === "backups");
  const found = Object.entries(entities).filter(([name, { uid }]) => !wanted || name.toLowerCase().includes(wanted) || uid.includes(wanted));
  if (wanted && !found.length) return null;
  return html`<details class="kind" open=${isOpen || Boolean(wanted)} onToggle=${(/** @type {any} */ event) => setOpen(event.target.open)}>
    <summary>${kind.replaceAll("_", " ")} <small>${found.length}</small></summary>
    ${(isOpen || wanted) && html`<ul>${found.slice(0, SHOWN_MAX).map(([name, entity]) => html`<li key=${entity.uid}>
      <span class="entity">${name}</span> <code title=${entity.uid}>${entity.uid}</code><${CopyButton} text=${entity.uid} label="Copy the uid of ${name}" /></li>`)}</ul>
      ${found.length > SHOWN_MAX && html`<p class="hint">The first ${SHOWN_MAX} of ${found.length}; the search finds the others.</p>`}`}
  </details>`;
}

/** @param {{store: SessionStore}} properties */
function ChangeForm({ store }) {
  const { schema, error } = useSchema("change");
  const names = useNames(store);
  const [verb, setVerb] = useState(FIRST_CHANGE);
  const [filled, setFilled] = useState(/** @type {Filled} */ ({}));
  const [done, setDone] = useState("");
  const change = useAction(async (/** @type {object} */ what) => {
    setDone("");
    const { happened } = await store.call("POST", ":change", { change: what });
    setDone(happened.map((/** @type {{text: string}} */ event) => event.text).join("; ") || "Nothing changed.");
  });
  if (!schema) return html`<${ErrorLine} error=${error} />`;
  const property = schema.properties[verb];
  const inner = objectIn(property, schema);
  const document = inner ? documentOf(filled, inner, schema) : filled.value ?? "";
  const suggest = (/** @type {string} */ key) => names[`${key === "location" ? "backup_location" : key}s`] ?? [];
  const about = verb.endsWith("credentials") ? "backup_location" : verb.replace(VERBS, "");
  return html`<form class="grid-form" onSubmit=${onSubmit(() => change.run({ [verb]: document }))}>
    <label for="change">change</label>
    <select id="change" value=${verb} onChange=${onValue((chosen) => { setVerb(chosen); setFilled({}); setDone(""); })}>${Object.keys(schema.properties).map((one) => html`<option value=${one} selected=${one === verb}>${one.replaceAll("_", " ")}</option>`)}</select>
    <p class="hint wide">${property.description}</p>
    ${inner
      ? html`<${Fields} id="change" schema=${inner} root=${schema} filled=${filled} suggest=${suggest} onChange=${setFilled} />`
      : html`<${Field} id="change-value" name=${about} schema=${property} root=${schema} value=${filled.value ?? ""} required suggestions=${suggest(about)} onChange=${(/** @type {string} */ value) => setFilled({ value })} />`}
    <${ErrorLine} error=${change.error} />
    <div class="buttons"><span role="status">${done}</span><button class="primary" aria-disabled=${change.isBusy}>Change</button></div>
  </form>`;
}
