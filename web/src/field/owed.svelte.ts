// What supervision asks of me: second visits to make, differences to explain, urgings to answer. The badge of the
// matters counts them, so they are fetched with the day and not only when that page is opened.

import { api, data } from "$shared/api/client";
import { Asked } from "$shared/asked.svelte";
import { session } from "$shared/session.svelte";
import type { Check } from "$shared/spotchecks/words";
import { field } from "./field.svelte";
import { readPack, writePack } from "./offline/db";
import { outbox } from "./offline/outbox.svelte";

type Checks = { visits: Check[]; questions: Check[] };

class Owed {
  /** Checks are kept for the time without a network. */
  #checks: Asked<Checks | null> = new Asked(async () => {
    const found = field.offline ? null : await data(api.GET("/api/spot-checks/mine")).catch(() => null);
    if (found) await writePack(field.owner, "checks", found);
    return found ?? (await readPack<Checks>(field.owner, "checks"))?.content ?? this.#checks.data;
  });
  /** An answer needs the network, so urgings are not kept. */
  #urgings = new Asked(() => data(api.GET("/api/urging", { params: { query: { mine: true, unanswered: true } } })));
  /** Second visits in the outbox are done as far as I can do them. */
  #sent = $derived(new Set(outbox.items.filter((item) => item.kind === "revisit" && item.state !== "refused").map((item) => item.path.check_id)));
  visits = $derived((this.#checks.data?.visits ?? []).filter((one) => !this.#sent.has(one.id)));
  questions = $derived(this.#checks.data?.questions ?? []);
  urgings = $derived(this.#urgings.data ?? []);
  count = $derived(this.visits.length + this.questions.length + this.urgings.length);

  async load(): Promise<void> {
    await Promise.all([session.may("spotchecks:own") && field.owner ? this.loadChecks() : null, session.may("matters:read") ? this.loadUrgings() : null]);
  }

  loadChecks = (): Promise<void> => this.#checks.load();

  async loadUrgings(): Promise<void> {
    if (!field.offline) await this.#urgings.load();
  }
}

export const owed = new Owed();
