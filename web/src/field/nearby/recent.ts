// Which of the kept places may still be shown: the server's own rule, for the time without a network.

const dayOf = (at: number): string => new Date(at).toLocaleDateString("sv", { timeZone: "Asia/Shanghai" });

/** Those that are no older than so many hours, and of the same day in Shanghai. */
export function fresh<T extends { at: string }>(places: T[], hours: number, now: number): T[] {
  return places.filter(({ at }) => {
    const then = Date.parse(at);
    return now - then <= hours * 3_600_000 && dayOf(then) === dayOf(now);
  });
}
