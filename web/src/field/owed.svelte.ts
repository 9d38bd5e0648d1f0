// What supervision asks of me: second visits to make, differences to explain, urgings to answer. The badge of the
// matters counts them, so they are fetched with the day and not only when that page is opened.

import { api, data } from "$shared/api/client";
import { session } from "$shared/session.svelte";
import type { Check } from "$shared/spotchecks/words";
import type { Urging } from "$shared/urging/words";
import { field } from "./field.svelte";
import { readPack, writePack } from "./offline/db";
import { outbox } from "./offline/outbox.svelte";

type Checks = { visits: Check[]; questions: Check[] };

class Owed {
  #checks = $state.raw<Checks>({ visits: [], questions: [] });
  /** Second visits in the outbox are done as far as I can do them. */
  #sent = $derived(new Set(outbox.items.filter((item) => item.kind === "revisit" && item.state !== "refused").map((item) => item.path.check_id)));
  visits = $derived(this.#checks.visits.filter((one) => !this.#sent.has(one.id)));
  questions = $derived(this.#checks.questions);
  urgings = $state.raw<Urging[]>([]);
  count = $derived(this.visits.length + this.questions.length + this.urgings.length);

  async load(): Promise<void> {
    await Promise.all([session.may("spotchecks:own") && field.owner ? this.loadChecks() : null, session.may("matters:read") ? this.loadUrgings() : null]);
  }

  /** Checks are kept for the time without a network. */
  async loadChecks(): Promise<void> {
    const found = field.offline ? null : await data(api.GET("/api/spot-checks/mine")).catch(() => null);
    if (found) await writePack(field.owner, "checks", found);
    this.#checks = found ?? (await readPack<Checks>(field.owner, "checks"))?.content ?? this.#checks;
  }

  /** An answer needs the network, so urgings are not kept. */
  async loadUrgings(): Promise<void> {
    if (field.offline) return;
    const found = await data(api.GET("/api/urging", { params: { query: { mine: true, unanswered: true } } })).catch(() => null);
    if (found) this.urgings = found;
  }
}

export const owed = new Owed();
