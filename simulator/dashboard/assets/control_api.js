// Calls the control API. All that the page knows and does goes through here and through event_stream.js.

const TOKEN_KEY = "pds-control-token";
const BASE = "simulator/v1/";

/**
 * Something that is wrong with a field of a request.
 * @typedef {{field: string, description: string}} Violation
 */

/** An answer of the control API other than OK. */
export class ControlError extends Error {
  /**
   * @param {number} httpStatus 0 where there was no answer at all.
   * @param {{message?: string, details?: any[]}} status
   */
  constructor(httpStatus, status) {
    super(status.message || `HTTP status ${httpStatus}`);
    this.httpStatus = httpStatus;
    const details = status.details ?? [];
    /** @type {Violation[]} */
    this.violations = details.flatMap((detail) => detail.fieldViolations ?? []);
    /** @type {string | undefined} What kind of thing was asked for that is not there. */
    this.lacks = details.find((detail) => detail.resourceType)?.resourceType;
  }

  /** Whether no token came with the request, or a wrong one. */
  get needsToken() {
    return this.httpStatus === 401;
  }

  /** Whether nothing more comes of the session that was asked for: it is not there, or strangers are kept out. */
  get endsSession() {
    return this.needsToken || this.lacks === "session";
  }
}

/**
 * Headers that show who asks; the token lives as long as the tab.
 * @returns {Record<string, string>}
 */
export function authorization() {
  const token = sessionStorage.getItem(TOKEN_KEY);
  return token ? { Authorization: `Bearer ${token}` } : {};
}

/** @param {string} token */
export const rememberToken = (token) => sessionStorage.setItem(TOKEN_KEY, token);

/**
 * Call a method of the control API.
 * @param {string} method Of HTTP.
 * @param {string} path Below `/simulator/v1/`.
 * @param {object} [body]
 * @returns {Promise<any>} What it answers.
 * @throws {ControlError}
 */
export async function callControl(method, path, body) {
  const headers = { ...authorization(), ...(body && { "Content-Type": "application/json" }) };
  let response;
  try {
    response = await fetch(BASE + path, { method, headers, body: body && JSON.stringify(body) });
  } catch {
    throw new ControlError(0, { message: "The server does not answer." });
  }
  if (!response.ok) throw await controlError(response);
  return response.json();
}

/**
 * Read why a request was refused: JSON, or for a stream an event that has it as data.
 * @param {Response} response
 */
export async function controlError(response) {
  const text = await response.text();
  try {
    return new ControlError(response.status, JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? text));
  } catch {
    return new ControlError(response.status, {});
  }
}

/**
 * The path of a session, or of something in it.
 * @param {string} session
 * @param {string} [rest] Begins with `/` or `:`.
 */
export const sessionPath = (session, rest = "") => `sessions/${encodeURIComponent(session)}${rest}`;

/**
 * Gather all pages of a list.
 * @param {string} path
 * @param {string} field Which field of the answers has the items.
 * @returns {Promise<any[]>}
 */
export async function listAll(path, field) {
  const found = [];
  let token = "";
  do {
    const page = await callControl("GET", `${path}?page_size=1000&page_token=${token}`);
    found.push(...page[field]);
    token = page.nextPageToken;
  } while (token);
  return found;
}
