// Gives the focus back when what was opened goes, so that the keyboard goes on where it was.

import { useRef } from "./vendor/preact.js";

/** Gives a function that focuses what had the focus when the caller was first drawn. */
export function useFocusBack() {
  const opener = useRef(/** @type {HTMLElement | null} */ (document.activeElement));
  return () => opener.current?.focus();
}
