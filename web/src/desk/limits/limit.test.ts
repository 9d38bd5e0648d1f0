import { expect, test } from "vitest";
import { limitText, readDays } from "./limit";

test("a span of days becomes one day each, off or worked", () => {
  expect(readDays("2027-02-05..2027-02-07 春节 休\n\n2027-02-20 春节 班")).toEqual([
    { day: "2027-02-05", name: "春节", off: true },
    { day: "2027-02-06", name: "春节", off: true },
    { day: "2027-02-07", name: "春节", off: true },
    { day: "2027-02-20", name: "春节", off: false },
  ]);
  expect(readDays("2026-12-30至2027-01-02 元旦 off").map((one) => one.day)).toHaveLength(4);
});

test.each(["2027-02-05 春节", "春节 休", "2027-02-07..2027-02-05 春节 休", "2027-13-01 元旦 休", "2027-01-01..2028-01-01 元旦 休"])(
  "a line that cannot be read is named: %s",
  (line) => expect(() => readDays(`2027-01-01 元旦 休\n${line}`)).toThrow(/2/),
);

test("every line that cannot be read is named", () => {
  expect(() => readDays("元旦\n2027-01-01 元旦 休\n春节")).toThrow(/1.*元旦\n.*3.*春节$/);
});

test("a limit that counts back says so", () => {
  expect(limitText(5, "WD")).toContain("5");
  expect(limitText(-7, "WD")).toMatch(/提前|before/);
});
