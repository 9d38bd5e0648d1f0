// What counts as work, and the shares that weights make.

import type { components } from "$shared/api/schema";

export type Mix = components["schemas"]["MixShares"];
export type Part = keyof Mix;

export const PARTS: Part[] = ["businesses", "unlicensed", "risk", "area", "roads"];
export const DEFAULT_MIX: Mix = { businesses: 70, unlicensed: 0, risk: 0, area: 15, roads: 15 };

/** A field that was emptied weighs nothing. */
const weightOf = (mix: Mix, part: Part): number => Math.max(0, Number(mix[part]) || 0);

export const sumOf = (mix: Mix): number => PARTS.reduce((sum, part) => sum + weightOf(mix, part), 0);

/** Each weight as a share of them all, 0 to 1; all 0 while nothing weighs. */
export function shares(mix: Mix): Mix {
  const whole = sumOf(mix) || 1;
  return Object.fromEntries(PARTS.map((part) => [part, weightOf(mix, part) / whole])) as Mix;
}
