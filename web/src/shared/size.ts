// Large type (大字, 适老化): chosen once on a device, and so on every page of it.

const SIZE = "gridsup.size";

function set(large: boolean): void {
  document.documentElement.dataset.size = large ? "large" : "normal";
  localStorage.setItem(SIZE, large ? "large" : "normal");
}

export const restoreSize = (): void => set(localStorage.getItem(SIZE) === "large");
export const toggleSize = (): void => set(document.documentElement.dataset.size !== "large");
