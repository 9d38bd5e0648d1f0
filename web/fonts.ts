// Brings the fonts of printed documents (OFL) into the Python package: typst sets PDFs with them, the pages
// themselves use the variable font of @fontsource.

import { copyFileSync, mkdirSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";

const FILES = [
  "noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf",
  "noto-serif-sc/700Bold/NotoSerifSC_700Bold.ttf",
  "noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf",
  "noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf",
  "noto-serif-sc/LICENSE_FONT",
];
const TARGET = new URL("../gridsup/documents/fonts/", import.meta.url);

export function paperFonts(): Plugin {
  return {
    name: "paper-fonts",
    apply: "build",
    closeBundle() {
      mkdirSync(TARGET, { recursive: true });
      for (const file of FILES) {
        const source = new URL(`./node_modules/@expo-google-fonts/${file}`, import.meta.url);
        copyFileSync(fileURLToPath(source), fileURLToPath(new URL(basename(file), TARGET)));
      }
    },
  };
}
