// Who signed in on this phone last, so that the page opens without a network. What another officer's phone
// page knew of the register is forgotten when someone else signs in; the outbox stays for its owner.

import type { Me } from "$shared/session.svelte";
import { wipeOutbox, wipePack, wipeVault } from "./db";
import { ownerOf } from "./line";
import type { Owner } from "./outbox";
import { wipeSeen } from "./shell";

const KEY = "gridsup.field.me";

export function remembered(): Me | null {
  const kept = localStorage.getItem(KEY);
  return kept ? (JSON.parse(kept) as Me) : null;
}

export async function remember(me: Me): Promise<void> {
  const before = remembered();
  if (before && ownerOf(before) !== ownerOf(me)) await forget();
  localStorage.setItem(KEY, JSON.stringify(me));
}

export async function forget(): Promise<void> {
  const before = remembered();
  localStorage.removeItem(KEY);
  if (before) await wipePack(ownerOf(before));
  await wipeSeen();
}

/** Leave nothing of an officer on this phone: on signing out, when everything in the outbox has arrived. */
export async function wipe(owner: Owner): Promise<void> {
  await forget();
  await wipeOutbox(owner);
  await wipeVault(owner);
}
