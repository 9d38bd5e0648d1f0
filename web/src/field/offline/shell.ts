// The page's side of the service worker: registering it, taking over a new version, filling and wiping what it keeps.

import { tilesCovering, type Bounds } from "$shared/map/geometry";

const SEEN = "gridsup-seen";
const MOST_SEEN = 1_500;
/** Layers that the map draws from tiles, with the zooms at which the server has them. */
const LAYERS: [layer: string, from: number, to: number][] = [["basemap", 9, 15], ["cells", 9, 14]];

/** Keep the page for offline use; `ready` is told when a newer version waits. */
export async function keepShell(ready: (takeOver: () => void) => void): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  const had = Boolean(navigator.serviceWorker.controller);
  const registration = await navigator.serviceWorker.register("/field/sw.js", { scope: "/field/" });
  navigator.serviceWorker.addEventListener("controllerchange", () => had && location.reload());
  const tell = (): void => {
    const { waiting } = registration;
    if (waiting && had) ready(() => waiting.postMessage("take-over"));
  };
  tell();
  registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", tell));
}

/** Fetch the map of a box once, so that the worker keeps it. */
export async function fetchTiles(bounds: Bounds): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  await navigator.serviceWorker.ready;
  const cache = await caches.open(SEEN);
  const seen = await cache.keys();
  for (const request of seen.slice(0, Math.max(0, seen.length - MOST_SEEN))) await cache.delete(request);
  const known = new Set(seen.map((request) => new URL(request.url).pathname));
  for (const [layer, from, to] of LAYERS) {
    for (let z = from; z <= to; z++) {
      for (const tile of tilesCovering(bounds, z)) {
        const path = `/api/tiles/${layer}/${tile}.mvt`;
        if (known.has(path)) continue;
        const answer = await fetch(path).catch(() => null);
        if (!answer) return; // the network is gone: the rest is fetched another time
        if (answer.ok && !navigator.serviceWorker.controller) await cache.put(path, answer);
        else await answer.arrayBuffer();
      }
    }
  }
}

/** Forget tiles and matters that were seen: on signing out, and when another officer signs in. */
export async function wipeSeen(): Promise<void> {
  if ("caches" in globalThis) await caches.delete(SEEN);
}
