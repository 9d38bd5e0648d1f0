// Makes a map on an element. MapLibre 6 is an ES module: without its worker's address no tile is ever drawn.

import { AttributionControl, Map as MapLibre, NavigationControl, ScaleControl, setWorkerUrl } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import "maplibre-gl/dist/maplibre-gl.css";
import "./map.css";
import { language } from "../i18n/language.svelte";
import { session } from "../session.svelte";
import { basemapStyle } from "./style";

setWorkerUrl(workerUrl);

/** A map on the jurisdiction of whoever is signed in, in the language that is on. */
export function createMap(container: HTMLElement): MapLibre {
  const bounds = session.me?.jurisdiction.bounds as [number, number, number, number] | null | undefined;
  const map = new MapLibre({
    container,
    style: basemapStyle(language.now),
    ...(bounds ? { bounds, fitBoundsOptions: { padding: 24 } } : { center: [105, 35], zoom: 3 }),
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    maxZoom: 20,
    // Names that fade in are motion too, and a picture drawn twenty times over.
    fadeDuration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 300,
  });
  map.touchZoomRotate.disableRotation();
  speak(map);
  return map;
}

/** The controls, and the names on the ground, in the language that is on, also once it is changed. */
function speak(map: MapLibre): void {
  const english = { ...map._locale };
  const controls = [
    ["bottom-right", new AttributionControl({ compact: true })],
    ["bottom-right", new NavigationControl({ showCompass: false })],
    ["bottom-left", new ScaleControl({ unit: "metric" })],
  ] as const;
  const dress = (): void => {
    // A control takes its words when it is added, and the map offers no other place for them.
    Object.assign(map._locale, english, language.now === "zh" ? CHINESE : {});
    for (const [where, control] of controls) {
      if (map.hasControl(control)) map.removeControl(control);
      map.addControl(control, where);
    }
  };
  const rename = (): void => {
    for (const layer of basemapStyle(language.now).layers) {
      const text = layer.type === "symbol" && layer.layout?.["text-field"];
      if (text) map.setLayoutProperty(layer.id, "text-field", text);
    }
  };
  dress();
  let drawn = language.now;
  const stop = $effect.root(() => {
    $effect(() => {
      if (language.now === drawn) return;
      drawn = language.now;
      dress();
      if (map.isStyleLoaded()) rename();
      else map.once("idle", rename);
    });
  });
  map.once("remove", stop);
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
