// What the editor draws: the draft's cells by workload, its blocks, today's borders dashed, a line being drawn.

import type { Feature, FeatureCollection } from "geojson";
import type { ExpressionSpecification, LayerSpecification, Map as MapLibre } from "maplibre-gl";
import { tilesOf } from "$shared/map/style";
import type { Draft } from "./draft.svelte";
import { stepOf } from "./scale";

/** From this zoom on blocks are drawn and chosen. */
export const BLOCKS_FROM = 13;
const INK = "#16232b";
const CHOSEN = "#111";
const on = (state: string): ExpressionSpecification => ["boolean", ["feature-state", state], false];

const BELOW: LayerSpecification[] = [
  { id: "draft-fill", type: "fill", source: "draft-cells", paint: { "fill-color": ["get", "colour"], "fill-opacity": 0.62 } },
  {
    id: "blocks-fill",
    type: "fill",
    source: "draft-blocks",
    minzoom: BLOCKS_FROM,
    paint: { "fill-color": CHOSEN, "fill-opacity": ["case", on("chosen"), 0.38, on("hover"), 0.1, 0] },
  },
  {
    id: "blocks-line",
    type: "line",
    source: "draft-blocks",
    minzoom: BLOCKS_FROM,
    paint: { "line-color": INK, "line-opacity": ["interpolate", ["linear"], ["zoom"], 13, 0.18, 16, 0.5], "line-width": 0.8 },
  },
];
const ABOVE: LayerSpecification[] = [
  {
    id: "draft-line",
    type: "line",
    source: "draft-cells",
    layout: { "line-join": "round" },
    paint: { "line-color": INK, "line-width": ["interpolate", ["linear"], ["zoom"], 11, 1, 16, 3] },
  },
  {
    id: "today-line",
    type: "line",
    source: "today",
    "source-layer": "cells",
    layout: { "line-join": "round" },
    paint: { "line-color": "#8a1c7c", "line-width": ["interpolate", ["linear"], ["zoom"], 11, 1, 16, 2.4], "line-dasharray": [3, 2.5] },
  },
  {
    id: "blocks-chosen",
    type: "line",
    source: "draft-blocks",
    minzoom: BLOCKS_FROM,
    paint: { "line-color": CHOSEN, "line-width": ["case", on("chosen"), 2.5, 0] },
  },
  {
    id: "cell-chosen",
    type: "line",
    source: "draft-cells",
    layout: { "line-join": "round" },
    paint: { "line-color": ["case", on("hinted"), "#0b7a3b", "#ffb703"], "line-width": ["case", on("hinted"), 6, on("chosen"), 5, 0] },
  },
  {
    id: "draft-name",
    type: "symbol",
    source: "draft-cells",
    minzoom: 12.5,
    layout: { "text-field": ["get", "text"], "text-font": ["Noto Sans Medium"], "text-size": 12, "text-line-height": 1.15 },
    paint: { "text-color": INK, "text-halo-color": "#fff", "text-halo-width": 2 },
  },
  {
    id: "stroke-line",
    type: "line",
    source: "stroke",
    paint: { "line-color": "#b3261e", "line-width": 3, "line-dasharray": [2, 1] },
  },
  {
    id: "stroke-points",
    type: "circle",
    source: "stroke",
    paint: { "circle-radius": 5, "circle-color": "#fff", "circle-stroke-color": "#b3261e", "circle-stroke-width": 2.5 },
  },
];

export function addLayers(map: MapLibre, draft: Draft): void {
  const labels = map.getStyle().layers.find((layer) => layer.type === "symbol")?.id;
  map.addSource("draft-cells", { type: "geojson", data: cells(draft), promoteId: "label" });
  map.addSource("draft-blocks", { type: "geojson", data: blocks(draft), promoteId: "number" });
  map.addSource("today", { type: "vector", tiles: [tilesOf("cells")], maxzoom: 14, promoteId: "id" });
  map.addSource("stroke", { type: "geojson", data: stroke([]) });
  for (const layer of BELOW) map.addLayer(layer, labels);
  for (const layer of ABOVE) map.addLayer(layer);
}

/** The draft's cells, each with its colour and what is written on it. */
export function cells(draft: Draft): FeatureCollection {
  return {
    type: "FeatureCollection",
    features: draft.cells.features.map(({ id, geometry, properties }) => {
      const ratio = draft.ratio.get(id) ?? 1;
      return feature(geometry, { label: id, title: properties.title, ratio, colour: stepOf(ratio).colour, text: `${properties.title}\n${Math.round(ratio * 100)}%` });
    }),
  };
}

export function blocks(draft: Draft): FeatureCollection {
  return { type: "FeatureCollection", features: draft.blocks.features.map(({ geometry, properties }) => feature(geometry, properties)) };
}

/** The line that is being drawn, with its points. */
export function stroke(line: [number, number][]): FeatureCollection {
  const points = line.map((at) => feature({ type: "Point", coordinates: at }, {}));
  return {
    type: "FeatureCollection",
    features: line.length > 1 ? [feature({ type: "LineString", coordinates: line }, {}), ...points] : points,
  };
}

function feature(geometry: unknown, properties: object): Feature {
  return { type: "Feature", geometry: geometry as Feature["geometry"], properties: { ...properties } };
}
