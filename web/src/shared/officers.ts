// The bureau's officers in service, all of them, however many pages the server needs; and who may act with me.

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

export type CrewRule = { me: number; crew: number[]; qualification: string | null; aside?: number[] };

/** Who may act together with me: first those chosen already, then the colleagues of my own body. */
export function partnersFor(all: Officer[], { me, crew, qualification, aside }: CrewRule): Officer[] {
  const fits = (one: Officer): boolean =>
    one.id !== me &&
    !aside?.includes(one.id) &&
    (!qualification || one.qualifications.some((held) => held.name === qualification));
  const home = all.find((one) => one.id === me)?.organisation_id;
  const near = (one: Officer): number => (crew.includes(one.id) ? 0 : one.organisation_id === home ? 1 : 2);
  return all.filter(fits).sort((a, b) => near(a) - near(b));
}
