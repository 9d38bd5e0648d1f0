// The desk's map layers: cells by what is asked of them, businesses in levels of detail, matters as live pins.

import type { FeatureCollection, Point } from "geojson";
import type { ExpressionSpecification, LayerSpecification, Map as MapLibre } from "maplibre-gl";
import { retile } from "$shared/map/retile";
import { tilesOf } from "$shared/map/style";
import { session } from "$shared/session.svelte";
import { clockState } from "$shared/time";
import type { Pins } from "./desk.svelte";

const COLOURS = { late: "#b3261e", soon: "#c77700", calm: "#2f7d4f", none: "#5b6770" } as const;
const TEXT = { "text-font": ["Noto Sans Medium"], "text-size": 12 };

/** What cells are filled with when nothing is asked of them. */
export const cellColour = (day: string): string => (day ? "#a0713a" : "#0e6a91");
/** Hardly there, so that the streets show; the chosen one stands out. */
export const CELL_OPACITY: ExpressionSpecification = ["case", ["boolean", ["feature-state", "chosen"], false], 0.2, 0.05];

const LAYERS: LayerSpecification[] = [
  {
    id: "cells-fill",
    type: "fill",
    source: "cells",
    "source-layer": "cells",
    paint: { "fill-color": "#0e6a91", "fill-opacity": CELL_OPACITY, "fill-antialias": false }, // cells-line is its edge
  },
  {
    id: "cells-line",
    type: "line",
    source: "cells",
    "source-layer": "cells",
    paint: { "line-color": "#0b4f6c", "line-width": ["interpolate", ["linear"], ["zoom"], 11, 1, 16, 3], "line-opacity": 0.7 },
  },
  {
    id: "counts",
    type: "circle",
    source: "businesses",
    "source-layer": "counts",
    maxzoom: 14,
    paint: {
      "circle-radius": ["interpolate", ["linear"], ["sqrt", ["get", "n"]], 1, 2, 40, 16],
      "circle-color": "#4a7c94",
      "circle-opacity": 0.35,
    },
  },
  {
    id: "businesses",
    type: "circle",
    source: "businesses",
    "source-layer": "businesses",
    minzoom: 14,
    paint: {
      "circle-radius": ["interpolate", ["linear"], ["zoom"], 14, 2.5, 18, 7],
      "circle-color": ["case", ["==", ["get", "licence"], "valid"], "#4a7c94", "#d1495b"],
      "circle-stroke-color": "#fff",
      "circle-stroke-width": ["interpolate", ["linear"], ["zoom"], 14, 0.5, 18, 1.5],
    },
  },
  {
    id: "businesses-name",
    type: "symbol",
    source: "businesses",
    "source-layer": "businesses",
    minzoom: 17,
    layout: { "text-field": ["get", "name"], ...TEXT, "text-size": 11, "text-anchor": "top", "text-offset": [0, 0.7], "text-optional": true },
    paint: { "text-color": "#33464f", "text-halo-color": "#fff", "text-halo-width": 1.5 },
  },
  {
    id: "cells-name",
    type: "symbol",
    source: "cells",
    "source-layer": "cells",
    minzoom: 13,
    layout: { "text-field": ["get", "name"], ...TEXT },
    paint: { "text-color": "#0b4f6c", "text-halo-color": "#fff", "text-halo-width": 2 },
  },
  {
    id: "pins-ring",
    type: "circle",
    source: "pins",
    paint: {
      "circle-radius": ["interpolate", ["linear"], ["zoom"], 11, ["case", ["get", "chosen"], 9, 4.5], 15, ["case", ["get", "chosen"], 13, 9]],
      "circle-color": "#fff",
      "circle-stroke-color": ["get", "colour"],
      "circle-stroke-width": ["interpolate", ["linear"], ["zoom"], 11, ["case", ["get", "chosen"], 4, 2], 15, ["case", ["get", "chosen"], 5, 3.5]],
    },
  },
  {
    id: "pins-dot",
    type: "circle",
    source: "pins",
    minzoom: 13,
    paint: { "circle-radius": 3.5, "circle-color": ["get", "colour"] },
  },
];

/** The cells of a past day, or today's where none is named. */
export const cellTiles = (day: string): string[] => [tilesOf("cells") + (day ? `?day=${day}` : "")];

/** What is of today alone: it is not drawn over the cells of a past day. */
const OF_TODAY = ["counts", "businesses", "businesses-name", "pins-ring", "pins-dot"];

/** Cells of a past day look like an old plan: brown, dashed, and nothing of today over them. */
export function showDay(map: MapLibre, day: string): void {
  retile(map, "cells", cellTiles(day));
  for (const id of OF_TODAY) map.setLayoutProperty(id, "visibility", day ? "none" : "visible");
  map.setPaintProperty("cells-fill", "fill-color", cellColour(day));
  map.setPaintProperty("cells-line", "line-color", day ? "#7a4b12" : "#0b4f6c");
  map.setPaintProperty("cells-line", "line-dasharray", day ? [3, 1.5] : undefined);
  map.setPaintProperty("cells-name", "text-color", day ? "#7a4b12" : "#0b4f6c");
}

export function addLayers(map: MapLibre, day: string): void {
  // A department sees its matters, not the grid: nothing is asked for that would be refused.
  const asked = session.may("cells:read") ? {} : { bounds: [0, 0, 0, 0] as [number, number, number, number] };
  map.addSource("cells", { type: "vector", tiles: cellTiles(day), maxzoom: 14, promoteId: "id", ...asked });
  map.addSource("businesses", { type: "vector", tiles: [tilesOf("businesses")], maxzoom: 16, promoteId: "id", ...asked });
  map.addSource("pins", { type: "geojson", data: pins(null, null), promoteId: "id" });
  for (const layer of LAYERS) map.addLayer(layer);
  if (day) showDay(map, day);
}

/** One pin per matter that has a place; its ring tells the state of its clock. */
export function pins(found: Pins | null, chosen: number | null): FeatureCollection<Point> {
  return {
    type: "FeatureCollection",
    features: (found?.features ?? []).map(({ geometry, properties }) => ({
      type: "Feature",
      geometry,
      properties: {
        id: properties.id,
        title: properties.title,
        chosen: properties.id === chosen,
        colour: COLOURS[properties.ended ? "none" : clockState(properties.next_due_at, null)],
      },
    })),
  };
}
