// How the page is built: into ui/dist with relative addresses, because the window loads it from its own scheme.
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** KaTeX names each font three times; every engine that shows this page reads woff2. */
function onlyWoff2(): Plugin {
  return {
    name: "only-woff2",
    enforce: "pre",
    transform(code, id) {
      if (!id.includes("katex.min.css")) return null;
      return { code: code.replace(/,url\([^)]+\) format\("(?:woff|truetype)"\)/g, ""), map: null };
    },
  };
}

export default defineConfig({
  base: "./",
  plugins: [onlyWoff2(), react(), tailwindcss()],
  clearScreen: false,
  server: { port: 1420, strictPort: true, host: "127.0.0.1" },
  preview: { port: 1420, strictPort: true, host: "127.0.0.1" },
  // Its grammars stay files of their own, read when such code is shown.
  worker: { format: "es" },
  // One grammar (C++) is larger than the limit; it is fetched only when such code is shown.
  build: { outDir: "dist", emptyOutDir: true, target: "safari16.4", chunkSizeWarningLimit: 850 },
  test: {
    environment: "jsdom",
    setupFiles: ["src/test-setup.ts"],
    restoreMocks: true,
    env: { DEBUG_PRINT_LIMIT: "0" },
    testTimeout: 20_000,
  },
});
