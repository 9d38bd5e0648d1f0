// Results of an appraisal as the pages show them: points by stage, grades in words.

import type { components } from "../api/schema";

type Schemas = components["schemas"];
export type Line = Schemas["LineView"];
export type Result = Schemas["AppraisalResult"];
export type Catalogue = Schemas["MeasureCatalogue"];
export type Measure = Schemas["MeasureView"];
export type Row = Schemas["AppraisalRow"];
export type Objection = Schemas["ObjectionView"];
type MeasureResult = Schemas["MeasureResult"];

export interface StagePoints {
  stage: Measure["stage"];
  title: Measure["stage_title"];
  points: number;
  weight: number;
}

/** The stages of the catalogue in their order, with what a result reached in each; weight 0: nothing counted. */
export function byStage(catalogue: Catalogue, results: MeasureResult[]): StagePoints[] {
  const found = new Map<string, StagePoints>();
  for (const one of catalogue.measures) {
    const told = results.find((each) => each.measure === one.id);
    const stage = found.get(one.stage) ?? { stage: one.stage, title: one.stage_title, points: 0, weight: 0 };
    stage.points += told?.points ?? 0;
    stage.weight += told?.weight ?? 0;
    found.set(one.stage, stage);
  }
  return [...found.values()];
}

export const gradeOf = (catalogue: Catalogue, id: string | null | undefined) =>
  catalogue.grades.find((one) => one.id === id)?.title ?? { zh: "—", en: "—" };

/** Points with one decimal; a dash for nothing. */
export const shown = (points: number | null | undefined): string => (points == null ? "—" : points.toFixed(1));

/** First and last day of the months `2026-03` … `2026-05`. */
export function days(first: string, last: string): { since: string; until: string } {
  const [year, month] = last.split("-").map(Number) as [number, number];
  return { since: `${first}-01`, until: `${last}-${String(new Date(Date.UTC(year, month, 0)).getUTCDate()).padStart(2, "0")}` };
}

/** The month before a day, as a month field holds it. */
export function monthBefore(day: string): string {
  const [year, month] = day.split("-").map(Number) as [number, number];
  return month === 1 ? `${year - 1}-12` : `${year}-${String(month - 1).padStart(2, "0")}`;
}
