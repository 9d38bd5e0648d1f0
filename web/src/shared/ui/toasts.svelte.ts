// Short messages at the edge of the page; errors stay until they are closed.
export type Toast = { id: number; text: string; tone: "good" | "bad" };

class Toasts {
  list = $state<Toast[]>([]);
  #next = 1;

  good(text: string): void {
    const id = this.#add(text, "good");
    setTimeout(() => this.close(id), 4000);
  }

  bad(error: unknown): void {
    this.#add(error instanceof Error ? error.message : String(error), "bad");
  }

  close(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
  }

  #add(text: string, tone: Toast["tone"]): number {
    const id = this.#next++;
    this.list = [...this.list, { id, text, tone }];
    return id;
  }
}

export const toasts = new Toasts();
