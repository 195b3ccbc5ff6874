// The gateways, models, tokens and presets the scripted host begins with.
import type { Gateway, Learned, LocalToken, Model, ModelKind, ModelPrice, Preset, Route } from "../../bindings";

const HOUR = 3_600_000;
/** How a key begins: asked in turn with the others. */
export const shared = { restsUntil: null, weight: 1, enabled: true, readsOn: false } as const;
const dollars = (amount: number) => Math.round(amount * 1e9);

export const presets: Preset[] = [
  { id: "nexhina", name: "Nexhina", baseUrl: "https://api.nexhina.example/v1", needsKey: true, keyHint: "sk-…", console: "https://nexhina.example/console", note: "OpenAI, Anthropic and Gemini models with one key." },
  { id: "nexconn", name: "Nexconn-AI", baseUrl: "https://api.nexconn.example/v1", needsKey: true, keyHint: "sk-…", console: "https://nexconn.example/console", note: "Chat, pictures and video, billed in yuan." },
  { id: "ai-nexus", name: "AI Nexus", baseUrl: "https://ainexus.example/v1", needsKey: true, keyHint: null, console: "https://ainexus.example", note: null },
  { id: "openai", name: "OpenAI", baseUrl: "https://api.openai.com/v1", needsKey: true, keyHint: "sk-…", console: "https://platform.openai.com/api-keys", note: "Straight to the maker." },
  { id: "deepseek", name: "DeepSeek", baseUrl: "https://api.deepseek.com/v1", needsKey: true, keyHint: "sk-…", console: "https://platform.deepseek.com", note: "Low prices, reasoning shown." },
  { id: "openrouter", name: "OpenRouter", baseUrl: "https://openrouter.ai/api/v1", needsKey: true, keyHint: "sk-or-…", console: "https://openrouter.ai/keys", note: "Hundreds of models, some free." },
  { id: "ollama", name: "Ollama", baseUrl: "http://127.0.0.1:11434/v1", needsKey: false, keyHint: null, console: null, note: "Models on this computer. No key needed." },
  { id: "lm-studio", name: "LM Studio", baseUrl: "http://127.0.0.1:1234/v1", needsKey: false, keyHint: null, console: null, note: "Models on this computer. No key needed." },
  { id: "custom", name: "Any OpenAI-compatible", baseUrl: null, needsKey: true, keyHint: null, console: null, note: "You know its address." },
];

export function firstGateways(now: number): Gateway[] {
  const base = { lastProblem: null, needsKey: true, sandbox: false } as const;
  return [
    { ...base, id: "nexhina", name: "Nexhina", preset: "nexhina", baseUrl: "https://api.nexhina.example/v1", state: "ready", models: 4, modelsFetchedAt: now - 4 * HOUR, console: "https://nexhina.example/console", keys: [
      { ...shared, id: "k1", gateway: "nexhina", name: "work", lastFour: "7Qx2", state: "healthy", lastUsedAt: now - 12_000, createdAt: now - 900 * HOUR },
      { ...shared, id: "k2", gateway: "nexhina", name: "spare", lastFour: "b1Lk", state: "resting", lastUsedAt: now - 64_000, createdAt: now - 300 * HOUR },
    ] },
    { ...base, id: "nexconn", name: "Nexconn-AI", preset: "nexconn", baseUrl: "https://api.nexconn.example/v1", state: "ready", models: 2, modelsFetchedAt: now - 30 * HOUR, console: "https://nexconn.example/console", keys: [
      { ...shared, id: "k3", gateway: "nexconn", name: "main", lastFour: "90cd", state: "healthy", lastUsedAt: now - 3 * HOUR, createdAt: now - 200 * HOUR },
    ] },
    { ...base, id: "ai-nexus", name: "AI Nexus", preset: "ai-nexus", baseUrl: "https://ainexus.example/v1", state: "failing", models: 1, modelsFetchedAt: now - 50 * HOUR, console: "https://ainexus.example", keys: [
      { ...shared, id: "k4", gateway: "ai-nexus", name: "default", lastFour: "m3Zt", state: "exhausted", lastUsedAt: now - 5 * HOUR, createdAt: now - 99 * HOUR },
    ], lastProblem: { code: "quota_exhausted", fault: "gateway", message: "AI Nexus says the balance of key “default” is used up.", remedy: "Top it up in its console, or choose a model of another gateway.", detail: "HTTP 402" } },
    { ...base, id: "ollama", name: "Ollama", preset: "ollama", baseUrl: "http://127.0.0.1:11434/v1", needsKey: false, state: "unchecked", models: 0, modelsFetchedAt: null, console: null, keys: [] },
    sandboxGateway(now),
  ];
}

