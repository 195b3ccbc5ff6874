// Folders, prompts and MCP servers of the scripted host, and the commands about them.
import type { Commands } from "../host";
import { plainSettings } from "../plain";
import type { Folder, McpOffer, McpServer, McpTool, Prompt } from "../../bindings";
import { notFound } from "./found";
import type { World } from "./world";

const tool = (name: string, description: string, readOnly = true): McpTool => ({ name, description, permission: "ask", readOnly });

export const firstFolders = (): Folder[] => [{ id: "f1", name: "Work", position: 0 }, { id: "f2", name: "家里", position: 1 }];

export const firstPrompts = (): Prompt[] => [
  { id: "p1", name: "Translate", text: "Translate into {{language}}, keeping the tone:\n\n{{text}}", variables: ["language", "text"], kind: "prompt", settings: null },
  { id: "p2", name: "Review this code", text: "Review this code. Name what breaks first, then what reads badly.", variables: [], kind: "prompt", settings: null },
  { id: "p3", name: "Patient teacher", text: "", variables: [], kind: "assistant", settings: { ...plainSettings, systemPrompt: "You teach patiently, with one example for each idea.", temperature: 0.4 } },
];

export const firstServers = (): McpServer[] => [
  { id: "s1", name: "Files", transport: { kind: "stdio", command: "npx", args: ["-y", "@modelcontextprotocol/server-filesystem", "/home/you/notes"], env: [] }, enabled: true, state: "ready", problem: null, tools: [
    { ...tool("read_file", "Reads one file"), permission: "always" }, tool("list_directory", "Lists what is in a folder"), tool("write_file", "Writes a file, replacing what was there", false),
  ] },
  { id: "s2", name: "Weather", transport: { kind: "http", url: "https://weather.example/mcp" }, enabled: true, state: "failed", problem: { code: "gateway_unreachable", fault: "gateway", message: "weather.example does not answer.", remedy: "Check its address, then start it again.", detail: "dns error" }, tools: [] },
];

const catalogue: McpOffer[] = [
  { name: "Tavily", transport: { kind: "stdio", command: "npx", args: ["-y", "tavily-mcp"], env: ["TAVILY_API_KEY"] }, secrets: [{ name: "TAVILY_API_KEY", value: "" }], note: "Web search for models; the first thousand searches a month are free.", console: "https://app.tavily.com", already: false },
  { name: "Brave Search", transport: { kind: "stdio", command: "npx", args: ["-y", "@brave/brave-search-mcp-server"], env: ["BRAVE_API_KEY"] }, secrets: [{ name: "BRAVE_API_KEY", value: "" }], note: "An index of its own, not Google's or Bing's.", console: "https://brave.com/search/api", already: false },
];

type Written = { command?: string; args?: string[]; env?: Record<string, string>; url?: string };

function offersIn(text: string): McpOffer[] {
  const parsed = JSON.parse(text) as { mcpServers?: Record<string, Written>; servers?: Record<string, Written> } & Record<string, Written>;
  const found = parsed.mcpServers ?? parsed.servers ?? parsed;
  return Object.entries(found).flatMap<McpOffer>(([name, { command, args = [], env = {}, url }]) => {
    const secrets = Object.entries(env).map(([key, value]) => ({ name: key, value }));
    if (command) return [{ name, transport: { kind: "stdio", command, args, env: Object.keys(env) }, secrets, note: null, console: null, already: false } satisfies McpOffer];
    if (url) return [{ name, transport: { kind: "http", url }, secrets, note: null, console: null, already: false } satisfies McpOffer];
    return [];
  });
}

type LibraryPart = Pick<
  Commands,
  | "listFolders" | "saveFolder" | "deleteFolder" | "listPrompts" | "savePrompt" | "deletePrompt" | "listMcpServers" | "saveMcpServer" | "deleteMcpServer"
  | "restartMcpServer" | "readMcpJson" | "mcpCatalogue" | "setToolPermission"
>;

export function libraryCommands(world: World): LibraryPart {
  const server = (id: string) => world.servers.find((one) => one.id === id) ?? raise(notFound("server"));
  function changed(next: McpServer): McpServer {
    const known = world.servers.some((one) => one.id === next.id);
    world.servers = known ? world.servers.map((one) => (one.id === next.id ? next : one)) : [...world.servers, next];
    world.emit({ type: "serversChanged" });
    return next;
  }
  return {
    listFolders: async () => world.folders,
    async saveFolder(folder) {
      const saved = { ...folder, id: folder.id || world.id("f") };
      world.folders = [...world.folders.filter((one) => one.id !== saved.id), saved].sort((a, b) => a.position - b.position);
      return saved;
    },
    async deleteFolder(id) {
      world.folders = world.folders.filter((one) => one.id !== id);
      for (const conversation of world.conversations.values()) if (conversation.summary.folder === id) conversation.summary = { ...conversation.summary, folder: null };
      world.emit({ type: "conversationsChanged" });
    },
    listPrompts: async () => world.prompts,
    async savePrompt(prompt) {
      const saved = { ...prompt, id: prompt.id || world.id("p") };
      const known = world.prompts.some((one) => one.id === saved.id);
      world.prompts = known ? world.prompts.map((one) => (one.id === saved.id ? saved : one)) : [...world.prompts, saved];
      return saved;
    },
    async deletePrompt(id) {
      world.prompts = world.prompts.filter((one) => one.id !== id);
    },
    listMcpServers: async () => world.servers,
    async saveMcpServer({ id, name, transport, enabled, secrets }) {
      secrets.forEach((secret) => secret.value && world.secrets.add(secret.value));
      const known = id ? server(id).tools : [];
      const tools = known.length ? known : [tool("search", "Searches the web and returns titles, links and passages")];
      return changed({ id: id ?? world.id("s"), name, transport, enabled, state: enabled ? "ready" : "off", problem: null, tools });
    },
    async deleteMcpServer(id) {
      world.servers = world.servers.filter((one) => one.id !== id);
      world.emit({ type: "serversChanged" });
    },
    async restartMcpServer(id) {
      changed({ ...server(id), state: "starting", problem: null });
      setTimeout(() => changed({ ...server(id), state: "ready", tools: server(id).tools.length ? server(id).tools : [tool("forecast", "The weather of the next days at a place")] }), world.pace * 10);
    },
    async readMcpJson(text) {
      try {
        return offersIn(text).map((offer) => ({ ...offer, already: world.servers.some((one) => one.name === offer.name) }));
      } catch {
        throw { code: "invalid_input", fault: "you", message: "This is not the JSON of an app with MCP servers.", remedy: "Paste the whole file, with “mcpServers” in it.", detail: null };
      }
    },
    mcpCatalogue: async () => catalogue.map((offer) => ({ ...offer, already: world.servers.some((one) => one.name === offer.name) })),
    async setToolPermission(id, name, permission) {
      changed({ ...server(id), tools: server(id).tools.map((one) => (one.name === name ? { ...one, permission } : one)) });
    },
  };
}

function raise(problem: unknown): never {
  throw problem;
}
