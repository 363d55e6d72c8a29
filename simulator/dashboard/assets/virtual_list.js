// A list of any length. Only rows in sight are drawn.

import { moveByKey, rowsInSight, useSight } from "./sight.js";
import { html, useState } from "./vendor/preact.js";

/**
 * @template Item
 * @param {object} properties
 * @param {number} properties.count
 * @param {number} properties.rowPixels
 * @param {string} properties.label What the list is called.
 * @param {(index: number) => Item} properties.itemAt
 * @param {(item: Item) => string | number} properties.keyOf
 * @param {(item: Item) => unknown} properties.cells What is in a row.
 * @param {(item: Item) => void} properties.onOpen
 * @param {string | number | null} properties.selected The key of the item that is open.
 */
export function VirtualList({ count, rowPixels, label, itemAt, keyOf, cells, onOpen, selected }) {
  const [scroller, sight] = useSight();
  const [active, setActive] = useState(/** @type {{index: number, key?: string | number}} */ ({ index: 0 }));
  const { first, last } = rowsInSight(sight, count, rowPixels);
  const isActive = (/** @type {number} */ index) => keyOf(itemAt(index)) === active.key;
  // New items move it down.
  let current = active.index;
  while (active.key !== undefined && current < count && !isActive(current)) current += 1;
  if (current >= count) current = Math.max(0, Math.min(active.index, count - 1));
  const activate = (/** @type {number} */ index) => setActive({ index, key: keyOf(itemAt(index)) });
  /** @param {KeyboardEvent} event */
  const onKeyDown = (event) => {
    const moved = moveByKey(/** @type {HTMLElement} */ (scroller.current), event.key, current, count, rowPixels);
    if (!count) return;
    if (moved !== undefined) activate(moved);
    else if (event.key === "Enter" || event.key === " ") onOpen(itemAt(current));
    else return;
    event.preventDefault();
  };
  const rows = [];
  for (let index = first; index < last; index += 1) {
    const item = itemAt(index);
    const key = keyOf(item);
    const open = () => {
      activate(index);
      onOpen(item);
    };
    rows.push(html`<div key=${key} id="${label}-${index}" class="list-row ${index === current ? "active" : ""} ${key === selected ? "selected" : ""}" role="option"
      aria-selected=${key === selected} aria-posinset=${index + 1} aria-setsize=${count} style="top:${index * rowPixels}px;height:${rowPixels}px" onClick=${open}>${cells(item)}</div>`);
  }
  return html`<div class="list" ref=${scroller} role="listbox" tabindex="0" aria-label=${label} onKeyDown=${onKeyDown}
      aria-activedescendant=${count && current >= first && current < last ? `${label}-${current}` : undefined}>
    <div class="list-rows" role="presentation" style="height:${count * rowPixels}px">${rows}</div>
  </div>`;
}
