import { describe, expect, it } from "vitest";
import { adjacency, around, placeIn, targets, type Ground } from "./neighbours";
import { ratios, stepOf, STEPS, stepText } from "./scale";

/** Unit squares in a row of three cells: two of station 1, one of station 2. */
function square(number: number, x: number, y: number, cell: number, station = 1): Ground {
  const ring = [[x, y], [x + 1, y], [x + 1, y + 1], [x, y + 1], [x, y]];
  return { number, cell, station, shape: { type: "Polygon", coordinates: [ring] } };
}
const blocks = [square(1, 0, 0, 10), square(2, 1, 0, 10), square(3, 2, 0, 20), square(4, 3, 0, 30, 2), square(5, 2, 1, 20)];
const byNumber = new Map(blocks.map((block) => [block.number, block]));
const near = adjacency(blocks);

describe("neighbours", () => {
  it("are those that share an edge, not a corner", () => {
    expect([...near.get(2)!].sort()).toEqual([1, 3]);
    expect([...near.get(5)!]).toEqual([3]);
  });

  it("gives the cells of the same station into which a block could move", () => {
    expect(targets(new Set([2]), byNumber, near)).toEqual([20]);
    expect(targets(new Set([3]), byNumber, near)).toEqual([10]);
    expect(targets(new Set([1]), byNumber, near)).toEqual([]);
    expect(targets(new Set([3, 4]), byNumber, near)).toEqual([]);
    expect(targets(new Set([2, 3]), byNumber, near)).toEqual([10, 20]);
    expect(around(20, byNumber, near)).toEqual([10]);
  });

  it("finds the place that a fault names", () => {
    expect(placeIn("缝隙位于 114.261234, 30.600001，面积 3.0 m²")).toEqual([114.261234, 30.600001]);
    expect(placeIn("断成 2 块")).toBeNull();
  });
});

describe("the scale", () => {
  it("puts the mean into the middle and has no gaps", () => {
    const found = ratios([{ label: 1, workload: 0.5 }, { label: 2, workload: 1 }, { label: 3, workload: 1.5 }]);
    expect([...found.values()].map((ratio) => STEPS.indexOf(stepOf(ratio)))).toEqual([0, 2, 4]);
    for (let i = 1; i < STEPS.length; i++) expect(STEPS[i]!.from).toBe(STEPS[i - 1]!.to);
    expect(STEPS.map(stepText)).toEqual(["< 80%", "80%–95%", "95%–105%", "105%–120%", "≥ 120%"]);
  });

  it("calls every cell even where there is no work", () => {
    expect(stepOf(ratios([{ label: 1, workload: 0 }]).get(1)!)).toBe(STEPS[2]);
  });
});
