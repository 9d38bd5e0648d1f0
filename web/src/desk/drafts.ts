// What was written into a step's dialog and has not arrived. It outlives the dialog and a reload of this tab;
// fields that the procedure keeps secret stay in the page's memory alone.

import { newKey } from "$shared/key";

export type Draft = { key: string; version: number; values: Record<string, unknown> };

const PREFIX = "gridsup.draft.";
const secrets = new Map<string, Record<string, unknown>>();
const nameOf = (owner: string, matter: number, action: string): string => `${PREFIX}${owner}.${matter}.${action}`;

/** The draft of a step by its owner; null when none was left, or the matter has moved on since. */
export function recall(owner: string, matter: number, action: string, version: number): Draft | null {
  const name = nameOf(owner, matter, action);
  const kept = sessionStorage.getItem(name);
  if (!kept) return null;
  const draft = JSON.parse(kept) as Draft;
  if (draft.version !== version) {
    forget(owner, matter, action);
    return null;
  }
  return { ...draft, values: { ...draft.values, ...secrets.get(name) } };
}

export function keep(owner: string, matter: number, action: string, draft: Draft, secret: (field: string) => boolean): void {
  const name = nameOf(owner, matter, action);
  const fields = Object.entries(draft.values);
  secrets.set(name, Object.fromEntries(fields.filter(([field]) => secret(field))));
  sessionStorage.setItem(name, JSON.stringify({ ...draft, values: Object.fromEntries(fields.filter(([field]) => !secret(field))) }));
}

export function forget(owner: string, matter: number, action: string): void {
  const name = nameOf(owner, matter, action);
  secrets.delete(name);
  sessionStorage.removeItem(name);
}

/** A draft's first state: the key is made once, so that sending again after a lost answer acts once. */
export const begun = (version: number, values: Record<string, unknown>): Draft => ({ key: newKey(), version, values });
