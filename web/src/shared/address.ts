/** A page that says in the address what it shows, so that a reload, a sent link or Back shows it again. */
interface Addressed {
  /** Take over what an address asks for. */
  read(address: URLSearchParams): void;
  /** The address of what is shown, from its "#" on. */
  address(): string;
  /** What Back returns to: a page, what is opened; a filter is none. */
  place(): string;
}

/**
 * The address bar kept in step with a page, both ways. What was read is not written back: an address that arrives
 * while the page starts is not lost.
 */
export class AddressBar {
  #page: Addressed;
  #written: string | null = null;
  #placed = "";

  constructor(page: Addressed) {
    this.#page = page;
    page.read(parts(location.hash));
    // A link to another place of the page, or Back, while it is open. The event keeps what was asked for.
    window.addEventListener("hashchange", (event) => {
      page.read(parts(new URL(event.newURL).hash));
      [this.#written, this.#placed] = [page.address(), page.place()];
    });
  }

  /** Write what is shown now; called whenever it may have changed. */
  keep(): void {
    const [address, place] = [this.#page.address(), this.#page.place()];
    if (this.#written !== null && address !== this.#written) {
      if (place !== this.#placed) history.pushState(null, "", address);
      else history.replaceState(null, "", address);
    }
    [this.#written, this.#placed] = [address, place];
  }
}

function parts(hash: string): URLSearchParams {
  return new URLSearchParams(hash.slice(1));
}
