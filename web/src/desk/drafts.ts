// What was written into a step's dialog and has not arrived. It outlives the dialog and a reload of this tab;
// fields that the procedure keeps secret stay in the page's memory alone.

import type { components } from "$shared/api/schema";
import { known, plain } from "$shared/forms";
import type { Bilingual } from "$shared/i18n/language.svelte";
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

/**
 * What a step's form begins with: a proposal that was returned, as it was written; else what the matter knows. A step
 * that is taken once more is judged anew.
 */
export function beginning(
  matter: Pick<components["schemas"]["MatterView"], "facts"> & { history: Pick<components["schemas"]["EventView"], "action" | "kind" | "form">[] },
  action: Pick<components["schemas"]["ActionView"], "action" | "form">,
): Record<string, unknown> {
  const last = matter.history.filter((one) => one.action === action.action && (one.kind === "act" || one.kind === "proposed")).at(-1);
  if (!last) return known(action.form, matter.facts);
  return last.kind === "proposed" ? plain(action.form, last.form) : {};
}

/** Who acted together with an officer the last time in this matter: as a rule the same two go on. */
export function partners(matter: { history: Pick<components["schemas"]["EventView"], "crew">[] }, officer: number): number[] {
  const last = matter.history.filter((one) => one.crew.some((each) => each.id === officer)).at(-1);
  return (last?.crew ?? []).map((each) => each.id).filter((id) => id !== officer);
}

/** Why a step that was put up for approval came back, as long as nothing was done since; null where nothing came back. */
export function returned(matter: { history: Pick<components["schemas"]["EventView"], "kind" | "title" | "signature" | "person">[] }): { title: Bilingual; opinion: string; by: string } | null {
  const last = matter.history.filter((one) => one.kind === "act" || one.kind === "proposed" || one.kind === "signed").at(-1);
  const said = last?.kind === "signed" ? (last.signature as { agreed: boolean; opinion?: string } | null) : null;
  return said && !said.agreed ? { title: last!.title ?? { zh: "", en: "" }, opinion: said.opinion ?? "", by: last!.person?.name ?? "" } : null;
}

/** A draft's first state: the key is made once, so that sending again after a lost answer acts once. */
export const begun = (version: number, values: Record<string, unknown>): Draft => ({ key: newKey(), version, values });
