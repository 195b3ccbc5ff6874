// A hand-made MCP server that misbehaves in the one way its first argument names; the second is a folder of notes.
import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
import { createInterface } from "node:readline";

const [manner, folder] = process.argv.slice(2);
const note = (name, text) => appendFileSync(`${folder}/${name}`, text + "\n");
const key = process.env.ROGUE_API_KEY;

note("starts", String(process.pid));
process.stderr.write(`listening with ${key}\n`);
if (manner === "floods stderr") process.stderr.write("noise ".repeat(2_000_000) + key + "\nlast words\n");
if (manner === "chats on stdout") process.stdout.write(`Welcome to Rogue!\nusing ${key}\n\n`);
// A grandchild that neither the closed input nor SIGTERM ends.
if (manner === "leaves a grandchild") spawn("sh", ["-c", `trap '' TERM; while :; do sleep 1; done # ${folder}`], { stdio: "inherit" });

const send = (message) => process.stdout.write(JSON.stringify({ jsonrpc: "2.0", ...message }) + "\n");
const text = (text) => ({ content: [{ type: "text", text }] });
let tools = ["echo", "env", "die", "wait", "much", "line", "grow", "structured", "argue"];
const listed = () => tools.map((name) => ({ name, description: name, inputSchema: { type: "object" } }));

const calls = {
  echo: (given) => text(given.text ?? ""),
  env: () => text(JSON.stringify(process.env)),
  // What it has written to stderr is out first.
  die: () => void process.stderr.write("", () => process.exit(7)),
  wait: () => note("waiting", "yes"),
  much: () => text("é".repeat(1024 * 1024)),
  line: () => text("x".repeat(17 * 1024 * 1024)),
  grow: () => {
    tools = [...tools, "grown"];
    send({ method: "notifications/tools/list_changed" });
    return text("grown");
  },
  structured: () => ({ content: [], structuredContent: { web: [{ title: "Rust", url: "https://rust-lang.org" }] } }),
};

const answers = {
  initialize: ({ protocolVersion }) => ({ protocolVersion, capabilities: { tools: { listChanged: true } }, serverInfo: { name: "rogue", version: "1" } }),
  "server/discover": () => ({ resultType: "complete", supportedVersions: ["2026-07-28"], capabilities: { tools: {} }, serverInfo: { name: "rogue", version: "1" }, ttlMs: 0, cacheScope: "private" }),
  "tools/list": () => ({ resultType: "complete", tools: listed(), ttlMs: 0, cacheScope: "private" }),
  "tools/call": ({ name, arguments: given }) => calls[name]?.(given ?? {}),
};

createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params } = JSON.parse(line);
  if (method === "notifications/cancelled") note("cancelled", String(params.requestId));
  if (method === "tools/list" && manner === "dies when ready") setTimeout(() => process.exit(3), 20);
  if (manner === "hangs") return;
  const known = manner === "is of 2026-07-28" ? method !== "initialize" : method !== "server/discover";
  if (id === undefined) return;
  if (!known || !answers[method]) return send({ id, error: { code: -32601, message: `${method} is unknown to ${key}` } });
  if (method === "tools/call" && params.name === "argue") return send({ id, error: { code: -32602, message: "text is missing", data: { key } } });
  const result = answers[method](params);
  if (result) send({ id, result });
});
