import { untrack } from "svelte";

/**
 * What is told of a matter or a business: fetched again whenever `shown` gives another or another version. `take`
 * gets the answer, or null and why there is none; one that comes after another is shown is let go.
 * Called while a component is made.
 */
export function toldOf<T>(shown: () => { id: number; version: number }, fetch: (id: number) => Promise<T>, take: (told: T | null, failed: string) => void): void {
  async function load(id: number): Promise<void> {
    let told: T | null = null;
    let failed = "";
    try {
      told = await fetch(id);
    } catch (error) {
      failed = (error as Error).message;
    }
    if (shown().id === id) take(told, failed);
  }
  $effect(() => {
    const { id } = shown();
    untrack(() => void load(id));
  });
}
