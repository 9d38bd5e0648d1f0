// The map draws its labels from the same self-hosted font files as the pages: no glyph server, no outside request.

import type { StyleSpecification } from "maplibre-gl";
import sheet from "@fontsource-variable/noto-sans-sc/index.css?raw";

const files = import.meta.glob<string>(
  "/node_modules/@fontsource-variable/noto-sans-sc/files/*-wght-normal.woff2",
  { query: "?url", import: "default", eager: true },
);

const NAMES = ["Noto Sans Regular", "Noto Sans Medium", "Noto Sans Italic"];

type Faces = { url: string; "unicode-range": string[] }[];

/** One entry per subset file, with the characters it covers, read out of the package's own style sheet. */
export function fontFaces(base: string): NonNullable<StyleSpecification["font-faces"]> {
  const faces: Faces = [];
  for (const [, file, ranges] of sheet.matchAll(/url\(\.\/files\/([^)]+)\)[^}]*?unicode-range:\s*([^;]+);/g)) {
    const path = Object.entries(files).find(([name]) => name.endsWith(`/${file}`))?.[1];
    if (path) {
      faces.push({
        url: new URL(path, base).href,
        "unicode-range": ranges!.split(",").map((range) => range.trim()),
      });
    }
  }
  return Object.fromEntries(NAMES.map((name) => [name, faces]));
}
