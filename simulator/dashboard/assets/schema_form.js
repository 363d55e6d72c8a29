// Fields of a form, made from a JSON Schema: a field for each property, a menu where the values are known.

import { onValue } from "./hooks.js";
import { html } from "./vendor/preact.js";

/** A JSON Schema, as far as it is used here. @typedef {Record<string, any>} Schema */
/** How values are written that no plain text can be. @type {Record<string, string>} */
const WRITTEN_AS_JSON = { object: 'JSON, {"…": …}', array: "JSON, […]" };
/** What is filled in: texts, or further such objects. @typedef {Record<string, any>} Filled */

/**
 * Follow references, and of alternatives take all that are no null.
 * @param {Schema} schema
 * @param {Schema} root Has the definitions.
 * @returns {Schema[]}
 */
export function alternatives(schema, root) {
  if (schema.$ref) {
    const { $ref, ...more } = schema;
    const target = root.$defs[$ref.replace("#/$defs/", "")];
    return alternatives({ ...target, ...more }, root);
  }
  if (schema.anyOf) return schema.anyOf.flatMap((/** @type {Schema} */ one) => alternatives(one, root));
  return schema.type === "null" ? [] : [schema];
}

/** The values that are known of a schema. @param {Schema} schema @param {Schema} root @returns {string[]} */
export const known = (schema, root) => alternatives(schema, root).flatMap((one) => one.enum ?? []);

/**
 * The object among what a schema allows, if it allows one with known properties.
 * @param {Schema} schema
 * @param {Schema} root
 */
export const objectIn = (schema, root) => alternatives(schema, root).find((one) => one.properties);

/**
 * What somebody has typed as a value: a number, JSON, or else the text as it is.
 * @param {string} text
 * @param {Schema} schema
 * @param {Schema} root
 */
export function valueOf(text, schema, root) {
  const types = alternatives(schema, root).map((one) => one.type).flat();
  if (types.includes("boolean")) return text === "true";
  if ((types.includes("number") || types.includes("integer")) && text.trim() !== "" && !Number.isNaN(Number(text))) return Number(text);
  if (/^\s*[[{]/.test(text) && (types.includes("object") || types.includes("array"))) {
    try {
      return JSON.parse(text);
    } catch {
      return text;
    }
  }
  return text;
}

/**
 * Turn what is filled in into a document; what is left empty is left out.
 * @param {Filled} filled
 * @param {Schema} schema With properties.
 * @param {Schema} root
 * @returns {Record<string, unknown>}
 */
export function documentOf(filled, schema, root) {
  /** @type {Record<string, unknown>} */
  const made = {};
  for (const [key, value] of Object.entries(filled)) {
    const property = schema.properties[key];
    if (!property || value === "") continue;
    const inner = typeof value === "object" ? objectIn(property, root) : undefined;
    made[key] = inner ? documentOf(value, inner, root) : valueOf(value, property, root);
  }
  return made;
}

/**
 * A field.
 * @param {object} properties
 * @param {string} properties.id
 * @param {string} properties.name The property.
 * @param {Schema} properties.schema
 * @param {Schema} properties.root
 * @param {string} properties.value
 * @param {(value: string) => void} properties.onChange
 * @param {string[]} [properties.suggestions]
 * @param {boolean} [properties.required]
 */
export function Field({ id, name, schema, root, value, onChange, suggestions = [], required = false }) {
  const found = alternatives(schema, root);
  const values = known(schema, root);
  const isFixed = values.length > 0 && found.every((one) => one.enum);
  const isBoolean = found.some((one) => one.type === "boolean");
  const choices = isBoolean ? ["true", "false"] : values;
  const proposals = [...new Set([...values, ...suggestions])];
  const example = found.flatMap((one) => one.examples ?? [])[0];
  const fallback = schema.default ?? found.find((one) => one.default !== undefined)?.default;
  const usual = fallback === undefined ? "" : String(fallback);
  const written = found.every((one) => one.type in WRITTEN_AS_JSON) ? WRITTEN_AS_JSON[found[0].type] : "";
  const hint = usual || (example ? `such as ${example}` : written);
  const title = schema.description ?? found[0]?.description ?? "";
  const change = onValue(onChange);
  return html`<label for=${id} title=${title}>${name.replaceAll("_", " ")}</label>
    ${isFixed || isBoolean
      ? html`<select id=${id} value=${value} title=${title} required=${required} onChange=${change}><option value="">${usual}</option>${choices.filter((one) => one !== usual).map((one) => html`<option value=${one} selected=${one === value}>${one}</option>`)}</select>`
      : html`<input id=${id} value=${value} title=${title} placeholder=${hint} required=${required} autocomplete="off" spellcheck="false" list=${proposals.length ? `${id}-list` : undefined} onInput=${change} />
        ${proposals.length > 0 && html`<datalist id="${id}-list">${proposals.map((one) => html`<option value=${one} />`)}</datalist>`}`}`;
}

/**
 * The fields of all properties of an object.
 * @param {object} properties
 * @param {string} properties.id
 * @param {Schema} properties.schema With properties.
 * @param {Schema} properties.root
 * @param {Filled} properties.filled
 * @param {(filled: Filled) => void} properties.onChange
 * @param {string[]} [properties.only] The properties to show, in this order.
 * @param {(name: string) => string[]} [properties.suggest] Names to propose for a property.
 */
export function Fields({ id, schema, root, filled, onChange, only = Object.keys(schema.properties), suggest = () => [] }) {
  return only.map((name) => html`<${Field} key=${name} id="${id}-${name}" name=${name} schema=${schema.properties[name]} root=${root}
    value=${filled[name] ?? ""} required=${schema.required?.includes(name) ?? false} suggestions=${suggest(name)}
    onChange=${(/** @type {string} */ value) => onChange({ ...filled, [name]: value })} />`);
}
