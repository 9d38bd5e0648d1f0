import { describe, expect, test } from "vitest";
import { fresh } from "./recent";

const places = (...ats: string[]): { at: string }[] => ats.map((at) => ({ at }));

describe("who is around, from what the phone kept", () => {
  test.each([
    ["2026-11-23T02:00:00Z", ["2026-11-22T22:00:00Z", "2026-11-23T01:59:00Z"]], // 10:00: four hours back, and now
    ["2026-11-22T17:00:00Z", ["2026-11-22T16:00:00Z"]], // 01:00: nothing of the evening before
    ["2026-11-23T10:00:00Z", []],
  ])("at %s", (now, shown) => {
    const kept = places("2026-11-22T15:59:00Z", "2026-11-22T16:00:00Z", "2026-11-22T21:59:59Z", "2026-11-22T22:00:00Z", "2026-11-23T01:59:00Z");
    const past = kept.filter(({ at }) => at <= now);
    expect(fresh(past, 4, Date.parse(now)).map(({ at }) => at)).toEqual(shown);
  });
});
