// Periods of whole days in Asia/Shanghai, both days included, written 2026-05-01.

export type Kind = "days30" | "month" | "quarter" | "custom";
export type Period = { since: string; until: string };

export const KINDS: Kind[] = ["days30", "month", "quarter", "custom"];
const TREND_MONTHS = 6;

export function today(now: Date = new Date()): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Shanghai" }).format(now);
}

/** The last 30 days, this month or this quarter: all of them end today. */
export function period(kind: Exclude<Kind, "custom">, until: string): Period {
  const [year, month] = parts(until);
  if (kind === "days30") return { since: shift(until, -29), until };
  if (kind === "month") return { since: text(year, month), until };
  return { since: text(year, month - ((month - 1) % 3)), until };
}

/** Whole months for the trend: at least half a year up to the period's end, more when the period is longer. */
export function trendPeriod({ since, until }: Period): Period {
  const [year, month] = parts(until);
  const half = text(year, month - TREND_MONTHS + 1);
  const first = `${since.slice(0, 7)}-01`;
  return { since: first < half ? first : half, until };
}

export function isDay(value: string | null): value is string {
  return Boolean(value && /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value)));
}

function shift(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

function parts(day: string): [year: number, month: number] {
  return [Number(day.slice(0, 4)), Number(day.slice(5, 7))];
}

/** The first day of a month; months below 1 belong to the years before. */
function text(year: number, month: number): string {
  return new Date(Date.UTC(year, month - 1, 1)).toISOString().slice(0, 10);
}
