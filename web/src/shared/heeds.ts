// What to heed before a step, as its form stands: asked once the form has rested for a moment.

import { api, data } from "$shared/api/client";
import type { Bilingual } from "$shared/i18n/language.svelte";

const REST = 400;

export type Heed = Bilingual & { code: string };

export function heedsOf(matter_id: number, action: string, form: Record<string, unknown>): Promise<Heed[]> {
  return data(api.POST("/api/matters/{matter_id}/actions/{action}/heeds", { params: { path: { matter_id, action } }, body: { form } }));
}

/**
 * Ask after a rest and hand on the answer; an effect gives back what this returns, so that an answer to a form of
 * before is dropped. Where none came, what was told stands.
 */
export function weighing<T>(ask: () => Promise<T>, tell: (answer: T) => void): () => void {
  let over = false;
  const later = setTimeout(() => ask().then((answer) => over || tell(answer), () => {}), REST);
  return () => {
    over = true;
    clearTimeout(later);
  };
}
