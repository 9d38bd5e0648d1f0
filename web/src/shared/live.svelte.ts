// Live updates: one stream of ids for the page. After a reconnect everything on show is fetched again,
// because nothing that happened in between is repeated.

export type Change = { kind: string; matter?: number; version?: number; redivision?: number; touched?: number[] };

class Live {
  connected = $state(false);
  #source: EventSource | null = null;
  #listeners = new Set<(change: Change) => void>();

  listen(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    this.#source ??= this.#open();
    return () => this.#listeners.delete(listener);
  }

  #open(): EventSource {
    const source = new EventSource("/api/events");
    source.onopen = () => (this.connected = true);
    source.onerror = () => (this.connected = false);
    source.onmessage = (event) => {
      const change = JSON.parse(event.data as string) as Change;
      for (const listener of this.#listeners) listener(change);
    };
    return source;
  }
}

export const live = new Live();
