// The outbox as the page shows it, and what sets it going: something new, the network's return, the page coming
// into view, a timer, a button. One tab sends at a time; the others follow.

import { say } from "$shared/i18n/language.svelte";
import { newKey } from "$shared/key";
import { drop, keep, store } from "./db";
import { line } from "./line";
import { again, flush, mattersUnderWay, type Item, type Owner, type Photo, type Stop } from "./outbox";

const LOCK = "gridsup-outbox";
/** Pauses before what waits is tried again (ms): the first after a failure is short, each next one twice as long. */
const PAUSE = { first: 2_000, longest: 30_000 };

class Outbox {
  items = $state.raw<Item[]>([]);
  /** States of the photos that the items name, by hash. */
  photos = $state.raw<Map<string, Photo>>(new Map());
  now = $state.raw<{ key: string | null; sha256: string | null }>({ key: null, sha256: null });
  running = $state(false);
  stop = $state<Stop>(null);
  #owner: Owner | null = null;
  #wanted = false;
  #pause = PAUSE.first;
  #tabs = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(LOCK);
  /** Called after a run in which something arrived, so that lists are fetched again. */
  onarrived: () => void = () => {};

  waiting = $derived(this.items.filter((item) => item.state === "waiting").length);
  refused = $derived(this.items.filter((item) => item.state === "refused").length);
  underWay = $derived(mattersUnderWay(this.items));

  /** Begin for an officer; the outbox of another one stays where it is. */
  async begin(owner: Owner): Promise<void> {
    this.#owner = owner;
    await this.read();
    if (this.#tabs) this.#tabs.onmessage = () => void this.read();
    addEventListener("online", () => {
      this.#pause = PAUSE.first;
      void this.send();
    });
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && void this.send());
    this.#later();
    void this.send();
  }

  /** Look again after the pause, for as long as the page is open. */
  #later(): void {
    setTimeout(async () => {
      try {
        if (this.waiting) await this.send();
      } finally {
        this.#pause = this.waiting ? Math.min(2 * this.#pause, PAUSE.longest) : PAUSE.first;
        this.#later();
      }
    }, this.#pause);
  }

  async read(): Promise<void> {
    if (!this.#owner) return;
    const items = await store.items(this.#owner);
    const photos = new Map<string, Photo>();
    for (const hash of new Set(items.flatMap((item) => item.photos.map((photo) => photo.sha256)))) {
      const photo = await store.photo(this.#owner, hash);
      if (photo) photos.set(hash, photo);
    }
    this.items = items.sort((a, b) => b.madeAt.localeCompare(a.madeAt));
    this.photos = photos;
  }

  /** Put something in, with its photos, and try to send it at once. */
  async add(made: Pick<Item, "kind" | "title" | "path" | "body" | "photos"> & { key?: string }, photos: Photo[] = []): Promise<void> {
    const item: Item = {
      ...($state.snapshot(made) as typeof made),
      key: made.key ?? newKey(),
      owner: this.#owner!,
      madeAt: new Date().toISOString(),
      state: "waiting",
      attempts: 0,
      refusal: null,
      receipt: null,
    };
    await keep(item, photos);
    await this.#changed();
    void this.send();
  }

  /** Send a refused item again, corrected or as it is. */
  async retry(item: Item, changed: Partial<Pick<Item, "body" | "photos" | "title">> = {}, photos: Photo[] = []): Promise<void> {
    const next = again(item, $state.snapshot(changed) as typeof changed, newKey);
    if (next.kind !== "act" && next.kind !== "start" && next.key !== item.key) next.body = { ...next.body, key: next.key };
    await keep(next, photos);
    if (next.key !== item.key) await drop(item);
    await this.#changed();
    void this.send();
  }

  async remove(item: Item): Promise<void> {
    await drop(item);
    await this.#changed();
  }

  async clearArrived(): Promise<void> {
    for (const item of this.items) if (item.state === "received") await drop(item);
    await this.#changed();
  }

  /** Send what waits. A call while a run is under way makes it look once more when it is done. */
  async send(): Promise<void> {
    if (!this.#owner) return;
    if (this.running) {
      this.#wanted = true;
      return;
    }
    this.running = true;
    try {
      do {
        this.#wanted = false;
        await this.#alone(() => this.#run(this.#owner!));
      } while (this.#wanted); // also when this run failed: the network may have come back in the midst of it
    } finally {
      this.running = false;
    }
  }

  async #run(owner: Owner): Promise<void> {
    const before = this.waiting;
    this.stop = await flush(owner, store, line, (now) => {
      this.now = now;
      void this.read();
    });
    await this.#changed();
    if (this.waiting < before) this.onarrived();
  }

  /** In one tab at a time; the next one finds the list as this one left it. No secure context, no locks. */
  async #alone(work: () => Promise<void>): Promise<void> {
    if (!navigator.locks) return work();
    await navigator.locks.request(LOCK, work);
  }

  /** The list was changed beside this page's own verbs. */
  async reread(): Promise<void> {
    await this.#changed();
  }

  async #changed(): Promise<void> {
    await this.read();
    this.#tabs?.postMessage("changed");
  }
}

export const outbox = new Outbox();

/** In the words of the list. */
export function stateWords(item: Item, sending: boolean): string {
  if (sending) return say({ zh: "正在发送…", en: "Sending…" });
  return say(
    {
      waiting: { zh: "等待发送", en: "Waiting to be sent" },
      received: { zh: "已收到", en: "Received" },
      late: { zh: "迟到，已存档", en: "Arrived late, kept" },
      refused: { zh: "被退回", en: "Refused" },
    }[item.state],
  );
}
