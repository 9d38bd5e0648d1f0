import { describe, expect, it } from "vitest";
import { boundsOf, metres, tilesCovering, within } from "./geometry";

const square = (west: number, south: number, side: number) => [
  [west, south], [west + side, south], [west + side, south + side], [west, south + side], [west, south],
];

describe("geometry", () => {
  it("measures a degree of latitude as 111.2 km, and one of longitude shorter by the cosine", () => {
    expect(metres({ lon: 114, lat: 30 }, { lon: 114, lat: 31 })).toBeCloseTo(111_195, -2);
    expect(metres({ lon: 114, lat: 30 }, { lon: 115, lat: 30 })).toBeCloseTo(111_195 * Math.cos(Math.PI / 6), -2);
  });

  it("takes a hole out of a polygon", () => {
    const ring = { type: "Polygon" as const, coordinates: [square(0, 0, 4), square(1, 1, 2)] };
    expect(within({ lon: 0.5, lat: 0.5 }, ring)).toBe(true);
    expect(within({ lon: 2, lat: 2 }, ring)).toBe(false);
    expect(within({ lon: 5, lat: 2 }, ring)).toBe(false);
  });

  it("gives a point to exactly one of two cells that share an edge", () => {
    const cells = [0, 1].map((west) => ({ type: "Polygon" as const, coordinates: [square(west, 0, 1)] }));
    for (const lon of [0.4, 1, 1.6]) {
      expect(cells.filter((cell) => within({ lon, lat: 0.5 }, cell))).toHaveLength(1);
    }
  });

  it("covers a box by the tiles that meet it", () => {
    expect(tilesCovering([-180, -85, 179.9, 85], 1)).toEqual(["1/0/0", "1/0/1", "1/1/0", "1/1/1"]);
    expect(tilesCovering([114.27, 30.6, 114.27, 30.6], 14)).toEqual(["14/13392/6728"]);
  });

  it("bounds several polygons, and none by nothing", () => {
    expect(boundsOf([])).toBeNull();
    expect(boundsOf([0, 5].map((west) => ({ type: "Polygon" as const, coordinates: [square(west, 1, 1)] })))).toEqual([0, 1, 6, 2]);
  });
});
