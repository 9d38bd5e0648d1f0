// The opening form of a procedure, as the version in force has it.

import { api, data } from "$shared/api/client";

/** The JSON Schema of the opening step of the version that new matters take today. */
export async function openingForm(pack: string): Promise<Record<string, any>> {
  return actionForm(pack, null);
}

/** The JSON Schema of a step; of the opening when `action` is null. */
export async function actionForm(pack: string, action: string | null): Promise<Record<string, any>> {
  const all = await data(api.GET("/api/procedures"));
  const version = all.find((one) => one.id === pack && one.current)?.version;
  if (!version) throw new Error(pack);
  const full = await data(api.GET("/api/procedures/{pack}/{version}", { params: { path: { pack, version } } }));
  return full.actions[action ?? full.opening]?.form ?? {};
}
