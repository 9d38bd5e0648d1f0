import { onMount } from "svelte";
import { field } from "../field.svelte";
import { readPack, writePack } from "./db";

/**
 * What is being written into a sheet, kept on the phone until it is sent: a call or the camera may cost the page its
 * life. `now` reads what stands there, `take` puts a kept one back, `stored` says what of it is kept. Called while a
 * component is made.
 */
export class Kept<T> {
  /** What stands there was written before. */
  back = $state(false);
  /** From then on it stands there, where anything was kept. */
  readonly read: Promise<void>;
  #open = $state(false);
  #name: string;

  constructor(name: string, now: () => T, take: (draft: T) => void, stored: (told: T) => T = (told) => told) {
    this.#name = name;
    const fresh = JSON.stringify(now());
    let done: () => void;
    this.read = new Promise((resolve) => (done = resolve));
    onMount(async () => {
      const draft = (await readPack<T | null>(field.owner, name))?.content;
      // What was typed while the phone was still reading is not overwritten.
      if (draft && JSON.stringify(now()) === fresh) {
        take(draft);
        this.back = true;
      }
      this.#open = true;
      done();
    });
    $effect(() => {
      const told = $state.snapshot(now()) as T;
      if (!this.#open || (!this.back && JSON.stringify(told) === fresh)) return;
      void writePack(field.owner, name, stored(told));
    });
  }

  /** From now on it goes: no more of it is kept. */
  close(): void {
    this.#open = false;
  }

  /** It is in the outbox. */
  async forget(): Promise<void> {
    await writePack(field.owner, this.#name, null);
  }
}
