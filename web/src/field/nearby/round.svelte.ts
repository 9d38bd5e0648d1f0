// The day's round as the page shows it: its stops, numbered, and what was passed over today.

import { newKey } from "$shared/key";
import type { Place } from "$shared/map/geometry";
import { stamp } from "../clock";
import { field } from "../field.svelte";
import { noted } from "../noted";
import { outbox } from "../offline/outbox.svelte";
import { position } from "../position.svelte";
import { route, type Household, type Stop } from "../rounds";

const dayOf = (at: string): string => new Date(at).toLocaleDateString("sv", { timeZone: "Asia/Shanghai" });

class Round {
  /** Whether the map draws it. */
  shown = $state(false);
  passed = $derived(
    new Set([
      ...(field.today && dayOf(field.today.made_at) === dayOf(stamp().at) ? field.today.skipped : []),
      ...outbox.items.filter((item) => item.kind === "skip" && dayOf(String(item.body.at)) === dayOf(stamp().at)).map((item) => item.body.business_id as number),
    ]),
  );
  /** Where the round begins, to about a hundred metres: it stands still while one walks a few steps. */
  #from = $derived(position.fix ? `${position.fix.lon.toFixed(3)},${position.fix.lat.toFixed(3)}` : "");
  stops: Stop[] = $derived.by(() => {
    const [lon, lat] = this.#from.split(",").map(Number) as [number, number];
    const from: Place | null = this.#from ? { lon, lat } : null;
    return route(field.households, from, this.passed);
  });

  async skip(one: Household, reason: string): Promise<void> {
    const key = newKey();
    const body = { key, business_id: one.business_id, at: stamp().at, reason, position: position.report(), device: noted() };
    await outbox.add({ key, kind: "skip", title: one.name, path: {}, body, photos: [] });
  }
}

export const round = new Round();
