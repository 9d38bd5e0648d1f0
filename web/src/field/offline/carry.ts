// Carrying the outbox by file: agreeing keys while there is a network, making the file, taking the receipt.

import { api, data } from "$shared/api/client";
import { say } from "$shared/i18n/language.svelte";
import { newKey } from "$shared/key";
import { stamp } from "../clock";
import { answeredBy, chosen, newKeys, opened, publicHex, sealed, type Device } from "./carried";
import { keep, readDevice, store, writeDevice } from "./db";
import { settled, type Owner, type Photo } from "./outbox";
import { outbox } from "./outbox.svelte";

/** Agree keys with the server once for each officer on this phone. */
export async function agree(owner: Owner): Promise<void> {
  if (!isSecureContext || (await readDevice(owner))) return;
  const keys = await newKeys();
  const told = await data(api.POST("/api/field/devices", { body: { public_key: await publicHex(keys) } }));
  await writeDevice({ owner, device: told.device_id, jurisdiction: told.jurisdiction_id, keys, serverKey: told.public_key });
}

export const agreed = (owner: Owner): Promise<Device | undefined> => readDevice(owner);

/** Make a file of what waits; null when nothing does. The items stay until their receipt comes. */
export async function makeFile(device: Device): Promise<{ blob: Blob; name: string; taken: number; left: number } | null> {
  const items = await store.items(device.owner);
  const photos = new Map<string, Photo>();
  for (const { sha256 } of items.flatMap((item) => item.photos)) {
    const photo = await store.photo(device.owner, sha256);
    if (photo) photos.set(sha256, photo);
  }
  const fresh = items.filter((item) => !item.exported);
  const taken = chosen(fresh.some((item) => item.state === "waiting") ? fresh : items, photos);
  if (!taken.items.length) return null;
  const file = newKey();
  const { at } = stamp();
  const blob = await sealed(device, file, at, taken.items, taken.photos);
  for (const item of taken.items) await keep({ ...item, exported: { files: [...(item.exported?.files ?? []), file], at } }, []);
  await outbox.reread();
  const left = fresh.filter((item) => item.state === "waiting").length - taken.items.length;
  return { blob, name: `gridsup-outbox-${at.slice(0, 16).replace(/[-:T]/g, "")}-${device.device}.gsob`, taken: taken.items.length, left: Math.max(left, 0) };
}

/** Take a receipt file: what it names of this phone's items is settled. Throws FileFault. */
export async function takeReceipt(device: Device, content: ArrayBuffer): Promise<number> {
  const { file, outcomes } = await opened(device, content);
  const told = new Map(outcomes.map((one) => [one.key, one]));
  let count = 0;
  for (const item of await store.items(device.owner)) {
    const outcome = told.get(item.key);
    if (!outcome || item.state !== "waiting" || !item.exported?.files.includes(file)) continue;
    await settled(answeredBy(item, outcome, say), store);
    count += 1;
  }
  await outbox.reread();
  if (count) outbox.onarrived();
  return count;
}
