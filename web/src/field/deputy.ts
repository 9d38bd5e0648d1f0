// Whose work is mine today: my own, and that of colleagues on leave for whom I stand in (AB岗).

import { session } from "$shared/session.svelte";

/** The colleague for whom I do what is assigned to this officer: "" for myself, null where it is not mine to do. */
export function heldFor(officer_id: number | null): string | null {
  if (officer_id === null || !session.me) return null;
  if (officer_id === session.me.officer_id) return "";
  const held = session.me.capacities.find((one) => one.deputy_of === officer_id);
  return held ? (held.deputy_of_name ?? "") : null;
}
