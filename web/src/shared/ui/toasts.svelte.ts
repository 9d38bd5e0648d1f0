// Short messages at the edge of the page; errors stay until they are closed.
import { w } from "./words";

export type Act = { text: string; do: () => void };
export type Toast = { id: number; text: string; tone: "good" | "bad"; act?: Act; again?: Set<() => void> };

class Toasts {
  list = $state<Toast[]>([]);
  #next = 1;

  /** With something to do about it, such as undoing, a message stays three times as long. */
  good(text: string, act?: Act): void {
    const id = this.#add(text, "good", act);
    setTimeout(() => this.close(id), act ? 12_000 : 4_000);
  }

  /** With `again`, what did not come can be asked for once more. */
  bad(error: unknown, again?: () => void): void {
    const text = error instanceof Error ? error.message : String(error);
    // Said once, however many parts of a page fail for one reason; trying again then tries them all.
    const said = this.list.find((toast) => toast.tone === "bad" && toast.text === text);
    const forbidden = (error as { status?: number } | null)?.status === 403; // asking again does not help
    const all = new Set([...(said?.again ?? []), ...(again && !forbidden ? [again] : [])]);
    if (said) this.close(said.id);
    this.#add(text, "bad", all.size ? { text: w("retry"), do: () => all.forEach((one) => one()) } : undefined, all);
  }

  close(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
  }

  #add(text: string, tone: Toast["tone"], act?: Act, again?: Set<() => void>): number {
    const id = this.#next++;
    this.list = [...this.list, { id, text, tone, act, again }];
    return id;
  }
}

export const toasts = new Toasts();
