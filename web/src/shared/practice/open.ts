// The practice mode's two parts, mounted beside the page of whichever face: a dialog to begin, and, inside a
// copy, the band with the task. Both are fetched only when they are needed.

import { mount, unmount } from "svelte";
import { session } from "$shared/session.svelte";

/** Whether the menu offers it: officers practise, administrators switch it. */
export const offered = (): boolean =>
  !session.me?.jurisdiction.practice && (session.may("practice:use") || session.may("people:edit"));

export async function openPractice(): Promise<void> {
  const { default: Begin } = await import("./Begin.svelte");
  const made = mount(Begin, { target: document.body, props: { onclose: () => void unmount(made) } });
}

/** In a copy, the band stands above everything before the page itself is shown. */
export async function showBand(): Promise<void> {
  if (!session.me?.jurisdiction.practice) return;
  const { default: Band } = await import("./Band.svelte");
  mount(Band, { target: document.body, anchor: document.body.firstChild ?? undefined });
}
