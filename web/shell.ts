// Writes into the service worker which files make up the field page, so that they are there without a network.

import { createHash } from "node:crypto";
import type { Plugin } from "vite";

const PAGE = "field/index.html";
export const WORKER = "field/sw.js";
const ALWAYS = ["/icon.svg", "/field/manifest.webmanifest"];

export function fieldShell(): Plugin {
  return {
    name: "field-shell",
    apply: "build",
    enforce: "post",
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        const files = new Set<string>();
        const visit = (name: string): void => {
          const chunk = bundle[name];
          if (chunk?.type !== "chunk" || files.has(name)) return;
          files.add(name);
          for (const asset of chunk.viteMetadata?.importedCss ?? []) files.add(asset);
          for (const asset of chunk.viteMetadata?.importedAssets ?? []) files.add(asset);
          for (const next of [...chunk.imports, ...chunk.dynamicImports]) visit(next);
        };
        const entry = Object.values(bundle).find((one) => one.type === "chunk" && one.facadeModuleId?.endsWith(PAGE));
        if (!entry) throw new Error(`no chunk of ${PAGE}`);
        visit(entry.fileName);
        const page = bundle[PAGE];
        const worker = bundle[WORKER];
        if (page?.type !== "asset" || worker?.type !== "chunk") throw new Error(`no ${PAGE} or ${WORKER}`);
        const shell = { page: `/${PAGE}`, files: [...ALWAYS, ...[...files].sort().map((file) => `/${file}`)] };
        // A changed page changes the worker's bytes, which is how a browser learns of a new version.
        const version = createHash("sha256").update(page.source).digest("hex").slice(0, 12);
        worker.code = `const __SHELL__ = ${JSON.stringify(shell)}; // ${version}\n${worker.code}`;
      },
    },
  };
}
