/// <reference types="vitest/config" />
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";
import { paperFonts } from "./fonts.ts";
import { fieldShell, WORKER } from "./shell.ts";

// One build, four pages: the door (sign-in) and the three faces. The API serves the result.
export default defineConfig({
  plugins: [svelte(), fieldShell(), paperFonts()],
  resolve: {
    alias: { $shared: new URL("./src/shared", import.meta.url).pathname },
  },
  build: {
    outDir: "../api/static",
    emptyOutDir: true,
    target: "es2022",
    chunkSizeWarningLimit: 1500,
    rollupOptions: {
      input: {
        door: "index.html",
        desk: "desk/index.html",
        field: "field/index.html",
        board: "board/index.html",
        worker: "src/field/sw.ts",
      },
      // A service worker keeps its address; its folder is what it may serve.
      output: { entryFileNames: ({ name }) => (name === "worker" ? WORKER : "assets/[name]-[hash].js") },
    },
  },
  server: { proxy: { "/api": "http://127.0.0.1:8000" } },
  test: { include: ["src/**/*.test.ts"] },
});
