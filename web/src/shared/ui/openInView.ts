// Keeps the open one of a row of buttons in view where the row is wider than its place, as on a phone.

const OPEN = '[aria-current]:not([aria-current="false"]), [aria-selected="true"], [aria-pressed="true"]';

/** Attached to the row. It scrolls by itself alone: never the page around it. */
export function openInView(row: HTMLElement): () => void {
  const show = (): void => {
    const open = row.querySelector<HTMLElement>(OPEN);
    if (!open || row.scrollWidth <= row.clientWidth) return;
    const [inner, outer] = [open.getBoundingClientRect(), row.getBoundingClientRect()];
    row.scrollLeft += inner.left + inner.width / 2 - (outer.left + outer.width / 2);
  };
  const changed = new MutationObserver(show);
  changed.observe(row, { attributeFilter: ["aria-current", "aria-selected", "aria-pressed"], childList: true, characterData: true, subtree: true });
  const resized = new ResizeObserver(show);
  resized.observe(row);
  return () => {
    changed.disconnect();
    resized.disconnect();
  };
}
