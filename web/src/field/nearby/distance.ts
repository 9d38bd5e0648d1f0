import { say } from "$shared/i18n/language.svelte";

/** Metres as a walker reads them: to five metres, from a kilometre on to a hundred. */
export function distance(metres: number): string {
  const far = (value: string | number, zh: string, en: string): string => say({ zh: `${value} ${zh}`, en: `${value} ${en}` });
  if (metres < 10) return far("< 10", "米", "m");
  return metres < 1000 ? far(Math.round(metres / 5) * 5, "米", "m") : far((metres / 1000).toFixed(1), "公里", "km");
}
