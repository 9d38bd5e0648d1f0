// The lock of the phone page: a PIN set at first, asked again when the page is opened anew or was left alone.
// After too many wrong tries the phone forgets what it knew of the register and asks for the password; the
// outbox stays as it is and goes out after that.

import { api } from "$shared/api/client";
import { session } from "$shared/session.svelte";
import { readVault, sealAll, sealWith, wipeRegister, wipeVault, writeVault } from "./offline/db";
import type { Owner } from "./offline/outbox";
import { wipeSeen } from "./offline/shell";
import { MOST_TRIES, newVault, tried, type Vault } from "./offline/vault";

/** Left alone for so long (ms) the page locks. */
const IDLE = 5 * 60_000;
const SEEN = "gridsup.field.seen";
const SHUT = "gridsup.field.shut";
const TAB = "gridsup.field.tab";

class Lock {
  /** `none`: no PIN on this phone yet; `shut`: the password must be given anew. */
  state = $state<"starting" | "none" | "locked" | "open" | "shut">("starting");
  left = $state(MOST_TRIES);
  #vault: Vault | null = null;
  #owner: Owner = "";
  #seen = 0;

  async begin(owner: Owner): Promise<void> {
    this.#owner = owner;
    if (!isSecureContext || session.me?.jurisdiction.practice) {
      this.state = "open"; // no cryptography without HTTPS; the page says what is missing. A copy holds no secret.
      return;
    }
    if (isShut()) {
      this.state = "shut";
      return;
    }
    this.#vault = (await readVault(owner)) ?? null;
    const fresh = Date.now() - Number(localStorage.getItem(SEEN)) < IDLE && sessionStorage.getItem(TAB) === owner;
    if (!this.#vault) this.state = "none";
    else if (this.#vault.open && fresh) this.#opened(this.#vault.open);
    else await this.lock();
    for (const kind of ["pointerdown", "keydown", "visibilitychange"]) document.addEventListener(kind, () => this.#touched(), true);
    setInterval(() => this.#watch(), 10_000);
  }

  async set(pin: string): Promise<void> {
    this.#vault = await newVault(this.#owner, pin);
    await writeVault(this.#vault);
    this.#opened(this.#vault.open!);
    await sealAll(this.#owner);
  }

  /** One try. Too many wrong ones shut the page. */
  async enter(pin: string): Promise<boolean> {
    this.#vault = await tried((await readVault(this.#owner)) ?? this.#vault!, pin);
    await writeVault(this.#vault);
    if (this.#vault.open) {
      this.#opened(this.#vault.open);
      return true;
    }
    this.left = MOST_TRIES - this.#vault.tries;
    if (this.left <= 0) await this.shut();
    return false;
  }

  async lock(): Promise<void> {
    sealWith(null);
    if (this.#vault) {
      this.#vault = { ...this.#vault, open: null };
      await writeVault(this.#vault);
      this.left = MOST_TRIES - this.#vault.tries;
    }
    this.state = "locked";
  }

  /** The PIN is forgotten or guessed at: only the password opens the page again. Nothing in the outbox is touched. */
  async shut(): Promise<void> {
    localStorage.setItem(SHUT, this.#owner);
    sealWith(null);
    await Promise.all([wipeVault(this.#owner), wipeRegister(this.#owner), wipeSeen()]);
    this.#vault = null;
    this.state = "shut";
    await endSession();
  }

  #opened(key: CryptoKey): void {
    sealWith(key);
    sessionStorage.setItem(TAB, this.#owner);
    this.#seen = Date.now();
    localStorage.setItem(SEEN, String(this.#seen));
    this.left = MOST_TRIES;
    this.state = "open";
  }

  #touched(): void {
    this.#watch();
    if (this.state !== "open") return;
    this.#seen = Date.now();
    localStorage.setItem(SEEN, String(this.#seen));
  }

  #watch(): void {
    if (this.state === "open" && this.#vault && Date.now() - this.#seen > IDLE) void this.lock();
  }
}

export const lock = new Lock();
/** Whether the password is due: then not even a session that is still open counts. */
export const isShut = (): boolean => localStorage.getItem(SHUT) !== null;

/** End the session that is still open; whether the password may now be asked for. Needs the network. */
export async function endSession(): Promise<boolean> {
  const { response } = await api.DELETE("/api/session").catch(() => ({ response: null }));
  if (!response || (!response.ok && response.status !== 401)) return false;
  localStorage.removeItem(SHUT);
  return true;
}
