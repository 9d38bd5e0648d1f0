import { expect, test } from "vitest";
import { empty, lacking, seenOf } from "./draft";

const SHOP = { name: "王记早点", trade: "餐饮服务" };

test("what is as registered is sent in the register's words, else as typed", () => {
  const told = { ...empty(), place: "there" as const, sameName: true, sameTrade: false, trade: " 美容 " };
  expect(seenOf(told, SHOP)).toMatchObject({ name: "王记早点", trade: "美容", gone_since: null });
});

test("of a shop that is gone nothing is said that nobody could have seen", () => {
  const told = { ...empty(), place: "gone" as const, since: "2026-01-02", open: "open" as const, sameName: true, licence: true, missed: true, missedWhat: "无照", visited: true };
  expect(seenOf(told, SHOP)).toEqual({
    place: "gone", gone_since: "2026-01-02", open: null, name: null, licence_shown: null, trade: null, missed: null,
    missed_what: null, visited: null, note: null,
  });
});

test("it is sent with a photo, with the first answer, and with words for what was missed", () => {
  const there = { ...empty(), place: "there" as const };
  expect(lacking(empty(), 0)).toEqual(["place", "photo"]);
  expect(lacking(there, 0)).toEqual(["photo"]);
  expect(lacking({ ...there, missed: true }, 1)).toEqual(["missedWhat"]);
  expect(lacking({ ...there, missed: true, missedWhat: "超范围" }, 1)).toEqual([]);
  expect(lacking({ ...there, place: "gone", missed: true }, 1)).toEqual([]);
});
