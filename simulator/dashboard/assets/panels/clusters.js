// The clusters of a session with what is in use of them.

/** @import { SessionStore } from "../session_store.js" */

import { ErrorLine, useAction } from "../hooks.js";
import { html } from "../vendor/preact.js";

const MEBIBYTE = 1024 * 1024;

/** @param {number} bytesPerSecond */
const rateText = (bytesPerSecond) => `${(bytesPerSecond / MEBIBYTE).toLocaleString("en", { maximumFractionDigits: 1 })} MiB/s`;

/** @param {{store: SessionStore}} properties */
export function ClustersPanel({ store }) {
  const { clusters } = store.session ?? {};
  const change = useAction(async (/** @type {object} */ what) => {
    await store.call("POST", ":change", { change: what });
    store.tell(await store.call("GET", "/clusters"));
  });
  return html`<section class="panel clusters" aria-labelledby="clusters-title">
    <div class="panel-head"><h2 id="clusters-title">Clusters</h2></div>
    <${ErrorLine} error=${change.error} />
    ${clusters?.map((/** @type {any} */ cluster) => html`<${Cluster} key=${cluster.uid} cluster=${cluster} change=${change} />`)}
    ${clusters?.length === 0 && html`<p class="empty">This world has no clusters.</p>`}
  </section>`;
}

/** @param {{cluster: any, change: {run: (what: object) => void, isBusy: boolean}}} properties */
function Cluster({ cluster, change }) {
  const [slots, used, awaited, downloads] = [cluster.slots, cluster.slotsUsed, cluster.slotsAwaited, cluster.downloads].map(Number);
  const move = cluster.connected ? { title: "Disconnect", verb: "disconnect_cluster" } : { title: "Reconnect", verb: "reconnect_cluster" };
  const share = downloads > 1 ? `, ${rateText(cluster.bandwidth / downloads)} each` : "";
  const use = downloads ? `${downloads} download${downloads === 1 ? "" : "s"} at ${rateText(cluster.bandwidth)}${share}` : `none of ${rateText(cluster.bandwidth)}`;
  return html`<div class="cluster ${cluster.connected ? "" : "off"}">
    <div class="cluster-head"><h3>${cluster.name}</h3>
      <span class="badge ${cluster.connected ? "good" : "bad"}">${cluster.connected ? "connected" : "disconnected"}</span>
      <button type="button" aria-disabled=${change.isBusy} aria-label="${move.title} ${cluster.name}" onClick=${() => change.run({ [move.verb]: cluster.name })}>${move.title}</button></div>
    <div class="gauge"><span>Slots</span><meter min="0" max=${slots} value=${used} aria-label="Slots of ${cluster.name}"></meter>
      <span>${used} of ${slots}${awaited > 0 && `, ${awaited} wait`}</span></div>
    <div class="gauge"><span>Bandwidth</span><meter min="0" max="1" value=${downloads && cluster.connected ? 1 : 0} aria-label="Bandwidth of ${cluster.name}"></meter>
      <span>${use}</span></div>
  </div>`;
}
