// Undo as a compensating act: a procedure's own step that withdraws what was sent, open until it is received.

import { api, data } from "$shared/api/client";
import type { components } from "$shared/api/schema";
import { toasts } from "$shared/ui/toasts.svelte";
import { desk } from "./desk.svelte";
import { w } from "./words";

type Matter = components["schemas"]["MatterView"];
export type Undo = { matter: Matter; action: Matter["actions"][number] };

/** Procedure → its step that withdraws what waits to be received. */
const WITHDRAWS: Record<string, string> = { referral: "withdraw", unlicensed_operation: "withdraw" };

/** The step that takes a matter's last one back, as far as this person may take it now. */
export function undoOf(matter: Matter): Undo | null {
  const action = matter.actions.find((one) => one.allowed && one.action === WITHDRAWS[matter.pack]);
  return action ? { matter, action } : null;
}

/** The same by someone who just acted: of the matter, or of a child that the act opened. */
export async function findUndo(id: number): Promise<Undo | null> {
  const read = (matter_id: number) => data(api.GET("/api/matters/{matter_id}", { params: { path: { matter_id } } }));
  const matter = await read(id);
  const found = undoOf(matter);
  if (found) return found;
  const child = [...matter.children].reverse().find((one) => !one.ended);
  return child ? undoOf(await read(child.id)) : null;
}

class Undoing {
  /** The step whose dialog is open, from the toast, the story or the key. */
  open = $state.raw<Undo | null>(null);
}
export const undoing = new Undoing();

/** Say that a step was taken, with a way back where there is one. */
export async function offerUndo(id: number, text: string): Promise<void> {
  const found = await findUndo(id).catch(() => null);
  if (!found) return toasts.good(text);
  toasts.good(text, { text: w("undo"), do: () => {
    desk.open(found.matter.id);
    undoing.open = found;
  } });
}
