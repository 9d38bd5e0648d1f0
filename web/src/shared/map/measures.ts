// What the map can show of a cell, and how its values fall into classes. Colours: ColorBrewer YlGnBu and YlOrRd,
// sequential and told apart by the colour-blind; dark always means more.

import type { components } from "$shared/api/schema";
import { say, type Bilingual } from "$shared/i18n/language.svelte";

export type CellRow = components["schemas"]["CoverageRow"];
export type MeasureId =
  | "coverage" | "debt" | "density" | "overdue" | "asked" | "crowding" | "waiting"
  | "hotspots" | "indicator";
/** Values from … to, both included. A class of its own kind rather than of a range has a label. */
export type Class = { from: number; to: number; colour: string; none?: boolean; label?: Bilingual };

export type Measure = {
  id: MeasureId;
  title: Bilingual;
  definition: Bilingual;
  unit: Bilingual;
  /** The cell's value; null where nothing can be said of it (a share of no households). */
  value: (row: CellRow) => number | null;
  text: (value: number) => string;
  classes: (values: number[]) => Class[];
};

export const NOTHING = "#dfe4e8";
const NONE = "#f7f9fa";
const GOOD = ["#d7f0d2", "#a1dab4", "#41b6c4", "#2c7fb8", "#253494"];
const BAD = ["#fff3b2", "#fecc5c", "#fd8d3c", "#e8442a", "#a50f26"];

const percent = (value: number): string => `${Math.round(value)}%`;
const plain = (value: number): string => (value >= 10 || Number.isInteger(value) ? String(Math.round(value)) : value.toFixed(1));
const share = (value: (row: CellRow) => number) => (row: CellRow) => (row.households ? value(row) * 100 : null);

export const MEASURES: Measure[] = [
  {
    id: "coverage",
    title: { zh: "巡查覆盖率", en: "Coverage" },
    definition: {
      zh: "期内至少巡查过一次的户数 ÷ 网格内在营户数，以巡查记录为准，不看轨迹。",
      en: "Households visited at least once in the period, of those operating in the cell. Counted from visits, never from tracks.",
    },
    unit: { zh: "占在营户", en: "of households" },
    value: share((row) => row.coverage),
    text: percent,
    classes: (values) => quantiles(values, GOOD, false),
  },
  {
    id: "debt",
    title: { zh: "应巡未巡", en: "Debt" },
    definition: {
      zh: "期末已超过巡查间隔而未巡查的户，按风险等级加权的占比。间隔按风险 1–4 级默认为 180、90、60、30 天。",
      en: "Households past their visiting interval at the end of the period, as a share weighted by risk. Intervals for risk 1–4: 180, 90, 60, 30 days unless the bureau set others.",
    },
    unit: { zh: "按风险加权", en: "weighted by risk" },
    value: share((row) => row.debt),
    text: percent,
    classes: (values) => quantiles(values, BAD, false),
  },
  {
    id: "density",
    title: { zh: "发现密度", en: "Findings" },
    definition: { zh: "期内登记的发现数 ÷ 网格面积。", en: "Findings of the period per square kilometre of the cell." },
    unit: { zh: "起/平方千米", en: "per km²" },
    value: (row) => row.density,
    text: plain,
    classes: (values) => quantiles(values, BAD, false),
  },
  {
    id: "overdue",
    title: { zh: "逾期事项", en: "Overdue" },
    definition: {
      zh: "此刻在办且有期限已过的事项数，与所选期间无关。",
      en: "Open matters with a clock that is over, at this moment, whatever the period.",
    },
    unit: { zh: "件", en: "matters" },
    value: (row) => row.overdue,
    text: plain,
    classes: (values) => quantiles(values, BAD, true),
  },
  {
    id: "asked",
    title: { zh: "到期与逾期", en: "Due and overdue" },
    definition: {
      zh: "此刻在办事项中最急的一件：已逾期、将到期（已过预警时点），或均在期限内。",
      en: "The most urgent of the open matters at this moment: overdue, due soon (past its warning), or all in time.",
    },
    unit: { zh: "按最急的事项", en: "by the most urgent" },
    value: (row) => (row.overdue ? 3 : row.soon ? 2 : row.open_matters ? 1 : 0),
    text: plain,
    classes: () => [
      { from: 0, to: 0, colour: NONE, none: true, label: { zh: "无在办事项", en: "nothing open" } },
      { from: 1, to: 1, colour: "#a9d8bc", label: { zh: "均在期限内", en: "all in time" } },
      { from: 2, to: 2, colour: "#f5c26b", label: { zh: "有将到期", en: "some due soon" } },
      { from: 3, to: 3, colour: "#e07a70", label: { zh: "有逾期", en: "some overdue" } },
    ],
  },
  {
    id: "crowding",
    title: { zh: "商户密度", en: "Households" },
    definition: { zh: "在营户数 ÷ 网格面积。", en: "Operating households per square kilometre of the cell." },
    unit: { zh: "户/平方千米", en: "per km²" },
    value: (row) => row.crowding,
    text: plain,
    classes: (values) => quantiles(values, GOOD, false),
  },
  {
    id: "waiting",
    title: { zh: "待部门办理", en: "With departments" },
    definition: {
      zh: "此刻已抄告而部门尚未反馈的事项数。",
      en: "Matters referred to a department that has not answered yet, at this moment.",
    },
    unit: { zh: "件", en: "matters" },
    value: (row) => row.waiting,
    text: plain,
    classes: (values) => quantiles(values, BAD, true),
  },
];

