// The hostile corpus of the unit tests as a JSON list of texts, for the bench in the real window (tests/benches/window).
import { resolve } from "node:path";
import { createServer } from "vite";

const TOGETHER = 8;
const server = await createServer({ root: resolve(import.meta.dirname, ".."), configFile: false, appType: "custom", server: { middlewareMode: true, hmr: false, ws: false }, logLevel: "error" });
const load = (name) => server.ssrLoadModule(`/src/panels/chat/markdown/hostile/${name}.ts`);
const { links } = await load("links");
const { markup, pages } = await load("markup");
const { bombs, diagrams, formulas } = await load("programs");
await server.close();

const inGroups = (texts) => Array.from({ length: Math.ceil(texts.length / TOGETHER) }, (_, at) => texts.slice(at * TOGETHER, (at + 1) * TOGETHER).join("\n\n"));
const previews = pages.flatMap((page) => [`\`\`\`html\n${page}\n\`\`\``, `\`\`\`svg\n<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">${page}</svg>\n\`\`\``]);
const together = [...inGroups([...Object.values(links), ...Object.values(markup)]), ...inGroups(previews)];
const alone = Object.values({ ...diagrams, ...bombs, ...formulas });
// Rust knows no half letters.
process.stdout.write(JSON.stringify([...together, ...alone].map((text) => text.toWellFormed())));
