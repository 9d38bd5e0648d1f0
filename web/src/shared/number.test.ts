import { describe, expect, it } from "vitest";
import { number, sum } from "./number";

describe("figures", () => {
  it("have separators from four digits on", () => {
    expect([number(999), number(3640), number(10117.25)]).toEqual(["999", "3,640", "10,117.25"]);
    expect([number(0.28449, 3), number(10114.4, 0)]).toEqual(["0.284", "10,114"]);
  });
  it("sums keep their cents, words stay words", () => {
    expect([sum("10000"), sum("10000.00"), sum("500.5")]).toEqual(["10,000", "10,000.00", "500.5"]);
    expect([sum("当事人放弃"), sum(""), sum("1万")]).toEqual(["当事人放弃", "", "1万"]);
  });
});
