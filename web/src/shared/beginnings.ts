// What a form begins with, at the desk and on the phone: what is known already is there to check, not to write again.

import type { components } from "./api/schema";
import { known, plain } from "./forms";
import type { Bilingual } from "./i18n/language.svelte";
import type { Holdings } from "./things";

type PastStep = components["schemas"]["PastStep"];
/** A step that was put up for approval and came back: which, why, and by whom. */
export type Returned = { action: string; title: Bilingual; opinion: string; by: string };
type Household = { name: string; address: string } & Partial<Record<"operator_name" | "trade" | "scope" | "uscc", string | null>>;

/** What the register knows of a household, by the names of the forms that begin a matter about it. */
export function ofHousehold(one: Household): Record<string, unknown> {
  const told = { operator_name: one.operator_name || one.name, address: one.address, trade: one.trade, scope: one.scope, party_code: one.uscc };
  return Object.fromEntries(Object.entries(told).filter(([, value]) => value));
}

/**
 * What a step's form begins with: a proposal that was returned, as it was written; else what the matter knows. A step
 * that is taken once more is judged anew.
 */
export function beginning(
  matter: { facts: Record<string, unknown>; history: Pick<PastStep, "action" | "kind" | "form">[]; held?: Holdings },
  action: Pick<components["schemas"]["ActionView"], "action" | "form">,
): Record<string, unknown> {
  const last = matter.history.filter((one) => one.action === action.action && (one.kind === "act" || one.kind === "proposed")).at(-1);
  if (!last) return known(action.form, matter.facts, matter.held);
  return last.kind === "proposed" ? plain(action.form, last.form) : {};
}

/** Why a step that was put up for approval came back, as long as nothing was done since; null where nothing came back. */
export function returned(matter: { history: Pick<PastStep, "action" | "kind" | "title" | "signature" | "person">[] }): Returned | null {
  const last = matter.history.filter((one) => one.kind === "act" || one.kind === "proposed" || one.kind === "signed").at(-1);
  const said = last?.kind === "signed" ? (last.signature as { agreed: boolean; opinion?: string } | null) : null;
  return said && !said.agreed ? { action: last!.action, title: last!.title ?? { zh: "", en: "" }, opinion: said.opinion ?? "", by: last!.person?.name ?? "" } : null;
}
