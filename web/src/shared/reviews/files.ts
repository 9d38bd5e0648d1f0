// Reviewed files as the pages show them.

import { api, data } from "../api/client";
import type { components } from "../api/schema";

type Schemas = components["schemas"];
export type File = Schemas["FileReviewView"];
export type Checklist = Schemas["ReviewChecklist"];
export type Item = Schemas["ReviewItem"];
export type Draw = Schemas["ReviewDrawView"];
export type DrawLine = Schemas["ReviewDrawLine"];

let known: Promise<Checklist> | null = null;
/** The checklist in force, asked once. */
export function checklist(): Promise<Checklist> {
  known ??= data(api.GET("/api/reviews/checklist")).catch((error: unknown) => {
    known = null;
    throw error;
  });
  return known;
}

/** The items that are asked of a kind of file, by axis. */
export const asked = (list: Checklist, pack: string) =>
  list.axes.map((axis) => ({ ...axis, items: axis.items.filter((item) => !item.packs || item.packs.includes(pack)) }));

export const gradeOf = (list: Checklist, id: string) => list.grades.find((one) => one.id === id)?.title ?? { zh: "—", en: "—" };
export const matterAddress = (file: File): string => `/desk/#view=queue&tab=all&matter=${file.matter_id}`;
