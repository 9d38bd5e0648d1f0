// What the phone's map draws: all cells thinly, mine strongly, my households by what they need, colleagues, and me.

import type { FeatureCollection, LineString, Point, Polygon, Position } from "geojson";
import type { LayerSpecification, Map as MapLibre } from "maplibre-gl";
import { tilesOf } from "$shared/map/style";
import { time } from "$shared/time";
import type { Fix } from "../position.svelte";
import type { Household, Stop } from "../rounds";
import type { LastPlace } from "./around.svelte";

const EMPTY: FeatureCollection = { type: "FeatureCollection", features: [] };
/** What a tap opens is found by its number. */
const PICKED = ["households", "colleagues"];
const FONT = { "text-font": ["Noto Sans Medium"] };

const LAYERS: LayerSpecification[] = [
  { id: "cells-line", type: "line", source: "cells", "source-layer": "cells", paint: { "line-color": "#6b7b86", "line-width": 1, "line-opacity": 0.6 } },
  { id: "mine-fill", type: "fill", source: "mine", paint: { "fill-color": "#0e6a91", "fill-opacity": ["case", ["get", "here"], 0.16, 0.07] } },
  { id: "mine-line", type: "line", source: "mine", paint: { "line-color": "#0b4f6c", "line-width": ["case", ["get", "here"], 4, 2.5] } },
  {
    id: "households",
    type: "circle",
    source: "households",
    paint: {
      "circle-radius": ["interpolate", ["linear"], ["zoom"], 13, 2.5, 16, 6, 19, 10],
      "circle-color": ["match", ["get", "need"], "due", "#c77700", "unlicensed", "#b3261e", "#4a7c94"],
      "circle-stroke-color": "#fff",
      "circle-stroke-width": ["interpolate", ["linear"], ["zoom"], 13, 0.5, 17, 2],
    },
  },
  {
    id: "households-name",
    type: "symbol",
    source: "households",
    minzoom: 17,
    layout: { "text-field": ["get", "name"], ...FONT, "text-size": 12, "text-anchor": "top", "text-offset": [0, 0.8], "text-optional": true },
    paint: { "text-color": "#16232b", "text-halo-color": "#fff", "text-halo-width": 1.5 },
  },
  {
    id: "mine-name",
    type: "symbol",
    source: "mine",
    layout: { "text-field": ["get", "name"], ...FONT, "text-size": 13 },
    paint: { "text-color": "#0b4f6c", "text-halo-color": "#fff", "text-halo-width": 2 },
  },
  { id: "round-line", type: "line", source: "round", filter: ["==", ["geometry-type"], "LineString"], layout: { "line-join": "round" }, paint: { "line-color": "#9a5b00", "line-width": 3, "line-dasharray": [1.5, 1] } },
  { id: "round-stops", type: "circle", source: "round", filter: ["==", ["geometry-type"], "Point"], paint: { "circle-radius": 11, "circle-color": "#9a5b00", "circle-stroke-color": "#fff", "circle-stroke-width": 2 } },
  {
    id: "round-numbers",
    type: "symbol",
    source: "round",
    filter: ["==", ["geometry-type"], "Point"],
    layout: { "text-field": ["to-string", ["get", "nth"]], ...FONT, "text-size": 13, "text-allow-overlap": true, "symbol-sort-key": ["-", 0, ["get", "nth"]] },
    paint: { "text-color": "#fff" },
  },
  { id: "colleagues", type: "circle", source: "colleagues", paint: { "circle-radius": 9, "circle-color": "#5b3a8e", "circle-stroke-color": "#fff", "circle-stroke-width": 2.5 } },
  {
    id: "colleagues-name",
    type: "symbol",
    source: "colleagues",
    layout: { "text-field": ["concat", ["get", "name"], " ", ["get", "time"]], ...FONT, "text-size": 13, "text-anchor": "bottom", "text-offset": [0, -0.9] },
    paint: { "text-color": "#43286b", "text-halo-color": "#fff", "text-halo-width": 2 },
  },
  { id: "me-accuracy", type: "circle", source: "me", paint: { "circle-radius": ["get", "pixels"], "circle-color": "#0e6a91", "circle-opacity": 0.15 } },
  { id: "me", type: "circle", source: "me", paint: { "circle-radius": 8, "circle-color": "#1769ff", "circle-stroke-color": "#fff", "circle-stroke-width": 3 } },
];

export function addLayers(map: MapLibre): void {
  map.addSource("cells", { type: "vector", tiles: [tilesOf("cells")], maxzoom: 14 });
  for (const id of ["mine", "households", "round", "colleagues", "me"]) map.addSource(id, { type: "geojson", data: EMPTY, ...(PICKED.includes(id) ? { promoteId: "id" } : {}) });
  for (const layer of LAYERS) map.addLayer(layer);
}

export function mine(cells: { id: number; geometry: Record<string, unknown>; properties: { name: string; code: string } }[], here: number | null): FeatureCollection<Polygon> {
  return {
    type: "FeatureCollection",
    features: cells.map((cell) => ({
      type: "Feature",
      geometry: cell.geometry as unknown as Polygon,
      properties: { name: cell.properties.name, code: cell.properties.code, here: cell.id === here },
    })),
  };
}

export function dots(households: Household[]): FeatureCollection<Point> {
  return {
    type: "FeatureCollection",
    features: households
      .filter((one) => one.lon !== null && one.lat !== null)
      .map((one) => ({
        type: "Feature",
        geometry: { type: "Point", coordinates: [one.lon!, one.lat!] },
        properties: { id: one.business_id, name: one.name, need: one.licence_status !== "valid" ? "unlicensed" : one.overdue ? "due" : "calm" },
      })),
  };
}

/** The round: its stops in their order and the line from me through them. */
export function rounded(stops: Stop[], from: { lon: number; lat: number } | null): FeatureCollection<Point | LineString> {
  const places: Position[] = stops.map(({ one }) => [one.lon!, one.lat!]);
  const line: Position[] = from ? [[from.lon, from.lat], ...places] : places;
  const points = stops.map(({ one, nth }, index) => ({
    type: "Feature" as const,
    geometry: { type: "Point" as const, coordinates: places[index]! },
    properties: { nth, id: one.business_id },
  }));
  const path = { type: "Feature" as const, geometry: { type: "LineString" as const, coordinates: line }, properties: {} };
  return { type: "FeatureCollection", features: line.length > 1 ? [path, ...points] : points };
}

/** Colleagues, each where and when the last report was made: a point, never a way. */
export function others(colleagues: LastPlace[]): FeatureCollection<Point> {
  return {
    type: "FeatureCollection",
    features: colleagues.map((one) => ({
      type: "Feature",
      geometry: { type: "Point", coordinates: [one.lon, one.lat] },
      properties: { id: one.officer_id, name: one.name, time: time(one.at) },
    })),
  };
}

/** Me, with the circle of my accuracy in pixels at the map's present zoom. */
export function me(fix: Fix | null, zoom: number): FeatureCollection<Point> {
  if (!fix) return { type: "FeatureCollection", features: [] };
  const metresPerPixel = (156_543.03 / 2) * Math.cos((fix.lat * Math.PI) / 180) / 2 ** zoom;
  return {
    type: "FeatureCollection",
    features: [
      {
        type: "Feature",
        geometry: { type: "Point", coordinates: [fix.lon, fix.lat] },
        properties: { pixels: Math.min(fix.accuracy / metresPerPixel, 400) },
      },
    ],
  };
}
