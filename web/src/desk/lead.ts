import type { components } from "$shared/api/schema";
import { session } from "$shared/session.svelte";

type Action = components["schemas"]["ActionView"];

/**
 * Which of the steps that are open leads. `proposed`: the step that the rules name. What takes the matter on to where it
 * has not been, rather than back or aside; to its end only for who is waited for, and not by leave of a superior where
 * it can go on; nothing while a step waits for signatures.
 */
export function leading(matter: components["schemas"]["MatterView"], allowed: Action[], proposed: string): Action | undefined {
  if (matter.proposals.length) return undefined;
  const been = new Set(matter.history.map((one) => one.to_state));
  const onward = (one: Action, writes: unknown): unknown => !one.ends && (one.to ? !been.has(one.to) : one.crew || writes);
  // a paper that was written once is written again only where nothing else goes on, such as after a hearing is put off
  const fresh = (one: Action): boolean => Boolean(one.writes) && !matter.history.some((each) => each.action === one.action);
  const on =
    allowed.find((one) => proposed === "refer" && one.action === proposed) ??
    allowed.find((one) => onward(one, fresh(one))) ??
    allowed.find((one) => onward(one, one.writes));
  if (on || !session.holds(matter.waits_for ?? "")) return on;
  const back = allowed.find((one) => one.to && !one.ends);
  return allowed.find((one) => one.ends && !(one.approval && back)) ?? back ?? allowed[0];
}
