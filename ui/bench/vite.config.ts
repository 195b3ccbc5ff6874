// The bench as it is built: the product's own build, with another first page.
import { resolve } from "node:path";
import { defineConfig, mergeConfig } from "vite";
import product from "../vite.config.ts";

export default defineConfig(() =>
  mergeConfig(product, {
    base: "/",
    root: resolve(import.meta.dirname, ".."),
    build: { outDir: resolve(import.meta.dirname, "../node_modules/.bench"), emptyOutDir: true, rollupOptions: { input: resolve(import.meta.dirname, "index.html") } },
  }),
);
