import { describe, expect, it } from "vitest";
import { TERMS } from "./glossary";
import type { Bilingual } from "./language.svelte";
import { said } from "./texts";

const { pairs, bare } = said();
const HAN = /[\u3400-\u9fff]/;

/** Texts of one language that may stand bare, and why. */
const SAME_IN_BOTH = ["km²", "px", "EPSG", "EPSG:4547", "PDF", "Word", "Ctrl+Z", "Ctrl+Shift+Z"];
/** Chinese that an English sentence names: a column or a mark of a sheet, a holiday in a notice, the other language. */
const QUOTED = ["原因", "元旦", "中文", "{{按期处置率}}", "{{网格.名称}}"];
const OF_THE_RECORD: Record<string, string> = {
  "desk/referrals/Copies.svelte": "the basis that a paper cites, and the paper is Chinese",
  "field/matters/ServeSheet.svelte": "the captions of photos are part of the record, and the record is Chinese",
  "desk/limits/Holidays.svelte": "an example of a document's number, which is Chinese in either language",
  "field/photos.ts": "the caption is part of the record, and the record is Chinese",
  "field/report/questions.ts": "names of the trades' code list, by which they are looked up",
  "shared/things.ts": "units and the word for all, which go into the record, and the record is Chinese",
  "shared/map/create.svelte.ts": "the map library's own words, which it brings in English itself",
};

/** Words that translation or programming leaves behind; none may stand on a page. */
const NOT_SAID: { lang: keyof Bilingual; word: RegExp }[] = [
  { lang: "zh", word: /工单/ }, // 事项
  { lang: "zh", word: /用户(?!名)/ }, // 人员
  { lang: "zh", word: /后台|前端|后端|缓存|载荷|实例|报错/ }, // 说明发生了什么、该怎么办
  { lang: "zh", word: /网格员/ }, // 网格责任人
  { lang: "en", word: /\bgrid (member|officer|man)\b/i }, // inspector
  { lang: "en", word: /\bwork order\b|\bticket\b/i }, // matter
  { lang: "en", word: /\bcopy (notice|report|notify)\b|\bnotification letter\b/i }, // referral
  { lang: "en", word: /\bnon-patrolled\b|\bshould(-| )be(-| )patrolled\b/i }, // coverage debt
  { lang: "en", word: /\bthe masses\b|\bcomrade|\bleading cadre/i }, // the public, officer
  { lang: "en", word: /\bpayload\b|\bbackend\b|\bnull\b|\binvalid input\b/i }, // what happened and what to do
];

describe("what the pages say", () => {
  it("is said in both languages, never bare in the markup or the scripts", () => {
    const left = bare.filter(({ file, text }) => !SAME_IN_BOTH.includes(text.trim()) && !(file in OF_THE_RECORD));
    expect(left).toEqual([]);
  });

  it("makes no exception that nothing needs any more", () => {
    expect(Object.keys(OF_THE_RECORD).filter((file) => !bare.some((one) => one.file === file))).toEqual([]);
    expect(SAME_IN_BOTH.filter((text) => !bare.some((one) => one.text.trim() === text))).toEqual([]);
  });

  it("is translated: no side alone is empty, no English side is Chinese", () => {
    expect(pairs.length).toBeGreaterThan(1000);
    expect(pairs.filter(({ zh, en }) => !zh.trim() !== !en.trim())).toEqual([]);
    expect(pairs.filter(({ en }) => HAN.test(QUOTED.reduce((text, word) => text.replaceAll(word, ""), en)))).toEqual([]);
  });

  it("uses the same parameters in both languages", () => {
    const names = (text: string) => [...new Set(text.match(/\{\w+\}/g))].sort();
    expect(pairs.filter(({ zh, en }) => names(zh).join() !== names(en).join())).toEqual([]);
  });

  it.each(TERMS.filter((one) => one.held).map((one) => [one.term.zh, one] as const))("translates %s as the glossary does", (zh, one) => {
    const texts = pairs.filter((pair) => pair.zh.includes(zh) && pair.file !== "shared/i18n/glossary.ts");
    expect(texts.length, "a word of the glossary that no page says").toBeGreaterThan(0);
    expect(texts.filter((pair) => !one.held!.test(pair.en))).toEqual([]);
  });

  it.each(NOT_SAID)("never says $word", ({ lang, word }) => {
    expect(pairs.filter((pair) => word.test(pair[lang]))).toEqual([]);
  });

  it("writes the glossary in both languages", () => {
    for (const { term, about } of TERMS) {
      expect([HAN.test(term.zh), HAN.test(about.zh), HAN.test(term.en), HAN.test(about.en)]).toEqual([true, true, false, false]);
    }
  });
});
