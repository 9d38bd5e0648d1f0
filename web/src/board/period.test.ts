import { describe, expect, it } from "vitest";
import { isDay, period, today, trendPeriod } from "./period";

describe("periods", () => {
  it("counts today in Shanghai", () => {
    expect(today(new Date("2026-02-28T15:59:59Z"))).toBe("2026-02-28");
    expect(today(new Date("2026-02-28T16:00:00Z"))).toBe("2026-03-01");
  });

  it("takes thirty days with today among them", () => {
    expect(period("days30", "2026-03-01")).toEqual({ since: "2026-01-31", until: "2026-03-01" });
  });

  it("begins a month and a quarter on their first day", () => {
    expect(period("month", "2026-11-22").since).toBe("2026-11-01");
    expect(["2026-01-31", "2026-03-01", "2026-04-01", "2026-12-31"].map((day) => period("quarter", day).since)).toEqual([
      "2026-01-01",
      "2026-01-01",
      "2026-04-01",
      "2026-10-01",
    ]);
  });

  it("shows half a year of months at least", () => {
    expect(trendPeriod({ since: "2026-02-20", until: "2026-03-01" }).since).toBe("2025-10-01");
    expect(trendPeriod({ since: "2024-02-20", until: "2026-03-01" }).since).toBe("2024-02-01");
  });

  it("knows a day from other text", () => {
    expect([isDay("2026-02-01"), isDay("2026-2-1"), isDay("2026-13-01"), isDay(null)]).toEqual([true, false, false, false]);
  });
});
