// Tiles are fetched by the page, not by the map's own worker: a service worker answers only for pages and workers
// under its own address, and the map's worker lives among the assets.

import { addProtocol, type Map as MapLibre } from "maplibre-gl";

addProtocol("kept", async ({ url }, abort) => {
  const response = await fetch(url.replace("kept:", location.protocol), { signal: abort.signal });
  if (!response.ok) throw new Error(`${response.status} ${url}`);
  return { data: await response.arrayBuffer() };
});

/** Let the map's tiles pass through the page, and so through what the phone keeps. */
export function keepTiles(map: MapLibre): void {
  map.setTransformRequest((url) => ({ url: url.startsWith(`${location.origin}/api/tiles/`) ? url.replace(location.protocol, "kept:") : url }));
}
