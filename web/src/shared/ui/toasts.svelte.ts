// Short messages at the edge of the page; errors stay until they are closed.
export type Act = { text: string; do: () => void };
export type Toast = { id: number; text: string; tone: "good" | "bad"; act?: Act };

class Toasts {
  list = $state<Toast[]>([]);
  #next = 1;

  /** With something to do about it, such as undoing, a message stays three times as long. */
  good(text: string, act?: Act): void {
    const id = this.#add(text, "good", act);
    setTimeout(() => this.close(id), act ? 12_000 : 4_000);
  }

  bad(error: unknown): void {
    this.#add(error instanceof Error ? error.message : String(error), "bad");
  }

  close(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
  }

  #add(text: string, tone: Toast["tone"], act?: Act): number {
    const id = this.#next++;
    this.list = [...this.list, { id, text, tone, act }];
    return id;
  }
}

export const toasts = new Toasts();
