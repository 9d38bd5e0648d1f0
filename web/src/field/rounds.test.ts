import { describe, expect, it } from "vitest";
import { alike, dueOf, listed, MOST_STOPS, route, type Household } from "./rounds";

const NOW = Date.parse("2026-03-01T00:00:00Z");
const ago = (days: number) => new Date(NOW - days * 86_400_000).toISOString();

function household(business_id: number, more: Partial<Household> = {}): Household {
  return {
    business_id, name: `商户${business_id}`, address: "民权路", code: `c${business_id}`, cell_id: 1, community_id: null, trade: null, operator_name: null, uscc: null, scope: null,
    risk: 2, licence_status: "valid", lon: 114.27, lat: 30.6, last_visit: null, daysOver: null, overdue: true, weight: 2, ...more,
  };
}

describe("rounds", () => {
  it("is due from the day of the interval on, and never visited counts as due", () => {
    expect(dueOf(ago(59), 60, NOW).overdue).toBe(false);
    expect(dueOf(ago(61), 60, NOW)).toMatchObject({ overdue: true, daysOver: 1 });
    expect(dueOf(null, 60, NOW)).toMatchObject({ overdue: true, daysOver: null, weight: 2 });
  });

  it("lets no household outweigh all others by age alone", () => {
    expect(dueOf(ago(6000), 60, NOW).weight).toBe(4);
  });

  it("lists the nearest first, and those without a place last", () => {
    const from = { lon: 114.27, lat: 30.6 };
    const all = [household(1, { lon: null, lat: null }), household(2, { lat: 30.61 }), household(3)];
    expect(listed(all, "near", "", from).map(({ one }) => one.business_id)).toEqual([3, 2, 1]);
  });

  it("lists what is due by risk, overdue and nearness", () => {
    const from = { lon: 114.27, lat: 30.6 };
    const all = [household(1), household(2, { risk: 4 }), household(3, { overdue: false }), household(4, { risk: 4, lat: 30.65 })];
    expect(listed(all, "due", "", from).map(({ one }) => one.business_id)).toEqual([2, 1, 4]);
  });

  it("does not lead to a household without a place before one at hand", () => {
    const from = { lon: 114.27, lat: 30.6 };
    const all = [household(1, { lon: null, lat: null }), household(2)];
    expect(listed(all, "due", "", from).map(({ one }) => one.business_id)).toEqual([2, 1]);
    expect(listed(all, "due", "", null).map(({ one }) => one.business_id)).toEqual([1, 2]);
  });

  it("suggests the registered name for what a signboard shows, on the same street", () => {
    const from = { lon: 114.27, lat: 30.6 };
    const all = [
      household(1, { name: "武汉市江汉区汉康匠米粉店" }),
      household(2, { name: "武汉市江汉区汉康匠米粉店", lat: 30.65 }),
      household(3, { name: "武汉市江汉区老李米粉店" }),
      household(4, { name: "汉康匠（米粉）", lon: null, lat: null }),
    ];
    expect(alike("汉康匠米粉", all, from).map(({ one }) => one.business_id)).toEqual([1, 4]);
    expect(alike("汉", all, from)).toEqual([]);
  });

  it("finds by every word of the question, in name, code, address or trade", () => {
    const all = [household(1, { name: "老王面馆", trade: "餐饮" }), household(2, { name: "老王理发" })];
    expect(listed(all, "near", "老王 餐饮", null).map(({ one }) => one.business_id)).toEqual([1]);
    expect(listed(all, "near", "C2", null).map(({ one }) => one.business_id)).toEqual([2]);
  });

  it("walks from stop to stop, the weightiest for its distance first, and leaves out what is passed over", () => {
    const from = { lon: 114.27, lat: 30.6 };
    const all = [
      household(1, { lat: 30.62 }), household(2, { lat: 30.602 }), household(3, { lat: 30.604, risk: 4 }),
      household(4, { overdue: false }), household(5, { lon: null, lat: null }), household(6, { lat: 30.6045 }),
    ];
    expect(route(all, from).map(({ one, nth }) => [nth, one.business_id])).toEqual([[1, 3], [2, 6], [3, 2], [4, 1]]);
    expect(route(all, from)[1]!.metres).toBeLessThan(70);
    expect(route(all, from, new Set([3])).map(({ one }) => one.business_id)).toEqual([2, 6, 1]);
    expect(route(all, null).map(({ one }) => one.business_id)[0]).toBe(3);
  });

  it("is no longer than a day", () => {
    const many = Array.from({ length: 60 }, (_, n) => household(n, { lat: 30.6 + n / 1000 }));
    expect(route(many, null)).toHaveLength(MOST_STOPS);
  });
});
