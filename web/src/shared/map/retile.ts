// Gives a source of vector tiles another address, or the same one anew.

import type { Map as MapLibre, VectorTileSource } from "maplibre-gl";

/**
 * A tile that is loaded or laid out anew just then would keep what it has (MapLibre 6 reads its state late),
 * so the address changes once the map is at rest.
 */
export function retile(map: MapLibre, id: string, tiles?: string[]): void {
  map.once("idle", () => {
    const source = map.getSource<VectorTileSource>(id);
    source?.setTiles(tiles ?? source.tiles);
  });
  map.triggerRepaint();
}
