// Times as the bureau reads them: Asia/Shanghai, and the time left of a clock in words.

import { say, language } from "./i18n/language.svelte";

const ZONE = "Asia/Shanghai";

export function dateTime(iso: string | null | undefined): string {
  if (!iso) return "";
  return new Intl.DateTimeFormat(language.now === "zh" ? "zh-CN" : "en-GB", {
    timeZone: ZONE, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hour12: false,
  }).format(new Date(iso));
}

/** The hour and minute of an instant of today. */
export function time(iso: string): string {
  return new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, hour: "2-digit", minute: "2-digit", hour12: false }).format(new Date(iso));
}

export function day(iso: string | null | undefined): string {
  if (!iso) return "";
  const date = /^\d{4}-\d\d-\d\d$/.test(iso) ? new Date(`${iso}T12:00:00+08:00`) : new Date(iso);
  return new Intl.DateTimeFormat(language.now === "zh" ? "zh-CN" : "en-GB", {
    timeZone: ZONE, year: "numeric", month: "2-digit", day: "2-digit",
  }).format(date);
}

/** The last day of a limit that is over at 24:00: the instant itself is the next day's 00:00. */
export function lastDay(iso: string | null | undefined): string {
  return iso ? day(new Date(new Date(iso).getTime() - 1).toISOString()) : "";
}

/** Today's civil day in Asia/Shanghai, as a date field holds it. */
export function today(): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: ZONE }).format(new Date());
}

/** The minute of now in Asia/Shanghai, as a field of day and time holds it. */
export function thisMinute(): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: ZONE, dateStyle: "short", timeStyle: "short" }).format(new Date()).replace(" ", "T");
}

/** The instant that a field of day and time holds, read in Asia/Shanghai. */
export function instantOf(written: string): string {
  return new Date(`${written}:00+08:00`).toISOString();
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** “还剩 3 天”, “逾期 2 天”, in whole days from a day on, in hours below it. */
export function remaining(dueAt: string, now: number = Date.now()): string {
  const left = new Date(dueAt).getTime() - now;
  const size = Math.abs(left);
  const [n, unit] = size >= DAY
    ? [Math.floor(size / DAY), { zh: "天", en: "d" }]
    : [Math.max(1, Math.floor(size / HOUR)), { zh: "小时", en: "h" }];
  return left >= 0
    ? say({ zh: `还剩 ${n} ${unit.zh}`, en: `${n} ${unit.en} left` })
    : say({ zh: `逾期 ${n} ${unit.zh}`, en: `${n} ${unit.en} overdue` });
}

export type ClockState = "late" | "soon" | "calm" | "none";

/** Late after the due instant, soon from the warning instant on (80 % of the term unless the pack says otherwise). */
export function clockState(dueAt: string | null, warnAt: string | null, now: number = Date.now()): ClockState {
  if (!dueAt) return "none";
  if (new Date(dueAt).getTime() <= now) return "late";
  return warnAt && new Date(warnAt).getTime() <= now ? "soon" : "calm";
}
