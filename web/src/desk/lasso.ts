// A line drawn around things on the map by hand: press, drag, let go.

import type { Polygon, Position } from "geojson";
import type { GeoJSONSource, Map as MapLibre, MapMouseEvent, MapTouchEvent } from "maplibre-gl";

const SOURCE = "lasso";

export function addLasso(map: MapLibre): void {
  map.addSource(SOURCE, { type: "geojson", data: polygon([]) });
  map.addLayer({ id: "lasso-fill", type: "fill", source: SOURCE, paint: { "fill-color": "#ffb703", "fill-opacity": 0.18 } });
  map.addLayer({ id: "lasso-line", type: "line", source: SOURCE, paint: { "line-color": "#7a4b12", "line-width": 2, "line-dasharray": [2, 1] } });
}

/** Wait for one line and hand over the polygon that it closes; the answer stops waiting. */
export function drawLasso(map: MapLibre, done: (area: Polygon) => void): () => void {
  let line: Position[] = [];
  const source = map.getSource<GeoJSONSource>(SOURCE)!;
  const show = (): unknown => source.setData(polygon(line));

  function begin(event: MapMouseEvent | MapTouchEvent): void {
    event.preventDefault(); // the map stays where it is
    line = [event.lngLat.toArray()];
  }
  function go(event: MapMouseEvent | MapTouchEvent): void {
    if (!line.length) return;
    line.push(event.lngLat.toArray());
    show();
  }
  function end(): void {
    const drawn = line;
    line = [];
    show();
    if (drawn.length > 2) done(polygon(drawn));
  }

  const heard = [
    map.on("mousedown", begin),
    map.on("touchstart", begin),
    map.on("mousemove", go),
    map.on("touchmove", go),
    map.on("mouseup", end),
    map.on("touchend", end),
  ];
  map.getCanvas().style.cursor = "crosshair";
  return () => {
    line = [];
    show();
    map.getCanvas().style.cursor = "";
    for (const one of heard) one.unsubscribe();
  };
}

function polygon(line: Position[]): Polygon {
  return { type: "Polygon", coordinates: line.length > 2 ? [[...line, line[0]!]] : [] };
}
