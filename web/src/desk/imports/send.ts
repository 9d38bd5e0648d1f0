// Files on their way to the server, and what they become there.

import { api, data } from "$shared/api/client";
import type { components } from "$shared/api/schema";

export type Batch = components["schemas"]["BatchView"];
export type BatchRow = components["schemas"]["BatchRow"];
export type Row = components["schemas"]["RowView"];
export type Layer = components["schemas"]["LayerAnswer"];
export type LayerKind = Layer["kind"];

export const LIMIT = 60 * 1024 * 1024;
export const DATUMS = ["CGCS2000", "WGS84", "GCJ-02", "BD-09"];

/** A form of a file and words; an empty word is left out. The browser writes the parts' boundary itself. */
function form(file: File, words: Record<string, string>): FormData {
  const made = new FormData();
  made.set("file", file, file.name);
  for (const [name, value] of Object.entries(words)) if (value) made.set(name, value);
  return made;
}

export function sendBusinesses(file: File, words: Record<string, string>): Promise<Batch> {
  return data(
    api.POST("/api/imports/businesses", { body: { file: file.name }, bodySerializer: () => form(file, words) }),
  );
}

export function sendLayer(file: File, kind: LayerKind, words: Record<string, string>): Promise<Layer> {
  return data(
    api.POST("/api/imports/layers", {
      body: { file: file.name, kind, check_only: false },
      bodySerializer: () => form(file, { ...words, kind }),
    }),
  );
}
