// One figure or list asked of the API: what came last stays on show while it is asked again.

export class Asked<T> {
  data = $state.raw<T | null>(null);
  loading = $state(false);
  failed = $state("");
  #question = 0;

  constructor(private readonly ask: () => Promise<T>) {}

  /** An answer that was overtaken by a newer question is dropped. */
  load = async (): Promise<void> => {
    const mine = ++this.#question;
    this.loading = true;
    try {
      const data = await this.ask();
      if (mine !== this.#question) return;
      this.data = data;
      this.failed = "";
    } catch (error) {
      if (mine === this.#question) this.failed = (error as Error).message;
    } finally {
      if (mine === this.#question) this.loading = false;
    }
  };
}
