// What was written into a step's dialog and has not arrived. It outlives the dialog, a reload of this tab and a
// colleague who moved the matter meanwhile; fields that the procedure keeps secret and photos stay in the page's memory.

import type { components } from "$shared/api/schema";
import { fields, type FormField } from "$shared/forms";
import type { Bilingual } from "$shared/i18n/language.svelte";
import { newKey } from "$shared/key";
import type { TakenPhoto } from "$shared/ui/PhotoField.svelte";

type Schema = Record<string, unknown>;
type Step = { action: string; title: Bilingual; form: Schema };
export type Draft = { key: string; version: number; values: Record<string, unknown>; step: Step };
type Past = Pick<components["schemas"]["EventView"], "seq" | "kind" | "action" | "person">;

const PREFIX = "gridsup.draft.";
const secrets = new Map<string, Record<string, unknown>>();
const photos = new Map<string, TakenPhoto[]>();
const start = (owner: string, matter: number): string => `${PREFIX}${owner}.${matter}.`;

function read(name: string): Draft | null {
  const kept = sessionStorage.getItem(name);
  if (!kept) return null;
  const draft = JSON.parse(kept) as Draft;
  return { ...draft, values: { ...draft.values, ...secrets.get(name) } };
}

/** The draft of a step by its owner; null when none was left, or the matter has moved on since. */
export function recall(owner: string, matter: number, action: string, version: number): Draft | null {
  const draft = read(start(owner, matter) + action);
  return draft?.version === version ? draft : null;
}

/** Photos that were taken for a draft. */
export const photosOf = (owner: string, matter: number, action: string): TakenPhoto[] => photos.get(start(owner, matter) + action) ?? [];

/** Drafts that a matter's state has passed: a colleague moved it first. One that did arrive is forgotten. */
export function overtaken(owner: string, matter: { id: number; version: number; history: Past[] }, officer: number): Draft[] {
  const begins = start(owner, matter.id);
  const names = Array.from({ length: sessionStorage.length }, (_, at) => sessionStorage.key(at)!).filter((name) => name.startsWith(begins));
  return names.map((name) => read(name)!).filter((draft) => {
    if (draft.version === matter.version) return false;
    const { action } = draft.step;
    const arrived = matter.history.some((one) => one.seq > draft.version && one.action === action && one.person?.id === officer && (one.kind === "act" || one.kind === "proposed"));
    if (arrived) forget(owner, matter.id, action);
    return !arrived;
  });
}

export function keep(owner: string, matter: number, draft: Draft, secret: (field: string) => boolean, taken: TakenPhoto[] = []): void {
  const name = start(owner, matter) + draft.step.action;
  const written = Object.entries(draft.values);
  secrets.set(name, Object.fromEntries(written.filter(([field]) => secret(field))));
  photos.set(name, taken);
  sessionStorage.setItem(name, JSON.stringify({ ...draft, values: Object.fromEntries(written.filter(([field]) => !secret(field))) }));
}

export function forget(owner: string, matter: number, action: string): void {
  const name = start(owner, matter) + action;
  secrets.delete(name);
  photos.delete(name);
  sessionStorage.removeItem(name);
}

/** A draft's first state: the key is made once, so that sending again after a lost answer acts once. */
export const begun = (version: number, step: Step, values: Record<string, unknown>): Draft => ({ key: newKey(), version, values, step });

export const empty = (value: unknown): boolean => value === undefined || value === null || value === "";
const fits = (value: unknown, field: FormField): boolean => !field.choices.length || field.choices.some((one) => one.value === value);

/** What a step's form takes of a draft: fields of the same name and kind, and the long text in the first free long field. */
export function carried(draft: Draft, form: Schema, facts: Record<string, unknown> = {}): Record<string, unknown> {
  const written = fields(draft.step.form, draft.values, facts).filter((one) => !empty(draft.values[one.name]));
  const asked = fields(form, draft.values, facts);
  const same = written.filter((one) => asked.some((other) => other.name === one.name && other.kind === one.kind && fits(draft.values[one.name], other)));
  const taken = Object.fromEntries(same.map((one) => [one.name, draft.values[one.name]]));
  const over = written.filter((one) => one.kind === "long" && !same.includes(one)).map((one) => draft.values[one.name]);
  const free = asked.find((one) => one.kind === "long" && !(one.name in taken));
  return over.length && free ? { ...taken, [free.name]: over.join("\n") } : taken;
}
