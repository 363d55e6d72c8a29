// The form that injects a rule: an effect with its settings, where it applies, and when.

/** @import { Filled, Schema } from "../schema_form.js" */
/** @import { SessionStore } from "../session_store.js" */

import { useFocusBack } from "../focus.js";
import { ErrorLine, onSubmit, onValue, useAction } from "../hooks.js";
import { Field, Fields, alternatives, documentOf, objectIn } from "../schema_form.js";
import { html, useState } from "../vendor/preact.js";
import { useNames, useSchema } from "./documents.js";

const FIRST_EFFECT = "error";

/** The effects that a rule may have. @param {Schema} schema */
const effectsOf = (schema) => Object.keys(schema.dependentSchemas);

/** @param {{store: SessionStore, onDone: () => void}} properties */
export function RuleForm({ store, onDone }) {
  const { schema, error } = useSchema("rule");
  const names = useNames(store);
  const [effect, setEffect] = useState(FIRST_EFFECT);
  const [filled, setFilled] = useState(/** @type {Filled} */ ({ method: "CreateRestore", times: "1" }));
  const [settings, setSettings] = useState(/** @type {Filled} */ ({}));
  const [written, setWritten] = useState(/** @type {string | null} */ (null));
  const focusBack = useFocusBack();
  const inject = useAction(async (/** @type {object} */ rule) => {
    await store.call("POST", "/rules", { rule: written === null ? rule : documentIn(written) });
    focusBack();
    onDone();
  });
  if (!schema) return html`<${ErrorLine} error=${error} />`;
  const rule = ruleOf(schema, effect, filled, settings);
  const often = oftenFor(schema, effect);
  const rest = Object.keys(schema.properties).filter((key) => ![...often, ...effectsOf(schema)].includes(key));
  /** @param {string} chosen */
  const choose = (chosen) => {
    setEffect(chosen);
    setSettings({});
    setFilled(startFor(schema, chosen, filled));
  };
  const suggest = (/** @type {string} */ key) => names[`${key}s`] ?? [];
  return html`<form class="grid-form" onSubmit=${onSubmit(() => inject.run(rule))}>
    <label for="effect">effect</label>
    <select id="effect" value=${effect} onChange=${onValue(choose)}>${effectsOf(schema).map((one) => html`<option value=${one} selected=${one === effect}>${one}</option>`)}</select>
    <p class="hint wide">${schema.properties[effect].description}</p>
    <${Settings} schema=${schema} effect=${effect} settings=${settings} onChange=${setSettings} />
    <${Fields} id="rule" schema=${schema} root=${schema} filled=${filled} only=${often} suggest=${suggest} onChange=${setFilled} />
    <details class="wide"><summary>More conditions</summary><div class="grid-form">
      <${Fields} id="rule" schema=${schema} root=${schema} filled=${filled} only=${rest} suggest=${suggest} onChange=${setFilled} /></div></details>
    <details class="wide"><summary>As JSON</summary>
      <label class="hidden" for="rule-json">The rule as JSON</label>
      <textarea id="rule-json" rows="7" spellcheck="false" value=${written ?? JSON.stringify(rule, null, 2)} onInput=${onValue(setWritten)}></textarea>
      ${written !== null && html`<button type="button" onClick=${() => setWritten(null)}>Back to the fields</button>`}</details>
    <${ErrorLine} error=${inject.error} />
    <div class="buttons"><button class="primary" aria-disabled=${inject.isBusy}>Inject</button></div>
  </form>`;
}

/** Read JSON that somebody has written. @param {string} text */
function documentIn(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`That is no JSON: ${/** @type {Error} */ (error).message}`);
  }
}

/**
 * What an effect takes: a value of its own, or several settings.
 * @param {{schema: Schema, effect: string, settings: Filled, onChange: (settings: Filled) => void}} properties
 */
function Settings({ schema, effect, settings, onChange }) {
  const property = schema.properties[effect];
  const inner = objectIn(property, schema);
  const isValue = takesValue(schema, effect);
  if (isValue) {
    return html`<${Field} id="setting" name=${property.title} schema=${property} root=${schema} value=${settings.value ?? ""} required onChange=${(/** @type {string} */ value) => onChange({ value })} />`;
  }
  if (!inner) return null;
  const isPlain = (/** @type {string} */ key) => alternatives(inner.properties[key], schema).some((one) => !["object", "array"].includes(one.type));
  const [plain, others] = [true, false].map((wanted) => Object.keys(inner.properties).filter((key) => isPlain(key) === wanted));
  const fields = (/** @type {string[]} */ only) => html`<${Fields} id="setting" schema=${inner} root=${schema} filled=${settings} only=${only} onChange=${onChange} />`;
  return html`${fields(plain)}${others.length > 0 && html`<details class="wide"><summary>More of ${effect}</summary><div class="grid-form">${fields(others)}</div></details>`}`;
}

/** Whether an effect is told one value, such as a duration. @param {Schema} schema @param {string} effect */
const takesValue = (schema, effect) => (schema.properties[effect].anyOf ?? [schema.properties[effect]]).some((/** @type {Schema} */ one) => ["number", "string", "integer"].includes(one.type));

/**
 * @param {Schema} schema
 * @param {string} effect
 * @param {Filled} filled
 * @param {Filled} settings
 */
function ruleOf(schema, effect, filled, settings) {
  const property = schema.properties[effect];
  const value = takesValue(schema, effect)
    ? documentOf({ [effect]: settings.value ?? "" }, schema, schema)[effect] ?? ""
    : documentOf(settings, objectIn(property, schema) ?? { properties: {} }, schema);
  return { ...documentOf(filled, schema, schema), [effect]: value };
}

/** Whether an effect happens to calls, and not to restores. @param {Schema} schema @param {string} effect */
const isOnCalls = (schema, effect) =>
  JSON.stringify(schema.dependentSchemas[effect]).includes('{"not":{"anyOf":[{"required":["phase"]}');

/**
 * What an effect on the world happens to, such as a cluster; undefined for effects on calls and restores.
 * @param {Schema} schema
 * @param {string} effect
 * @returns {string | undefined}
 */
const targetOf = (schema, effect) =>
  (schema.dependentSchemas[effect].allOf ?? []).map((/** @type {Schema} */ one) => one.then?.required?.[0]).find(Boolean);

/**
 * The conditions that are asked for first.
 * @param {Schema} schema
 * @param {string} effect
 */
function oftenFor(schema, effect) {
  const target = targetOf(schema, effect);
  return target ? [target, "at", "name"] : [isOnCalls(schema, effect) ? "method" : "phase", "restore", "times", "name"];
}

/**
 * Keep what makes sense for another effect: one on calls has a method, others have a phase.
 * @param {Schema} schema
 * @param {string} effect
 * @param {Filled} filled
 */
function startFor(schema, effect, filled) {
  const { method, phase, times = "1", name = "" } = filled;
  if (targetOf(schema, effect)) return { name };
  return isOnCalls(schema, effect) ? { method: method || "GetRestore", times, name } : { phase: phase || "PENDING", times, name };
}
