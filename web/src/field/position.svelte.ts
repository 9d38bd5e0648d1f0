// Where the phone is, as long as the page is open: position, accuracy, and what to do when there is none.

import { metres as metresBetween, type Place } from "$shared/map/geometry";

export type Fix = Place & { accuracy: number; speed: number | null; at: number };
type Trouble = "insecure" | "denied" | "unavailable" | null;

/** A fix older than this is no longer where one stands. */
const STALE = 60_000;
/** A phone that lies still may tell no place for minutes: then it is asked again (ms). */
const ASK_AGAIN = 20_000;
const HOW: PositionOptions = { enableHighAccuracy: true, maximumAge: 5_000, timeout: 20_000 };
const JUMP_SPEED = 55;

class Position {
  fix = $state.raw<Fix | null>(null);
  trouble = $state<Trouble>(null);
  /** The last leap faster than 200 km/h: noted on what is reported, for such a position may be made up. */
  jumped = $state<{ metres: number; seconds: number } | null>(null);
  /** The fix is of now: what is recorded goes with it. */
  fresh = $state(false);
  #watch: number | null = null;
  #asking = false;
  #look: ReturnType<typeof setInterval> | undefined;

  follow(): void {
    if (!isSecureContext || !navigator.geolocation) {
      this.trouble = isSecureContext ? "unavailable" : "insecure";
      return;
    }
    if (this.#watch !== null) navigator.geolocation.clearWatch(this.#watch);
    this.#watch = navigator.geolocation.watchPosition(
      (told) => this.#take(told),
      (error) => (this.trouble = error.code === error.PERMISSION_DENIED ? "denied" : "unavailable"),
      HOW,
    );
    clearInterval(this.#look);
    this.#look = setInterval(() => this.#again(), ASK_AGAIN / 4);
  }

  #again(): void {
    const age = Date.now() - (this.fix?.at ?? 0);
    this.fresh = age <= STALE;
    if (age <= ASK_AGAIN || this.#asking || document.visibilityState !== "visible") return;
    this.#asking = true;
    const done = (): void => void (this.#asking = false);
    navigator.geolocation.getCurrentPosition((told) => (done(), this.#take(told)), done, HOW);
  }

  #take({ coords, timestamp }: GeolocationPosition): void {
    const fix: Fix = { lon: coords.longitude, lat: coords.latitude, accuracy: coords.accuracy, speed: coords.speed, at: timestamp };
    const before = this.fix;
    if (before && fix.at > before.at) {
      const seconds = (fix.at - before.at) / 1000;
      const far = metresBetween(before, fix) - before.accuracy - fix.accuracy;
      if (far / seconds > JUMP_SPEED) this.jumped = { metres: Math.round(far), seconds: Math.round(seconds) };
    }
    this.fix = fix;
    this.fresh = Date.now() - fix.at <= STALE;
    this.trouble = null;
  }

  /** What a report notes of the phone's movement: its speed (m/s) where the phone knows it, and the last leap. */
  noted(): { speed_ms?: number; jumped?: { metres: number; seconds: number } } {
    const speed = this.report() && this.fix?.speed;
    return {
      ...(typeof speed === "number" ? { speed_ms: Math.round(speed * 10) / 10 } : {}),
      ...(this.jumped ? { jumped: this.jumped } : {}),
    };
  }

  /** The present position as the API takes it; null when it is not known or too old. */
  report(): { lon: number; lat: number; accuracy_m: number } | null {
    const fix = this.fix;
    if (!fix || Date.now() - fix.at > STALE) return null;
    return { lon: fix.lon, lat: fix.lat, accuracy_m: Math.round(fix.accuracy * 10) / 10 };
  }
}

export const position = new Position();
