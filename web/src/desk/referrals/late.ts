/** How many days after its receipt a letter is taken in without a reason; the server asks from then on. */
const SOON = 30;

/** Whether a day, as YYYY-MM-DD, lies so far back. */
export function longAgo(day: string): boolean {
  return Boolean(day) && Date.now() - Date.parse(`${day}T17:00:00+08:00`) > SOON * 86_400_000;
}
