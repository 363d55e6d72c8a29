// Which session the page shows stands in its address, so that a reload or a link shows the same.

export const DEFAULT_SESSION = "default";

export function sessionInAddress() {
  const written = location.hash.slice(1) || DEFAULT_SESSION;
  try {
    return decodeURIComponent(written);
  } catch {
    return written; // a server has no session of that name, and says so
  }
}

/** @param {string} session */
export function showSession(session) {
  location.hash = encodeURIComponent(session);
}
