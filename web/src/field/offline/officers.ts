// The bureau's officers, kept for choosing who acts together where there is no network.

import { allOfficers, type Officer } from "$shared/officers";
import { readPack, writePack } from "./db";
import type { Owner } from "./outbox";

const NAME = "officers";
/** People come and go by the day, not by the hour. */
const OLD = 12 * 3_600_000;

/** Fetch the list, unless the kept one is of today. */
export async function keepOfficers(owner: Owner): Promise<void> {
  const kept = await readPack<Officer[]>(owner, NAME);
  if (kept && Date.now() - Date.parse(kept.at) < OLD) return;
  await writePack(owner, NAME, await allOfficers());
}

/** The list as it is kept, fetched first where there is none; empty without either. */
export async function keptOfficers(owner: Owner): Promise<Officer[]> {
  await keepOfficers(owner).catch((error: unknown) => console.warn(error));
  return (await readPack<Officer[]>(owner, NAME))?.content ?? [];
}
