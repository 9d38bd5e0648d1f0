// Which household to look at next, by the same rule as the server's: risk × how far overdue, less with distance.

import type { components } from "$shared/api/schema";
import { metres, type Place } from "$shared/map/geometry";

export type Due = { daysOver: number | null; overdue: boolean; weight: number };
export type Household = components["schemas"]["MyHousehold"] & Due;

const DAY = 86_400_000;
const NEAR = 500;
/** What a household without a place counts as while I know mine: it is not at hand. */
const UNPLACED = 1000;
const NEVER_COUNTS = 2;
const MOST_COUNTS = 4;

/** How a household stands against its interval (days): `daysOver` is null when it was never visited. */
export function dueOf(lastVisit: string | null, every: number | undefined, now: number = Date.now()): Due {
  if (!every) return { daysOver: null, overdue: false, weight: 0 };
  if (!lastVisit) return { daysOver: null, overdue: true, weight: NEVER_COUNTS };
  const since = (now - new Date(lastVisit).getTime()) / DAY;
  return { daysOver: Math.floor(since - every), overdue: since >= every, weight: Math.min(since / every, MOST_COUNTS) };
}

export function away(one: { lon: number | null; lat: number | null }, from: Place | null): number | null {
  return from && one.lon !== null && one.lat !== null ? metres(from, { lon: one.lon, lat: one.lat }) : null;
}

export type Filter = "near" | "due" | "unplaced";

/** The list: narrowed by the filter and by every word of the question, in the order that the filter asks for. */
export function listed(households: Household[], filter: Filter, question: string, from: Place | null): { one: Household; metres: number | null }[] {
  const words = question.toLowerCase().split(/\s+/).filter(Boolean);
  return households
    .filter((one) => (filter === "due" ? one.overdue : filter === "unplaced" ? one.lon === null : true))
    .filter((one) => {
      const text = `${one.name} ${one.code ?? ""} ${one.address} ${one.trade ?? ""}`.toLowerCase();
      return words.every((word) => text.includes(word));
    })
    .map((one) => ({ one, metres: away(one, from) }))
    .sort((a, b) => rank(a, filter, from) - rank(b, filter, from) || (a.one.code ?? "").localeCompare(b.one.code ?? ""));
}

function rank({ one, metres: far }: { one: Household; metres: number | null }, filter: Filter, from: Place | null): number {
  if (filter === "due") return -(one.risk * one.weight) / (1 + (far ?? (from ? UNPLACED : 0)) / NEAR);
  return far ?? Number.MAX_VALUE;
}

export type Stop = { one: Household; nth: number; metres: number | null };

/** Stops of a day's round: more than this is not walked in a day. */
export const MOST_STOPS = 15;

/** The round (今日应巡): from where I stand the weightiest due household, from there the next, and so on.
 *  `metres` is the way from the stop before. Households without a place stand in no round. */
export function route(households: Household[], from: Place | null, passed: Set<number> = new Set(), most: number = MOST_STOPS): Stop[] {
  const left = households.filter((one) => one.overdue && one.lon !== null && one.lat !== null && !passed.has(one.business_id));
  const stops: Stop[] = [];
  let here = from;
  while (left.length && stops.length < most) {
    let best = 0;
    let heaviest = -Infinity;
    left.forEach((one, index) => {
      const weight = (one.risk * one.weight) / (1 + (away(one, here) ?? 0) / NEAR);
      if (weight > heaviest) [best, heaviest] = [index, weight];
    });
    const [one] = left.splice(best, 1) as [Household];
    stops.push({ one, nth: stops.length + 1, metres: away(one, here) });
    here = { lon: one.lon!, lat: one.lat! };
  }
  return stops;
}

const SAME_STREET = 200;
const ALIKE = 0.6;

/** Households near here whose name holds most of what was typed: a signboard rarely shows the registered name in full. */
export function alike(name: string, households: Household[], from: Place | null): { one: Household; metres: number | null }[] {
  const wanted = pairs(name);
  if (!wanted.size) return [];
  return households
    .map((one) => ({ one, metres: away(one, from), share: shared(wanted, pairs(one.name)) }))
    .filter(({ metres: far, share }) => share >= ALIKE && (far === null || far <= SAME_STREET))
    .sort((a, b) => b.share - a.share || (a.metres ?? Number.MAX_VALUE) - (b.metres ?? Number.MAX_VALUE))
    .map(({ one, metres: far }) => ({ one, metres: far }));
}

/** The pairs of neighbouring characters, spaces and punctuation aside. */
function pairs(text: string): Set<string> {
  const plain = text.toLowerCase().replace(/[\s\p{P}]/gu, "");
  return new Set([...plain].slice(1).map((char, i) => [...plain][i]! + char));
}

function shared(wanted: Set<string>, have: Set<string>): number {
  return [...wanted].filter((pair) => have.has(pair)).length / wanted.size;
}
