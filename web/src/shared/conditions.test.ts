import { describe, expect, it } from "vitest";
import { evaluate } from "./conditions";

describe("conditions", () => {
  const food = { fact: "food", op: "eq", value: true } as const;

  it("takes an absent fact as unknown, not as false", () => {
    expect(evaluate(food, {})).toBeNull();
    expect(evaluate({ not: food }, {})).toBeNull();
    expect(evaluate({ fact: "food", op: "known" }, {})).toBe(false);
  });

  it("lets one false part settle an `all`, one true part an `any`, whatever is unknown", () => {
    const unknown = { fact: "other", op: "eq", value: 1 } as const;
    expect(evaluate({ all: [food, unknown] }, { food: false })).toBe(false);
    expect(evaluate({ all: [food, unknown] }, { food: true })).toBeNull();
    expect(evaluate({ any: [food, unknown] }, { food: true })).toBe(true);
    expect(evaluate({ any: [food, unknown] }, { food: false })).toBeNull();
  });

  it("compares membership and order", () => {
    expect(evaluate({ fact: "n", op: "in", value: [1, 2] }, { n: 2 })).toBe(true);
    expect(evaluate({ fact: "n", op: "not_in", value: [1, 2] }, { n: 2 })).toBe(false);
    expect(evaluate({ fact: "n", op: "ge", value: 3 }, { n: 3 })).toBe(true);
    expect(evaluate({ fact: "n", op: "lt", value: 3 }, { n: 3 })).toBe(false);
  });
});
