import { describe, expect, it } from "vitest";
import { DEFAULT_MIX, shares, sumOf, type Mix } from "./mix";

describe("the mix", () => {
  it("becomes shares that sum to one, whatever the unit of the weights", () => {
    const made = shares({ businesses: 2, unlicensed: 1, risk: 0, area: 1, roads: 0 });
    expect(made).toEqual({ businesses: 0.5, unlicensed: 0.25, risk: 0, area: 0.25, roads: 0 });
    expect(sumOf(shares(DEFAULT_MIX))).toBeCloseTo(1);
  });

  it("takes an emptied field for nothing, and says when nothing weighs", () => {
    const emptied = { ...DEFAULT_MIX, businesses: undefined } as unknown as Mix;
    expect(shares(emptied).area).toBe(0.5);
    expect(sumOf({ businesses: 0, unlicensed: 0, risk: 0, area: 0, roads: 0 })).toBe(0);
  });
});
