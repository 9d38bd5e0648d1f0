// A cell's workload against the mean of the draft: five classes that a colour-blind eye tells apart.

export type Step = { from: number; to: number; colour: string };

/** Blue below the mean, orange above it; the middle class is what a balanced cell has. */
export const STEPS: Step[] = [
  { from: 0, to: 0.8, colour: "#2b7bba" },
  { from: 0.8, to: 0.95, colour: "#a6cfe8" },
  { from: 0.95, to: 1.05, colour: "#f3f1e8" },
  { from: 1.05, to: 1.2, colour: "#f7b57d" },
  { from: 1.2, to: Infinity, colour: "#cf5a0c" },
];

export const stepOf = (ratio: number): Step => STEPS.find((step) => ratio < step.to) ?? STEPS.at(-1)!;

/** Each cell's workload over the mean, by label; all 1 where there is no work at all. */
export function ratios(cells: { label: number; workload: number }[]): Map<number, number> {
  const mean = cells.reduce((sum, cell) => sum + cell.workload, 0) / (cells.length || 1);
  return new Map(cells.map((cell) => [cell.label, mean > 0 ? cell.workload / mean : 1]));
}

/** What a class says in the legend. */
export function stepText({ from, to }: Step): string {
  if (!from) return `< ${percent(to)}`;
  return to === Infinity ? `≥ ${percent(from)}` : `${percent(from)}–${percent(to)}`;
}

export const percent = (share: number): string => `${Math.round(share * 100)}%`;
