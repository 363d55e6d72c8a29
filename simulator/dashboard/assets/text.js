// Shows text that came from a client, so that it can't turn the direction of what stands beside it.

/** @param {string} text */
export const printable = (text) =>
  text.replace(/\p{Bidi_Control}/gu, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** @param {unknown} value */
export const jsonText = (value) => printable(JSON.stringify(value, null, 2));
