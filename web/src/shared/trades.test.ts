import { afterEach, expect, test } from "vitest";
import { language } from "./i18n/language.svelte";
import { tradeName, tradeOptions, type Trade } from "./trades";

const trade = (code: string, name: string, name_en: string, aliases: string[] = []): Trade => ({ code, name, name_en, aliases, department: "D02" });
const TRADES = [trade("D02-01", "旅馆", "hotels", ["宾馆"]), trade("D02-11", "网吧", "internet cafés"), trade("D05-01", "网吧", "internet cafés")];

afterEach(() => (language.now = "zh"));

test("a trade is called by its English name, whichever of its names the register holds", () => {
  expect(tradeName(TRADES, "宾馆")).toBe("宾馆");
  language.now = "en";
  expect(["旅馆", "宾馆", "修伞"].map((name) => tradeName(TRADES, name))).toEqual(["hotels", "hotels", "修伞"]);
});

test("each trade is offered once", () => {
  language.now = "en";
  expect(tradeOptions(TRADES)).toEqual([{ name: "旅馆", called: "hotels" }, { name: "网吧", called: "internet cafés" }]);
});
