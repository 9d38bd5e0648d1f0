// Live updates: one stream of ids for the page. After a reconnect everything on show is fetched again,
// because nothing that happened in between is repeated. The first greeting means the same of the moment between
// the first fetch and the connection, but waits until the page is drawn.

export type Change = { kind: string; matter?: number; version?: number; redivision?: number; touched?: number[] };

const SETTLED = 8000;

class Live {
  connected = $state(false);
  /** The connection was there, or could not be made: not the moment before the first one. */
  lost = $state(false);
  #source: EventSource | null = null;
  #greeted = false;
  #listeners = new Set<(change: Change) => void>();

  listen(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    this.#source ??= this.#open();
    return () => this.#listeners.delete(listener);
  }

  #open(): EventSource {
    const source = new EventSource("/api/events");
    source.onopen = () => {
      this.connected = true;
      this.lost = false;
    };
    source.onerror = () => {
      this.connected = false;
      this.lost = true;
    };
    source.onmessage = (event) => {
      const change = JSON.parse(event.data as string) as Change;
      const first = change.kind === "hello" && !this.#greeted;
      this.#greeted = true;
      if (first) setTimeout(() => this.#tell(change), SETTLED);
      else this.#tell(change);
    };
    return source;
  }

  #tell(change: Change): void {
    for (const listener of this.#listeners) listener(change);
  }
}

export const live = new Live();