const BY_ID = new Map(MEASURES.map((one) => [one.id as string, one]));
/** The measure of that name; coverage where there is none. */
export const measureOf = (id: string | null): Measure => BY_ID.get(id ?? "") ?? MEASURES[0]!;

/** Classes of any figure that is not one of the above: light to dark, or the other way where less is better. */
export const classesOf = (values: number[], bad: boolean): Class[] => quantiles(values, bad ? BAD : GOOD, false);

/** None as a class of its own, then classes with about as many cells each, at round bounds. */
function quantiles(values: number[], ramp: string[], whole: boolean): Class[] {
  if (!values.length) return [];
  const some = values.filter((value) => value > 0).sort((a, b) => a - b);
  const none: Class = { from: 0, to: 0, colour: NONE, none: true };
  const at = (part: number): number => some[Math.min(some.length - 1, Math.ceil(part * some.length) - 1)]!;
  const bounds = some.length ? [...new Set(ramp.map((_, i) => roundUp(at((i + 1) / ramp.length), whole)))] : [];
  const colours = shades(ramp, bounds.length);
  const least = whole ? 1 : Math.floor(some[0] ?? 0);
  const rows = bounds.map((to, i) => ({ from: i ? bounds[i - 1]! + (whole ? 1 : 0) : least, to, colour: colours[i]! }));
  return some.length < values.length || !rows.length ? [none, ...rows] : rows;
}

/** Whole above ten, tenths below, so that a legend reads well and the largest value stays inside. */
function roundUp(value: number, whole: boolean): number {
  return whole || value > 10 ? Math.ceil(value) : Math.ceil(value * 10 - 1e-9) / 10;
}

/** The class of a value: the first that it does not exceed; −1 where there is no value. */
export function classOf(value: number | null, classes: Class[]): number {
  if (value === null) return -1;
  const inner = classes.findIndex((one) => (one.none ? value === 0 : value <= one.to));
  return inner < 0 ? classes.length - 1 : inner;
}

export function classText({ from, to, none, label }: Class, measure: Measure): string {
  if (label) return say(label);
  if (none) return "0";
  return from === to ? measure.text(to) : `${measure.text(from)}–${measure.text(to)}`;
}

function shades(ramp: string[], n: number): string[] {
  if (n === 1) return [ramp[Math.floor(ramp.length / 2)]!];
  return Array.from({ length: n }, (_, i) => ramp[Math.round((i * (ramp.length - 1)) / (n - 1))]!);
}
