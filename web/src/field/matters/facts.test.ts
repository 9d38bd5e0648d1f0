import { expect, it } from "vitest";
import { language } from "$shared/i18n/language.svelte";
import { captioned } from "./facts";

it("captions plain facts in the procedure's order, by its choices, and leaves sealed ones out", () => {
  const schemas = {
    address: { title: "经营地址" },
    permit_required: { title: "需要许可" },
    source: { title: "来源", oneOf: [{ const: "patrol", title: "巡查发现" }] },
    operator_id_no: { title: "证件号", "x-secret": true },
    rows: { title: "清单" },
  };
  const facts = { source: "patrol", permit_required: false, address: "民权路", operator_id_no: "1", rows: [1], other: "x" };
  expect(captioned(facts, schemas).map((one) => `${one.title.zh} ${one.text}`)).toEqual(["经营地址 民权路", "需要许可 否", "来源 巡查发现"]);
});

it("calls a trade by its English name where English is read", () => {
  const trades = [{ code: "D02-01", name: "旅馆", name_en: "hotels", aliases: ["宾馆"], department: "D02" }];
  language.now = "en";
  expect(captioned({ trade: "宾馆" }, { trade: { title: "行业", "x-title-en": "Trade", "x-code-list": "trades" } }, trades)[0]?.text).toBe("hotels");
  language.now = "zh";
});
