// How a proposal is told: how long it waits, and in which standing it is signed.

import type { components } from "$shared/api/schema";
import { say } from "$shared/i18n/language.svelte";
import { w } from "./words";

const HOUR = 3_600_000;

/** “3 天”, “5 小时”: how long something has waited. */
export function waited(since: string, now: number = Date.now()): string {
  const hours = Math.floor((now - new Date(since).getTime()) / HOUR);
  if (hours < 1) return w("justNow");
  return hours < 24 ? w("hours", { n: hours }) : w("days", { n: Math.floor(hours / 24) });
}

/** The standing in which I sign: my own post, as a deputy, or under an authority. */
export function standing(acting: components["schemas"]["CapacityView"]): string {
  if (acting.authority_id) return w("signsFor", { name: acting.acting_for_name ?? "", id: acting.authority_id });
  if (acting.acting_for_id) return w("deputyFor", { name: acting.acting_for_name ?? "" });
  return w("asPost", { post: say(acting.post_title) });
}
