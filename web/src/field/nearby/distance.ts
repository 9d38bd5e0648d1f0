/** Metres as a walker reads them: to five metres, from a kilometre on to a hundred. */
export function distance(metres: number): string {
  if (metres < 10) return "< 10 m";
  return metres < 1000 ? `${Math.round(metres / 5) * 5} m` : `${(metres / 1000).toFixed(1)} km`;
}
