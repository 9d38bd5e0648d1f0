// One figure, list or paper asked of the API: what came last stays on show while it is asked again.

import { untrack } from "svelte";

export class Asked<T, Question extends unknown[] = []> {
  data = $state.raw<T | null>(null);
  loading = $state(false);
  failed = $state("");
  #turn = 0;
  #question: Question | null = null;
  #newest: Promise<void> = Promise.resolve();

  constructor(private readonly ask: (...question: Question) => Promise<T>) {}

  /** Ask, for the first time or anew. An answer that was overtaken by a newer question is dropped; who waits for it
   * waits for the newer one's. */
  load = (...question: Question): Promise<void> => {
    this.#question = question;
    return (this.#newest = untrack(() => this.#answer(question)));
  };

  /** Ask about a subject. Once more, what it told stays on show; another's does not stand in its place meanwhile. */
  about = (...question: Question): Promise<void> => {
    if (question.some((part, at) => part !== this.#question?.[at])) this.put(null);
    return this.load(...question);
  };

  /** The same question once more. */
  again = (): void => {
    if (this.#question) void this.load(...this.#question);
  };

  /** What an act has told already, or nothing: it overtakes every question that is on its way. */
  put(data: T | null): void {
    this.#turn++;
    this.#newest = Promise.resolve();
    [this.data, this.failed, this.loading] = [data, "", false];
  }

  async #answer(question: Question): Promise<void> {
    const mine = ++this.#turn;
    this.loading = true;
    let told: [T] | null = null;
    let failed = "";
    try {
      told = [await this.ask(...question)];
    } catch (error) {
      failed = (error as Error).message;
    }
    if (mine !== this.#turn) return this.#newest;
    if (told) this.data = told[0];
    [this.failed, this.loading] = [failed, false];
  }
}