export function sandboxGateway(now: number): Gateway {
  return { id: "sandbox", name: "Sandbox", preset: "sandbox", baseUrl: "http://127.0.0.1:4199/v1", needsKey: false, sandbox: true, state: "ready", models: 4, modelsFetchedAt: now, console: null, keys: [], lastProblem: null };
}

function model(gateway: string, gatewayName: string, name: string, kind: ModelKind, price: ModelPrice | null, free = false): Model {
  return { id: `${gateway}/${name}`, name, gateway, gatewayName, kind, free, price };
}
const price = (input: number, cached: number | null, output: number): ModelPrice => ({
  input: dollars(input), cached: cached === null ? null : dollars(cached), output: dollars(output), basis: "reported",
});

export const sandboxModels: Model[] = [
  model("sandbox", "Sandbox", "sandbox-chat", "chat", null, true),
  model("sandbox", "Sandbox", "sandbox-thinker", "chat", null, true),
  model("sandbox", "Sandbox", "sandbox-picture", "image", null, true),
  model("sandbox", "Sandbox", "sandbox-speech", "speech", null, true),
];

export const models: Model[] = [
  model("nexhina", "Nexhina", "gpt-4.1", "chat", price(2, 0.5, 8)),
  model("nexhina", "Nexhina", "claude-sonnet-4", "chat", price(3, 0.3, 15)),
  model("nexhina", "Nexhina", "gpt-4o-mini", "chat", price(0.15, 0.075, 0.6)),
  model("nexhina", "Nexhina", "gpt-4o-mini-tts", "speech", null),
  model("nexconn", "Nexconn-AI", "qwen-max", "chat", price(1.6, null, 6.4)),
  model("nexconn", "Nexconn-AI", "gemini-2.5-flash-image", "image", price(0.3, null, 30)),
  model("ai-nexus", "AI Nexus", "deepseek-v4", "chat", null),
  ...sandboxModels,
];

/** A token that may do everything. */
export const free: Pick<LocalToken, "paused" | "limits" | "budgets" | "zone"> = {
  paused: false,
  limits: { models: [], endpoints: [], rpm: null, tpm: null, concurrency: null, dayNano: null, monthNano: null, totalNano: null, unpriced: "refuse", expiresAt: null, capture: "off" },
  budgets: [],
  zone: null,
};

export function firstTokens(now: number): LocalToken[] {
  const spent = (amount: number) => ({ nano: dollars(amount), basis: "reported" }) as const;
  return [
    { ...free, id: "t1", name: "Claude Code", lastFour: "c41f", createdAt: now - 400 * HOUR, lastUsedAt: now - 40_000, spentToday: spent(0.21) },
    {
      id: "t2", name: "Codex CLI", lastFour: "9a02", createdAt: now - 300 * HOUR, lastUsedAt: now - HOUR, spentToday: spent(0.08), paused: false, zone: "Asia/Shanghai",
      limits: { ...free.limits, models: ["gpt-*", "nexhina/*"], rpm: 60, concurrency: 4, dayNano: dollars(2), monthNano: dollars(30) },
      budgets: [
        { period: "day", limitNano: dollars(2), spentNano: dollars(0.08), reservedNano: dollars(0.02), until: now + 9 * HOUR },
        { period: "month", limitNano: dollars(30), spentNano: dollars(4.1), reservedNano: dollars(0.02), until: now + 200 * HOUR },
      ],
    },
    { ...free, id: "t3", name: "Cursor", lastFour: "77be", createdAt: now - 20 * HOUR, lastUsedAt: null, spentToday: spent(0) },
  ];
}

export const firstRoutes: Route[] = [
  { id: "r1", pattern: "fast", token: null, strategy: "fastest", enabled: true, targets: [{ gateway: "nexhina", model: "gpt-4o-mini", weight: 1 }, { gateway: "nexconn", model: "qwen-max", weight: 1 }] },
  { id: "r2", pattern: "gpt-4*", token: "t2", strategy: "order", enabled: true, targets: [{ gateway: "nexhina", model: "", weight: 1 }, { gateway: null, model: "deepseek-v4", weight: 1 }] },
  { id: "r3", pattern: "claude-*", token: null, strategy: "weighted", enabled: false, targets: [{ gateway: "nexhina", model: "", weight: 3 }, { gateway: "ai-nexus", model: "", weight: 1 }] },
];

export function firstLearned(now: number): Learned[] {
  return [
    { gateway: "nexconn", gatewayName: "Nexconn-AI", model: "deepseek-v3", parameter: "stream_options", becomes: null, said: "stream_options is not supported", learnedAt: now - 24 * HOUR },
    { gateway: "nexhina", gatewayName: "Nexhina", model: "o4-mini", parameter: "max_tokens", becomes: "max_completion_tokens", said: "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.", learnedAt: now - 3 * HOUR },
  ];
}
