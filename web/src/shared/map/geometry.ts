// The little geometry that a page needs without a server. Positions are CRS84 degrees, lengths metres.

import type { Polygon, Position } from "geojson";

const RADIUS = 6_371_008.8;
const rad = (degrees: number): number => (degrees * Math.PI) / 180;

export type Place = { lon: number; lat: number };

/** Great-circle distance in metres. */
export function metres(a: Place, b: Place): number {
  const h =
    Math.sin(rad(b.lat - a.lat) / 2) ** 2 +
    Math.cos(rad(a.lat)) * Math.cos(rad(b.lat)) * Math.sin(rad(b.lon - a.lon) / 2) ** 2;
  return 2 * RADIUS * Math.asin(Math.sqrt(h));
}

/** Whether a place lies in a polygon: inside its outer ring and in none of its holes (even-odd rule). */
export function within({ lon, lat }: Place, polygon: Polygon): boolean {
  return polygon.coordinates.filter((ring) => inRing(lon, lat, ring)).length % 2 === 1;
}

function inRing(x: number, y: number, ring: Position[]): boolean {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [ax, ay, bx, by] = [ring[i]![0]!, ring[i]![1]!, ring[j]![0]!, ring[j]![1]!];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}

export type Bounds = [west: number, south: number, east: number, north: number];

export function boundsOf(polygons: Polygon[]): Bounds | null {
  const points = polygons.flatMap((polygon) => polygon.coordinates.flat());
  if (!points.length) return null;
  const xs = points.map((point) => point[0]!);
  const ys = points.map((point) => point[1]!);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

/** The tiles that cover a box at one zoom, as z/x/y. */
export function tilesCovering([west, south, east, north]: Bounds, z: number): string[] {
  const n = 2 ** z;
  const column = (lon: number): number => Math.floor(((lon + 180) / 360) * n);
  const row = (lat: number): number => Math.floor(((1 - Math.asinh(Math.tan(rad(lat))) / Math.PI) / 2) * n);
  const found = [];
  for (let x = column(west); x <= column(east); x++) {
    for (let y = row(north); y <= row(south); y++) found.push(`${z}/${x}/${y}`);
  }
  return found;
}
