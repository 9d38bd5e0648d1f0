// Who is around (谁在附近): where colleagues last reported from today. Kept for the time without a network; a place
// older than the server shows it is not shown from what is kept either.

import { api, data } from "$shared/api/client";
import type { components } from "$shared/api/schema";
import { metres, type Place } from "$shared/map/geometry";
import { stamp } from "../clock";
import { field } from "../field.svelte";
import { readPack, writePack } from "../offline/db";
import { position } from "../position.svelte";
import { w } from "../words";
import { fresh } from "./recent";

type Schemas = components["schemas"];
export type LastPlace = Schemas["LastPlace"];

class Around {
  #kept = $state.raw<Schemas["Around"] | null>(null);
  #now = $state(Date.parse(stamp().at));
  /** Where the map is to look: a colleague's mark that was chosen in the list. */
  look = $state.raw<Place | null>(null);

  /** The colleague whose mark was tapped. */
  opened = $state<number | null>(null);

  hours = $derived(this.#kept?.hours ?? null);
  madeAt = $derived(this.#kept?.made_at ?? null);
  /** The nearest first while I know where I am, else the latest. */
  colleagues: { one: LastPlace; metres: number | null }[] = $derived.by(() => {
    const { fix } = position;
    return fresh(this.#kept?.colleagues ?? [], this.#kept?.hours ?? 0, this.#now)
      .map((one) => ({ one, metres: fix && metres(fix, one) }))
      .sort((a, b) => (a.metres ?? 0) - (b.metres ?? 0));
  });
  /** Why nothing came, while nothing is kept either. */
  failed = $state("");
  busy = $state(false);
  /** What colleagues see of me. */
  mine = $derived(fresh(this.#kept?.mine ? [this.#kept.mine] : [], this.#kept?.hours ?? 0, this.#now)[0] ?? null);

  /** Fetch it anew; without an answer the kept one stays. */
  async load(): Promise<void> {
    this.tick();
    this.busy = true;
    const found = field.offline ? null : await data(api.GET("/api/field/around")).catch((error: Error) => void (this.failed = error.message));
    this.busy = false;
    if (found) this.failed = "";
    if (found) await writePack(field.owner, "around", found);
    this.#kept = found ?? this.#kept ?? (await readPack<Schemas["Around"]>(field.owner, "around"))?.content ?? null;
  }

  /** How long ago somebody reported. */
  ago(one: LastPlace): string {
    const minutes = Math.max(0, Math.floor((this.#now - Date.parse(one.at)) / 60_000));
    if (!minutes) return w("justNow");
    return minutes < 60 ? w("minutesAgo", { n: minutes }) : w("hoursAgo", { n: Math.floor(minutes / 60) });
  }

  tick(): void {
    this.#now = Date.parse(stamp().at);
  }
}

export const around = new Around();
