// Trades as the code list knows them; forms and the register take the Chinese name.

import type { components } from "./api/schema";
import { say } from "./i18n/language.svelte";

export type Trade = components["schemas"]["TradeName"];

/** What a trade is called: in English where the list knows it by its name or another one of it. */
export function tradeName(trades: Trade[], name: string): string {
  const known = trades.find((one) => one.name === name) ?? trades.find((one) => one.aliases.includes(name));
  return say({ zh: name, en: known?.name_en ?? name });
}

/** What to offer while a trade is typed: each name once, with what it is called. */
export function tradeOptions(trades: Trade[]): { name: string; called: string }[] {
  return [...new Set(trades.map((one) => one.name))].map((name) => ({ name, called: tradeName(trades, name) }));
}
