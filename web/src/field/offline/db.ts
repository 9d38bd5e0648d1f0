// What the phone keeps: the pack (data for work without a network), the outbox, and the photos by hash.
// Everything stands under its owner, so two officers who share a phone do not mix.

import { openDB, type DBSchema, type IDBPDatabase } from "idb";
import type { Device } from "./carried";
import type { Item, Owner, Photo, Store } from "./outbox";
import { isSealed, seal, unseal, type Vault } from "./vault";

/** One part of the pack, as the server answered it last. */
export type Kept = { owner: Owner; name: string; at: string; content: unknown };

interface Phone extends DBSchema {
  pack: { key: [Owner, string]; value: Kept };
  outbox: { key: [Owner, string]; value: Item; indexes: { owner: Owner } };
  photos: { key: [Owner, string]; value: Photo };
  devices: { key: Owner; value: Device };
  vaults: { key: Owner; value: Vault };
}

/** Parts of the pack that are sealed under the PIN: what the phone knows of the register and of
 *  colleagues. Drafts are not. */
const REGISTER = ["today", "pack", "checks", "around", "officers"];
let sealing: CryptoKey | null = null;

/** The key under which the register's parts are read and written from now on; null locks them. */
export function sealWith(key: CryptoKey | null): void {
  sealing = key;
}

let opened: Promise<IDBPDatabase<Phone>> | null = null;

function db(): Promise<IDBPDatabase<Phone>> {
  opened ??= openDB<Phone>("gridsup-field", 3, {
    upgrade(made, before) {
      if (before < 3) made.createObjectStore("vaults", { keyPath: "owner" });
      if (before < 2) made.createObjectStore("devices", { keyPath: "owner" });
      if (before) return;
      made.createObjectStore("pack", { keyPath: ["owner", "name"] });
      made.createObjectStore("outbox", { keyPath: ["owner", "key"] }).createIndex("owner", "owner");
      made.createObjectStore("photos", { keyPath: ["owner", "sha256"] });
    },
    blocking: (_old, _new, event) => (event.target as IDBDatabase).close(),
    terminated: () => (opened = null),
  });
  return opened;
}

/** The outbox's store on the phone's own database. */
export const store: Store = {
  items: async (owner) => (await db()).getAllFromIndex("outbox", "owner", owner),
  putItem: async (item) => void (await (await db()).put("outbox", item)),
  photo: async (owner, sha256) => (await db()).get("photos", [owner, sha256]),
  putPhoto: async (photo) => void (await (await db()).put("photos", photo)),
};

/** Keep an item together with its photos: all of it or nothing. */
export async function keep(item: Item, photos: Photo[]): Promise<void> {
  const writing = (await db()).transaction(["outbox", "photos"], "readwrite");
  for (const photo of photos) await writing.objectStore("photos").put(photo);
  await writing.objectStore("outbox").put(item);
  await writing.done;
}

/** Take an item out of the list, as the officer asked. */
export async function drop(item: Item): Promise<void> {
  await (await db()).delete("outbox", [item.owner, item.key]);
}

/** Every officer who has something in this phone's outbox, with how much of it has not arrived. */
export async function unsent(): Promise<Map<Owner, number>> {
  const counts = new Map<Owner, number>();
  for (const item of await (await db()).getAll("outbox")) {
    if (item.state === "waiting" || item.state === "refused") counts.set(item.owner, (counts.get(item.owner) ?? 0) + 1);
  }
  return counts;
}

/** What this phone and the server agreed for an officer. */
export async function readDevice(owner: Owner): Promise<Device | undefined> {
  return (await db()).get("devices", owner);
}

export async function writeDevice(device: Device): Promise<void> {
  await (await db()).put("devices", device);
}

export async function readPack<T>(owner: Owner, name: string): Promise<{ at: string; content: T } | undefined> {
  const kept = await (await db()).get("pack", [owner, name]);
  if (!kept || !isSealed(kept.content)) return kept as { at: string; content: T } | undefined;
  if (!sealing) return undefined;
  return { at: kept.at, content: await unseal<T>(sealing, kept.content) };
}

/** Keep a part of the pack. While the phone is locked the register's parts stay as they were. */
export async function writePack(owner: Owner, name: string, content: unknown): Promise<void> {
  const secret = isSecureContext && REGISTER.includes(name);
  if (secret && !sealing) return;
  const stored = secret ? await seal(sealing!, content) : content;
  await (await db()).put("pack", { owner, name, at: new Date().toISOString(), content: stored });
}

/** Seal what was kept before there was a PIN. */
export async function sealAll(owner: Owner): Promise<void> {
  for (const name of REGISTER) {
    const kept = await (await db()).get("pack", [owner, name]);
    if (kept && !isSealed(kept.content)) await writePack(owner, name, kept.content);
  }
}

/** Forget the register's parts; drafts and the outbox stay. */
export async function wipeRegister(owner: Owner): Promise<void> {
  for (const name of REGISTER) await (await db()).delete("pack", [owner, name]);
}

export async function readVault(owner: Owner): Promise<Vault | undefined> {
  return (await db()).get("vaults", owner);
}

export async function writeVault(vault: Vault): Promise<void> {
  await (await db()).put("vaults", vault);
}

export async function wipeVault(owner: Owner): Promise<void> {
  await (await db()).delete("vaults", owner);
}

/** Forget what one officer's phone knew of the register; the outbox stays. */
export async function wipePack(owner: Owner): Promise<void> {
  const range = IDBKeyRange.bound([owner, ""], [owner, "\uffff"]);
  await (await db()).delete("pack", range);
}

/** Forget an officer's outbox with its photos, and the keys agreed for it. */
export async function wipeOutbox(owner: Owner): Promise<void> {
  const wiping = (await db()).transaction(["outbox", "photos", "devices"], "readwrite");
  const range = IDBKeyRange.bound([owner, ""], [owner, "\uffff"]);
  await Promise.all([wiping.objectStore("outbox").delete(range), wiping.objectStore("photos").delete(range), wiping.objectStore("devices").delete(owner), wiping.done]);
}
