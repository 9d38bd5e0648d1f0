// A list that comes in pages by cursor: loading, failing, and asking for more, once for every list.

export class Pages<Row> {
  rows = $state.raw<Row[]>([]);
  next = $state<string | null>(null);
  /** From the first: what was never asked for is not empty. */
  loading = $state(true);
  failed = $state("");
  #asked = 0;

  constructor(private readonly ask: (cursor: string | undefined) => Promise<{ items: Row[]; next?: string | null }>) {}

  /** Fetch from the start, or the page that follows. An answer that was overtaken by a newer question is dropped. */
  async load(more = false): Promise<void> {
    const mine = ++this.#asked;
    this.loading = true;
    try {
      const page = await this.ask(more ? (this.next ?? undefined) : undefined);
      if (mine !== this.#asked) return;
      this.rows = more ? [...this.rows, ...page.items] : page.items;
      this.next = page.next ?? null;
      this.failed = "";
    } catch (error) {
      if (mine === this.#asked) this.failed = (error as Error).message;
    } finally {
      if (mine === this.#asked) this.loading = false;
    }
  }
}
