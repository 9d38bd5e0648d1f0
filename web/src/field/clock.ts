// The phone's clock against the server's. What is reported carries the server's time, and the difference is told:
// a phone that runs ahead would else report from the future, which the server refuses.

const KEY = "gridsup.field.clock";
let ahead = Number(localStorage.getItem(KEY)) || 0;

/** Learn from an answer that says when the server made it. Its way here counts as delay, so `at` errs to the past. */
export function learn(madeAt: string): void {
  ahead = Date.now() - new Date(madeAt).getTime();
  localStorage.setItem(KEY, String(ahead));
}

/** Now by the server's clock, and how far the phone's own is ahead (ms). */
export function stamp(): { at: string; clock_ahead_ms: number } {
  return { at: new Date(Date.now() - ahead).toISOString(), clock_ahead_ms: ahead };
}
