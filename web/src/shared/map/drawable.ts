/** Whether this browser can draw the map at all; without WebGL a face shows its list alone. */
export function canDraw(): boolean {
  const canvas = document.createElement("canvas");
  return Boolean(canvas.getContext("webgl2"));
}
