// Figures as they are read: 18,532.

import { language } from "./i18n/language.svelte";

/** 18,532. With `digits`, just so many places after the point. */
export function number(value: number, digits?: number): string {
  return value.toLocaleString(language.now === "zh" ? "zh-CN" : "en-GB", digits === undefined ? {} : { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** A sum of money, which travels as text, “10000.00”: 10,000.00. Anything else stays as it is. */
export function sum(text: string): string {
  const told = /^\d+(?:\.(\d+))?$/.exec(text);
  return told ? number(Number(text), told[1]?.length ?? 0) : text;
}
