// What the server knows about the report being written: the cell, households that may be the same, who would lead.

import { api, data } from "$shared/api/client";
import type { components } from "$shared/api/schema";
import { field } from "../field.svelte";
import { position } from "../position.svelte";
import { draft } from "./draft.svelte";

type Schemas = components["schemas"];
const PAUSE = 600;

class Suggested {
  told = $state.raw<Schemas["Suggestion"] | null>(null);

  #question = $derived(
    JSON.stringify({
      name: draft.now.who ? "" : draft.now.name.trim(),
      address: draft.now.who ? "" : draft.now.address.trim(),
      facts: draft.stated,
      business_id: draft.now.who?.id ?? null,
      position: position.fix ? { lon: Number(position.fix.lon.toFixed(4)), lat: Number(position.fix.lat.toFixed(4)) } : null,
    }),
  );

  /** Inside an effect: ask anew, after a pause, whenever the report changes. */
  follow(): (() => void) | undefined {
    const body = JSON.parse(this.#question) as Schemas["Question"];
    if (field.offline) return;
    let stale = false;
    const timer = setTimeout(() => {
      data(api.POST("/api/findings/suggest", { body })).then(
        (answer) => !stale && (this.told = answer),
        () => !stale && (this.told = null),
      );
    }, PAUSE);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }
}

export const suggested = new Suggested();
