// What a figure of the board opens: the rows of one set, or of both sides of a division, with the way to each.

import type { components } from "$shared/api/schema";
import { language, say, type Bilingual } from "$shared/i18n/language.svelte";
import { bodyName, departmentName } from "$shared/posts";
import { deskBusiness, deskCell, deskMatter, type Group } from "./board.svelte";
import type { Period } from "./period";
import { w } from "./words";

type Indicator = components["schemas"]["IndicatorRow"];
/** A row as it stands now, or as it was frozen with a report. */
export type Entry = components["schemas"]["BoardEntry"] | components["schemas"]["FrozenRow"];
export type Side = "numerator" | "denominator";
/** Of one cell, station, inspector or department; `key` null: of none. */
export type Of = { by: Group; key: number | string | null; label: string };

/** What a group of figures is called: in English a department by its own name, for its body is registered in Chinese. */
export function groupName(by: Group, { key, label }: { key: number | string | null; label?: string | null }): string {
  if (by === "department" && key !== null && language.now === "en") return departmentName(String(key));
  return bodyName(String(label ?? key ?? w("ofNone")));
}

export type Opened = {
  title: string;
  of: Of | null;
  /** Other days than those of the board. */
  days: Period | null;
  /** The row sets to choose from; `sums`: the figure adds up the rows' values instead of counting them. */
  sets: { name: string; words: Bilingual | null; sums: boolean }[];
  at: number;
};

/** Both sides of an indicator's division, one of them first. */
export function ofIndicator(one: Indicator, side: Side, of: Of | null = null): Opened {
  const sets = (["numerator", "denominator"] as const).map((each) => ({
    name: one[`${each}_set`], words: one[`${each}_words`], sums: one[`${each}_take`] === "sum",
  }));
  return { title: say(one.title), of, days: null, sets, at: side === "numerator" ? 0 : 1 };
}

/** The rows of one set, such as `visits`. */
export function ofSet(name: string, title: string, of: Of | null = null, days: Period | null = null): Opened {
  return { title, of, days, sets: [{ name, words: null, sums: false }], at: 0 };
}

/** Where a row leads on the desk. */
export function hrefOf(row: Pick<Entry, "kind" | "ref">): string | null {
  if (row.ref === null) return null;
  return row.kind === "matter" ? deskMatter(row.ref) : row.kind === "business" ? deskBusiness(row.ref) : deskCell(row.ref);
}
