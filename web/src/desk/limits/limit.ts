// A limit in words, and the lines in which a holiday notice is typed.

import type { components } from "$shared/api/schema";
import { say, type Bilingual } from "$shared/i18n/language.svelte";
import { w } from "./words";

export type Unit = components["schemas"]["LimitForm"]["unit"];
export const UNITS: Unit[] = ["WD", "D", "H", "M", "Y"];
export type NoticeDay = { day: string; name: string; off: boolean };

/** What a source is about: what stands behind the name of its text. */
export const tail = (source: Bilingual): string => say(source).split(/：|: /).at(-1)!;

/** “5个工作日”, “提前 7个工作日” for one that counts back. */
export function limitText(n: number, unit: Unit): string {
  const text = `${Math.abs(n)} ${w(unit)}${say({ zh: "", en: Math.abs(n) === 1 ? "" : "s" })}`;
  return n < 0 ? w("before", { limit: text }) : text;
}

const LINE = /^(\d{4}-\d\d-\d\d)(?:\s*(?:\.\.|至|~)\s*(\d{4}-\d\d-\d\d))?\s+(\S+)\s+(休|班|off|work)$/i;

/** The days of a notice, one span a line. Throws with every line that cannot be read, by its number: one line of words for each. */
export function readDays(text: string): NoticeDay[] {
  const found: NoticeDay[] = [];
  const wrong: string[] = [];
  text.split("\n").forEach((raw, index) => {
    const line = raw.trim();
    if (!line) return;
    const match = LINE.exec(line);
    const [first, last] = [match?.[1], match?.[2] ?? match?.[1]];
    const span = match && first && last ? days(first, last) : [];
    if (!match || !span.length || span.length > 40) {
      wrong.push(w("badLine", { n: index + 1, line }));
      return;
    }
    const off = match[4] === "休" || match[4]!.toLowerCase() === "off";
    found.push(...span.map((day) => ({ day, name: match[3]!, off })));
  });
  if (wrong.length) throw new Error(wrong.join("\n"));
  return found;
}

function days(first: string, last: string): string[] {
  const [begin, end] = [new Date(`${first}T00:00:00Z`).getTime(), new Date(`${last}T00:00:00Z`).getTime()];
  const count = Math.round((end - begin) / 86_400_000) + 1;
  if (!Number.isFinite(count) || count < 1) return [];
  return Array.from({ length: Math.min(count, 50) }, (_, n) => new Date(begin + n * 86_400_000).toISOString().slice(0, 10));
}
