// The basemap: the jurisdiction's own roads as vector tiles in the Protomaps schema, drawn without sprites.

import { layers, namedFlavor } from "@protomaps/basemaps";
import type { StyleSpecification } from "maplibre-gl";
import type { Language } from "../i18n/language.svelte";
import { fontFaces } from "./fonts";

/** Tiles of the platform, by the layer names that the API publishes. */
export const tilesOf = (layer: string): string => `${location.origin}/api/tiles/${layer}/{z}/{x}/{y}.mvt`;

/** Of the schema's layers those that the tiles have something for: each is looked at for every road that is drawn. */
const SERVED = new Set(["earth", "water", "roads", "boundaries", "places"]);
const NEVER = /tunnel|bridge|runway|taxiway|pier|oneway|shield|ocean|lake|island|country|region/;

export function basemapStyle(language: Language): StyleSpecification {
  return {
    version: 8,
    "font-faces": fontFaces(location.origin),
    sources: {
      basemap: {
        type: "vector",
        tiles: [tilesOf("basemap")],
        maxzoom: 15,
        attribution: "© OpenStreetMap contributors",
      },
    },
    layers: layers("basemap", namedFlavor("light"), { lang: language === "zh" ? "zh-Hans" : "en" })
      .filter((layer) => !("source-layer" in layer) || (SERVED.has(layer["source-layer"]!) && !NEVER.test(layer.id)))
      .filter((layer) => !JSON.stringify(layer).includes("icon-image"))
      // The ground has no edge to be smoothed; smoothing is a program of its own to compile.
      .map((layer) => (layer.type === "fill" ? { ...layer, paint: { ...layer.paint, "fill-antialias": false } } : layer)),
  };
}
