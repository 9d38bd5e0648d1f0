// What this phone notes about itself with everything that is reported on it: clock, movement, accuracy.

import { stamp } from "./clock";
import { position } from "./position.svelte";

export type Device = { clock_ahead_ms: number; speed_ms?: number; jumped?: { metres: number; seconds: number }; accuracy_m?: number };

export function noted(): Device {
  const here = position.report();
  return { clock_ahead_ms: stamp().clock_ahead_ms, ...position.noted(), ...(here ? { accuracy_m: here.accuracy_m } : {}) };
}

/** A walk is slower than this (m/s); a clock is off, a position coarse, from here (ms, m). As the server tells it. */
const RIDING = 8;
const CLOCK_OFF = 120_000;
const COARSE = 100;

/** What of it the inspector is shown before sending; nothing for an ordinary walk. */
export function odd({ clock_ahead_ms, speed_ms = 0, jumped, accuracy_m = 0 }: Device): { word: "moving" | "clockOff" | "jumped" | "coarse"; value: number }[] {
  return [
    ...(accuracy_m > COARSE ? [{ word: "coarse" as const, value: Math.round(accuracy_m) }] : []),
    ...(speed_ms > RIDING ? [{ word: "moving" as const, value: Math.round(speed_ms * 3.6) }] : []),
    ...(Math.abs(clock_ahead_ms) >= CLOCK_OFF ? [{ word: "clockOff" as const, value: Math.round(Math.abs(clock_ahead_ms) / 60_000) }] : []),
    ...(jumped ? [{ word: "jumped" as const, value: jumped.metres }] : []),
  ];
}
