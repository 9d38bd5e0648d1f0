// The basemap: the jurisdiction's own roads as vector tiles in the Protomaps schema, drawn without sprites.

import { layers, namedFlavor } from "@protomaps/basemaps";
import type { StyleSpecification } from "maplibre-gl";
import type { Language } from "../i18n/language.svelte";
import { fontFaces } from "./fonts";

/** Tiles of the platform, by the layer names that the API publishes. */
export const tilesOf = (layer: string): string => `${location.origin}/api/tiles/${layer}/{z}/{x}/{y}.mvt`;

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
    layers: layers("basemap", namedFlavor("light"), { lang: language === "zh" ? "zh-Hans" : "en" }).filter(
      (layer) => layer.id !== "pois" && !JSON.stringify(layer).includes("icon-image"),
    ),
  };
}
