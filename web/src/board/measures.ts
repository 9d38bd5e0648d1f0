// Two measures of the board's map that are asked apart from the cells' own figures: hotspots, and any indicator.

import type { components } from "$shared/api/schema";
import { say } from "$shared/i18n/language.svelte";
import { classesOf, type Class, type Measure } from "$shared/map/measures";
import { number } from "$shared/number";

type Hotspots = components["schemas"]["Hotspots"];
type Hexagons = components["schemas"]["Hexagons"];
type Indicator = components["schemas"]["IndicatorRow"];
type Group = components["schemas"]["IndicatorGroup"];

/** ColorBrewer RdBu, told apart by the colour-blind: red is hot, blue is cold. */
const SPOTS: Class[] = [
  { from: -99, to: -99, colour: "#2166ac", label: { zh: "冷点 99%", en: "cold 99%" } },
  { from: -95, to: -95, colour: "#67a9cf", label: { zh: "冷点 95%", en: "cold 95%" } },
  { from: -90, to: -90, colour: "#d1e5f0", label: { zh: "冷点 90%", en: "cold 90%" } },
  { from: 0, to: 0, colour: "#f7f7f7", label: { zh: "不显著", en: "not significant" } },
  { from: 90, to: 90, colour: "#fddbc7", label: { zh: "热点 90%", en: "hot 90%" } },
  { from: 95, to: 95, colour: "#ef8a62", label: { zh: "热点 95%", en: "hot 95%" } },
  { from: 99, to: 99, colour: "#b2182b", label: { zh: "热点 99%", en: "hot 99%" } },
];

/** Colour and words of a level: 99, 95, 90 hot, negative cold, 0 not significant. */
export function levelOf(level: number): { colour: string; zh: string; en: string } {
  const spot = SPOTS.find((one) => one.to === level)!;
  return { colour: spot.colour, ...spot.label! };
}

export function hotspots(found: Hotspots | null): Measure {
  const levels = new Map(found?.cells.map((one) => [one.cell_id, one.level]));
  return {
    id: "hotspots",
    title: { zh: "热点", en: "Hotspots" },
    definition: {
      zh: "发现的聚集是否超出偶然：对每个网格及其相邻网格的发现密度计算 Getis-Ord Gi*，随机置换 9,999 次得出双侧 p 值，再按错误发现率（FDR）校正。热点 99% 表示此处比随机排列明显更密，冷点则明显更疏；“不显著”的深浅不必解读。",
      en: "Whether findings gather more than chance would have it: Getis-Ord Gi* of each cell with its neighbours over findings per km², two-sided p-values from 9,999 random permutations, corrected for the false discovery rate. Hot 99% is denser than a random arrangement, cold thinner; nothing is to be read into what is not significant.",
    },
    unit: { zh: "Gi*，FDR 校正", en: "Gi*, FDR-corrected" },
    value: (row) => levels.get(row.cell_id) ?? null,
    text: (value) => say(levelOf(value)),
    classes: () => SPOTS,
  };
}

/** The same statistic over hexagons; the legend counts hexagons, not cells. */
export function hexagonSpots(found: Hexagons | null): Measure {
  return {
    ...hotspots(null),
    definition: {
      zh: `按等面积六边形（边长 ${number(found?.side ?? 0)} 米，每个 ${found?.area_km2.toFixed(2) ?? "–"} 平方千米）统计期内有定位的发现数，再计算 Getis-Ord Gi*，检验与校正同网格热点。六边形不随网格边界变化，可与网格热点互相印证。中心在辖区网格内、或其中有发现的六边形才计入。`,
      en: `Findings of the period with a position, counted on equal hexagons (side ${number(found?.side ?? 0)} m, ${found?.area_km2.toFixed(2) ?? "–"} km² each), then Getis-Ord Gi* tested and corrected as for the cells. Hexagons do not follow the cells' outlines, so the two can be held against each other. A hexagon counts when its centre lies in a cell, or a finding does.`,
    },
  };
}

export function indicatorMeasure(one: Indicator | undefined, groups: Group[] | null): Measure {
  const values = new Map(groups?.map((group) => [group.key, group.value]));
  const unit = one?.unit ?? { zh: "", en: "" };
  const tail = unit.zh === "%" ? "%" : "";
  return {
    id: "indicator",
    title: one?.title ?? { zh: "评价指标", en: "Indicator" },
    definition: one?.formula ?? { zh: "", en: "" },
    unit,
    value: (row) => values.get(row.cell_id) ?? null,
    text: (value) => `${value.toFixed(1)}${tail}`,
    classes: (all) => classesOf(all, one?.better === "down"),
  };
}

/** An indicator's value as it is written beside its name; – where there is nothing to divide by. */
export function written(value: number | null, unit: Indicator["unit"]): string {
  return value === null ? "–" : `${value.toFixed(1)}${unit.zh === "%" ? "%" : ""}`;
}
