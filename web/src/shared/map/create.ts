// Makes a map on an element. MapLibre 6 is an ES module: without its worker's address no tile is ever drawn.

import { Map as MapLibre, NavigationControl, ScaleControl, setWorkerUrl } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import "maplibre-gl/dist/maplibre-gl.css";
import "./map.css";
import { language } from "../i18n/language.svelte";
import { session } from "../session.svelte";
import { basemapStyle } from "./style";

setWorkerUrl(workerUrl);

/** A map on the jurisdiction of whoever is signed in. */
export function createMap(container: HTMLElement): MapLibre {
  const bounds = session.me?.jurisdiction.bounds as [number, number, number, number] | null | undefined;
  const map = new MapLibre({
    container,
    style: basemapStyle(language.now),
    ...(bounds ? { bounds, fitBoundsOptions: { padding: 24 } } : { center: [105, 35], zoom: 3 }),
    attributionControl: { compact: true },
    dragRotate: false,
    pitchWithRotate: false,
    maxZoom: 20,
    // Names that fade in are motion too, and a picture drawn twenty times over.
    fadeDuration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 300,
    locale: language.now === "zh" ? CHINESE : {},
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "bottom-right");
  map.addControl(new ScaleControl({ unit: "metric" }), "bottom-left");
  return map;
}

const CHINESE = {
  "NavigationControl.ZoomIn": "放大",
  "NavigationControl.ZoomOut": "缩小",
  "GeolocateControl.FindMyLocation": "定位到我",
  "AttributionControl.ToggleAttribution": "显示数据来源",
  "ScaleControl.Meters": "米",
  "ScaleControl.Kilometers": "千米",
  "Map.Title": "地图",
};
