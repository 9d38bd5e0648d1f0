// ECharts, and of it only what the trend needs. This module is loaded by the board alone, and late.

import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use, type EChartsType } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use([AriaComponent, BarChart, GridComponent, LegendComponent, LineChart, SVGRenderer, TooltipComponent]);

export type Chart = EChartsType;
export type MonthRow = { month: string; findings: number; closed: number; visits: number };
export type Names = Record<"findings" | "closed" | "visits", string>;

const INK = "#4a5b66";
const LINE = "#d5dde3";
const TOP = { top: 30, height: "30%" };
const BELOW = { top: "60%", bottom: 6 };

export function makeChart(element: HTMLElement): Chart {
  return init(element, null, { renderer: "svg" });
}

/** The months stand in the table below. Visits above, findings and closed matters below: each pair on a scale of its own, never two on one plot. */
export function drawTrend(chart: Chart, rows: MonthRow[], names: Names, label: (month: string) => string): void {
  const months = rows.map((row) => label(row.month));
  // The page's large type reaches the chart too.
  const fontSize = parseFloat(getComputedStyle(document.documentElement).fontSize) * 0.75;
  const text = { color: INK, fontSize };
  // On a narrow screen the table below has no columns beside the months.
  const sides = { left: fontSize * 5, right: 14 + (matchMedia("(max-width: 640px)").matches ? 0 : (fontSize * 6.5) / 0.75) };
  const value = { type: "value", minInterval: 1, splitNumber: 2, axisLabel: text, splitLine: { lineStyle: { color: LINE } } };
  const category = { type: "category", data: months, axisLabel: { show: false }, axisTick: { show: false }, axisLine: { lineStyle: { color: LINE } } };
  chart.setOption({
    animationDuration: 300,
    aria: { enabled: true },
    textStyle: { fontFamily: "inherit" },
    color: ["#8ab6c9", "#c76a00", "#0b4f6c"],
    legend: { top: 0, left: 8, itemWidth: 14, itemHeight: 9, itemGap: 14, textStyle: text },
    tooltip: { trigger: "axis", confine: true },
    axisPointer: { link: [{ xAxisIndex: "all" }] },
    grid: [{ ...sides, ...TOP }, { ...sides, ...BELOW }],
    xAxis: [
      category,
      { ...category, gridIndex: 1 },
    ],
    yAxis: [value, { ...value, gridIndex: 1 }],
    series: [
      { name: names.visits, type: "bar", data: rows.map((row) => row.visits), barMaxWidth: 30 },
      { name: names.findings, type: "line", symbolSize: 7, xAxisIndex: 1, yAxisIndex: 1, data: rows.map((row) => row.findings) },
      {
        name: names.closed, type: "line", symbol: "rect", symbolSize: 7, lineStyle: { type: "dashed" },
        xAxisIndex: 1, yAxisIndex: 1, data: rows.map((row) => row.closed),
      },
    ],
  });
}
