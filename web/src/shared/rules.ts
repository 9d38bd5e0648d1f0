// The rules that a step rests on, by the names that officers know. A procedure cites them by short ids.

import { say } from "./i18n/language.svelte";

const LAWS: Record<string, { zh: string; en: string }> = {
  APL: { zh: "行政处罚法", en: "Administrative Penalty Law" },
  AEL: { zh: "行政强制法", en: "Administrative Compulsion Law" },
  PROC: { zh: "行政处罚程序规定", en: "Penalty Procedure Provisions" },
  REG: { zh: "市场主体登记管理条例", en: "Registration Regulation" },
  REGR: { zh: "登记管理条例实施细则", en: "Registration Regulation, rules" },
  PUB: { zh: "行政处罚信息公示规定", en: "Penalty Publicity Provisions" },
  "684": { zh: "无证无照经营查处办法", en: "Unlicensed Operation Measures (Decree 684)" },
  "370": { zh: "无照经营查处取缔办法（已废止）", en: "Unlicensed Operation Measures (Decree 370, repealed)" },
};

/** Whole texts, cited without an article; and ids whose number is not their article's. */
const TEXTS: Record<string, { zh: string; en: string }> = {
  PUB: LAWS.PUB!,
  "HEARING-3-2018": { zh: "行政处罚听证办法（总局令第3号，未经核对原文）", en: "Hearing Provisions (Order 3, not checked against the text)" },
  "PUB-20": { zh: "行政处罚信息公示规定第9条", en: "Penalty Publicity Provisions art. 9" },
  "PUB-3M": { zh: "行政处罚信息公示规定第13条", en: "Penalty Publicity Provisions art. 13" },
  "PUB-3Y": { zh: "行政处罚信息公示规定第13条", en: "Penalty Publicity Provisions art. 13" },
  "PROC-83": { zh: "行政处罚程序规定第82条第5项", en: "Penalty Procedure Provisions art. 82(5)" },
};

/** 行政处罚法第42条 of APL-42; what is no article of a law keeps its id. */
export function ruleName(id: string): string {
  if (TEXTS[id]) return say(TEXTS[id]);
  const [, law, article] = /^([A-Z]+|\d+)-(\d+)(?:-[A-Z]+)?$/.exec(id) ?? [];
  const named = LAWS[law ?? ""];
  if (named) return say({ zh: `${named.zh}第${article}条`, en: `${named.en} art. ${article}` });
  return /^P\d+-/.test(id) ? say({ zh: `工作制度 ${id}`, en: `working rule ${id}` }) : id;
}
