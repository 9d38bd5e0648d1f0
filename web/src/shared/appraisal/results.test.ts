import { expect, test } from "vitest";
import { byStage, days, monthBefore, shown } from "./results";

const measure = (id: string, stage: "patrol" | "finding") => ({
  id, stage, stage_title: { zh: stage, en: stage }, aspect: "time" as const, kind: "clocks", title: { zh: id, en: id },
  formula: { zh: "", en: "" }, weight: 1, source: "P10-C3",
});

test("points add up by stage, in the order of the catalogue", () => {
  const catalogue = { version: 1, grades: [], measures: [measure("a", "patrol"), measure("b", "finding"), measure("c", "patrol")] };
  const told = (id: string, points: number, weight: number) => ({ measure: id, rows: 1, ok: 1, weight, points, lost: 0 });
  const stages = byStage(catalogue, [told("c", 2, 5), told("a", 1, 10), told("b", 0, 0)]);
  expect(stages.map((one) => [one.stage, one.points, one.weight])).toEqual([["patrol", 3, 15], ["finding", 0, 0]]);
});

test("months become whole days, leap years too", () => {
  expect(days("2027-12", "2028-02")).toEqual({ since: "2027-12-01", until: "2028-02-29" });
  expect(monthBefore("2026-01-05")).toBe("2025-12");
  expect(monthBefore("2026-11-30")).toBe("2026-10");
});

test("nothing measured is a dash, nothing reached is a nought", () => {
  expect([shown(null), shown(0), shown(87.26)]).toEqual(["—", "0.0", "87.3"]);
});
