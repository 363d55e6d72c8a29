// The phases of a restore: their order, their short titles, and how a restore that is in one looks.

/** Short titles of the phases that take time, in the order in which restores walk them. */
export const PHASE_TITLES = {
  INITIALIZING: "init",
  PENDING: "pending",
  RESTORING_CLOUDSNAP: "cloudsnap",
  RESTORING_DATA_SERVICE_DEPLOYMENT_CR: "resource",
  RESTORING_DATA_SERVICE_DEPLOYMENT: "deployment",
  DATA_SERVICE_DEPLOYMENT_ENTERING_NORMAL_MODE: "normal mode",
};

/**
 * The class of a phase in style sheets.
 * @param {string} phase
 */
export const phaseClass = (phase) => phase.toLowerCase().replaceAll("_", "-");

/**
 * Whether a restore stays in a phase for good.
 * @param {string} phase
 */
export const isFinal = (phase) => phase === "SUCCESSFUL" || phase === "FAILED";

/**
 * The symbol for a restore that is in a phase, and the sign that stands for it in text.
 * @param {string} phase
 */
export function outcomeLook(phase) {
  if (phase === "SUCCESSFUL") return { symbol: "successful", sign: "✓" };
  if (phase === "FAILED") return { symbol: "failed", sign: "✗" };
  return { symbol: "live", sign: "…" };
}
