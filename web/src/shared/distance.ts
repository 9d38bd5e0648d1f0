import { say } from "./i18n/language.svelte";

/** Metres as a walker reads them: to five metres, from a kilometre on to a hundred. */
export function distance(metres: number): string {
  if (metres < 1000) {
    const n = metres < 10 ? "< 10" : String(Math.round(metres / 5) * 5);
    return say({ zh: `${n} 米`, en: `${n} m` });
  }
  const n = (metres / 1000).toFixed(1);
  return say({ zh: `${n} 公里`, en: `${n} km` });
}
