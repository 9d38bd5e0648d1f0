// What the simulator assumes, and the lists from which its form chooses.

import { allOfficers } from "$shared/officers";
import { api, data } from "$shared/api/client";
import type { components } from "$shared/api/schema";
import { bodyName } from "$shared/posts";
import { w } from "./words";

type Schemas = components["schemas"];
export type Answer = Schemas["WorkloadAnswer"];
export type Step = Schemas["AbsenceScenario"] | Schemas["MergeScenario"] | Schemas["NewShopsScenario"];
export type Lists = {
  officers: Schemas["OfficerView"][];
  cells: { id: number; code: string; name: string; station: number }[];
  streets: Schemas["Body"][];
};

export async function loadLists(): Promise<Lists> {
  const [officers, cells, streets] = await Promise.all([
    allOfficers(),
    data(api.GET("/api/cells")),
    data(api.GET("/api/organisations", { params: { query: { kind: "street" } } })),
  ]);
  return {
    officers: officers.filter((one) => one.posts.some((held) => held.post === "inspector")),
    cells: cells.features.map(({ id, properties }) => ({ id, code: properties.code, name: properties.name, station: properties.station_id })),
    streets,
  };
}

/** One assumption in words. */
export function stepText(step: Step, lists: Lists): string {
  const officer = (id: number): string => lists.officers.find((one) => one.id === id)?.name ?? `#${id}`;
  const cell = (id: number): string => lists.cells.find((one) => one.id === id)?.code ?? `#${id}`;
  if (step.kind === "absence") return w("saysAbsence", { who: officer(step.officer_id), from: step.first_day, until: step.last_day });
  if (step.kind === "merge") return w("saysMerge", { one: cell(step.cell_id), two: cell(step.other_id) });
  const street = bodyName(lists.streets.find((one) => one.id === step.street_id)?.name ?? `#${step.street_id}`);
  return w("saysShops", { street, n: step.count, risk: step.risk });
}
