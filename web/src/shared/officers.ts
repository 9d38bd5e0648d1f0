// The bureau's officers in service, all of them, however many pages the server needs.

import { api, data } from "./api/client";
import type { components } from "./api/schema";

export type Officer = components["schemas"]["OfficerView"];

export async function allOfficers(): Promise<Officer[]> {
  const found: Officer[] = [];
  let cursor: string | undefined;
  do {
    const page = await data(api.GET("/api/officers", { params: { query: { limit: 200, cursor } } }));
    found.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor);
  return found;
}
