// Figures as they are read: 18,532.

import { language } from "./i18n/language.svelte";

/** 18,532. With `digits`, just so many places after the point. */
export function number(value: number, digits?: number): string {
  return value.toLocaleString(language.now === "zh" ? "zh-CN" : "en-GB", digits === undefined ? {} : { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
