// Which facts a report asks for, and when: data in the procedures' own condition language. Captions and choices
// come from the procedure; the allocation of the department lives on these facts (domain 1.9.3).

import { evaluate, type Condition } from "$shared/conditions";

type Question = { fact: string; when?: Condition; rare?: boolean };

const is = (fact: string, value: unknown): Condition => ({ fact, op: "eq", value });
const onSite = is("made_on_site", true);

const QUESTIONS: Question[] = [
  { fact: "business_licence_status" },
  { fact: "public_danger" },
  { fact: "permit_required", when: { fact: "trade", op: "known" } },
  { fact: "permit_status", when: is("permit_required", true) },
  { fact: "food", when: { fact: "trade", op: "known" } },
  { fact: "food_stall", when: is("food", true) },
  { fact: "occupies_road", when: is("food_stall", true) },
  { fact: "catering", when: is("food", true) },
  { fact: "students_dining", when: { all: [is("catering", true), is("food_stall", false)] } },
  { fact: "made_on_site", when: { all: [is("food", true), is("food_stall", false)] } },
  { fact: "sold_in_own_shop", when: onSite },
  { fact: "production_main", when: onSite },
  { fact: "production_and_sale_places_separated", when: is("production_main", true) },
  { fact: "fixed_premises", when: onSite },
  { fact: "few_staff", when: onSite },
  { fact: "simple_conditions", when: onSite },
  { fact: "traditional_food", when: onSite },
  { fact: "made_and_sold_on_spot", when: onSite },
  { fact: "beyond_scope", when: is("business_licence_status", "valid"), rare: true },
  { fact: "suspected_crime", rare: true },
  { fact: "police_filing_missing", rare: true },
  { fact: "internet_cafe", rare: true },
  { fact: "public_assembly_place", rare: true },
  { fact: "pre_opening_inspection_missing", when: is("public_assembly_place", true), rare: true },
];

export type Answers = Record<string, unknown>;

/** The facts to ask for now; `rare` ones stand behind “more”. A question hangs on answers that are themselves asked for. */
export function asked(answers: Answers, known: (fact: string) => boolean): { fact: string; rare: boolean }[] {
  const seen: Answers = { trade: answers.trade };
  const found = [];
  for (const { fact, when, rare = false } of QUESTIONS) {
    if (!known(fact) || (when && evaluate(when, seen) !== true)) continue;
    seen[fact] = answers[fact];
    found.push({ fact, rare });
  }
  return found;
}

/** The facts to report: the trade, and the answers to what is asked for. Unset means unknown, not no. */
export function stated(answers: Answers, known: (fact: string) => boolean): Answers {
  const names = ["trade", ...asked(answers, known).map(({ fact }) => fact)];
  return Object.fromEntries(names.filter((name) => answers[name] !== undefined && answers[name] !== "").map((name) => [name, answers[name]]));
}

/** What the name of a trade says by itself, filled in beforehand for the inspector to see and correct. */
export function impliedBy(trade: string, needsPermit: boolean): Answers {
  const stall = trade.includes("摊贩");
  return {
    food: /食|餐|饭|前店后/.test(trade),
    ...(needsPermit ? { permit_required: true } : {}),
    ...(stall ? { food_stall: true } : {}),
    ...(trade.startsWith("非占道") ? { occupies_road: false } : trade.startsWith("占道") ? { occupies_road: true } : {}),
    ...(/餐饮|饭/.test(trade) ? { catering: true } : {}),
    ...(trade.startsWith("前店后") ? { made_on_site: true, sold_in_own_shop: true } : {}),
  };
}

/** Trades met most often on the street, for the short list before an inspector has a habit of one's own. */
export const COMMON = ["餐饮", "流通环节食品", "食品摊贩", "美容美发", "旅馆", "烟草", "药品", "娱乐场所"];

const HABIT = "gridsup.field.trades";
const SHORT = 8;

export function shortList(all: string[]): string[] {
  const habit = JSON.parse(localStorage.getItem(HABIT) ?? "[]") as string[];
  return [...new Set([...habit, ...COMMON])].filter((name) => all.includes(name)).slice(0, SHORT);
}

export function useTrade(name: string): void {
  const habit = JSON.parse(localStorage.getItem(HABIT) ?? "[]") as string[];
  localStorage.setItem(HABIT, JSON.stringify([name, ...habit.filter((one) => one !== name)].slice(0, SHORT)));
}
