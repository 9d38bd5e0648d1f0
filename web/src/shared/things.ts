// Things of a measure, or evidence of a case: named by their numbers on the list, chosen among those that are there.

import type { components } from "./api/schema";
import { say } from "./i18n/language.svelte";

export type Held = components["schemas"]["HeldThing"];
export type Holdings = components["schemas"]["Holdings"];
/** A line of the list of what is seized or preserved, as it is written. */
export type Line = { name?: string; spec?: string; quantity?: string; unit?: string; condition?: string; from_no?: number };

/** What a form says for all that is left, and the units that things are mostly counted in: both as they stand on record. */
export const ALL = "全部";
export const UNITS = ["件", "台", "个", "箱", "袋", "瓶", "包", "盒", "桶", "组", "套", "张", "册", "公斤", "升", "处"];
export const NOTHING: Holdings = { things: [], coming: [] };

/** `60 件`, or nothing where it was not counted. */
export const amount = (one: Pick<Held, "quantity" | "unit">): string => [one.quantity, one.unit].filter(Boolean).join(" ");

/** What a form says of a list by numbers: `1、3-5` → 1, 3, 4, 5; all of them for 全部. Null where it cannot be read. */
export function numbersOf(told: string, all: number[]): number[] | null {
  const text = told.trim().toLowerCase();
  if ([ALL, "all"].includes(text)) return all;
  const parts = text.replace(/[第号]/g, "").split(/[、,，;；\s]+/).filter(Boolean);
  const ends = parts.map((part) => /^(\d{1,3})(?:-(\d{1,3}))?$/.exec(part));
  if (ends.some((one) => !one)) return null;
  return ends.flatMap((one) => span(Number(one![1]), Number(one![2] ?? one![1])));
}

/** The shortest way to write some numbers: 1, 3, 4, 5 → `1、3-5`. */
export function textOf(numbers: number[]): string {
  const runs: [number, number][] = [];
  for (const no of [...new Set(numbers)].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last && no === last[1] + 1) last[1] = no;
    else runs.push([no, no]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join("、");
}

/** The lines that a list begins with: what was preserved before, as it stands there; else what was applied for. */
export function linesOf(items: unknown, coming: Held[] = []): Line[] {
  if (coming.length) return coming.map(({ no, name, spec, quantity, unit, condition }) => told({ name, spec, quantity, unit, condition, from_no: no }));
  const named = String(items ?? "").split(/\n+/).map((line) => line.trim()).filter(Boolean);
  return named.map((name) => ({ name }));
}

const told = (line: Record<string, unknown>): Line => Object.fromEntries(Object.entries(line).filter(([, value]) => value !== undefined && value !== null && value !== "")) as Line;

/** The lines that say anything, without their empty boxes: a card that nobody wrote into is not sent. */
export const written = (lines: Line[]): Line[] => lines.map(told).filter((line) => Object.keys(line).length);

/** What a thing is called in a list to choose from. */
export const called = (one: Held): string => [`${one.no} ${say({ zh: "号", en: "·" })} ${one.name}`, one.spec].filter(Boolean).join(" ");

function span(from: number, to: number): number[] {
  return to < from ? [] : Array.from({ length: to - from + 1 }, (_, step) => from + step);
}
