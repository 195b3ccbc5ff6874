// The ledger the scripted host begins with: rows of both doors, some refused, one retried.
import type { Attempt, Exchange } from "../../bindings";

type Sketch = Partial<Exchange> & { model: string; amount: number | null };

function row(index: number, startedAt: number, sketch: Sketch): Exchange {
  const { model, amount, ...more } = sketch;
  const gateway = more.gateway === undefined ? "Nexhina" : more.gateway;
  const attempt: Attempt = { gateway: gateway ?? "—", key: "work", status: more.status ?? 200, code: more.code ?? null, tookMs: 9400 - index * 37 };
  return {
    id: `e${String(100_000 - index)}`, startedAt, caller: "Claude Code", door: "http", endpoint: "/v1/chat/completions", stream: true,
    modelAsked: model, modelAnswered: model, gateway, key: "work", status: 200, outcome: "ok", code: null,
    tokens: { input: 18_402 - index * 31, cached: 12_010 - index * 19, output: 611 + index * 3, reasoning: null, basis: "reported" },
    cost: { nano: amount === null ? null : Math.round(amount * 1e9), basis: "reported" }, firstTokenMs: 710 - (index % 9) * 41, tookMs: 9400 - (index % 20) * 137,
    attempts: [attempt], ...more,
  };
}

const sketches: Sketch[] = [
  { model: "claude-sonnet-4", amount: 0.0644 },
  { model: "gpt-4o-mini", amount: 0.00031, caller: "Cursor", gateway: "Nexconn-AI", key: "main", attempts: [
    { gateway: "Nexhina", key: "work", status: 429, code: "rate_limited", tookMs: 212 },
    { gateway: "Nexconn-AI", key: "main", status: 200, code: null, tookMs: 5100 },
  ] },
  { model: "gpt-4.1", amount: 0.0041, caller: "window", door: "window" },
  { model: "gpt-4.1", amount: 0.0294, caller: "Codex CLI", key: "spare" },
  { model: "deepseek-v4", amount: null, caller: "window", door: "window", gateway: "AI Nexus", key: "default", status: 402, outcome: "failed", code: "quota_exhausted", modelAnswered: null, firstTokenMs: null, tookMs: 212, tokens: { input: null, cached: null, output: null, reasoning: null, basis: "reported" } },
  { model: "sandbox-chat", amount: 0, caller: "window", door: "window", gateway: "Sandbox", key: null, outcome: "cancelled", tokens: { input: 31, cached: null, output: 9, reasoning: null, basis: "estimated" } },
  { model: "claude-sonnet-4", amount: 0.0189, cost: { nano: 18_900_000, basis: "estimated" } },
  { model: "qwen-max", amount: 0.002, caller: "周报助手", gateway: "Nexconn-AI", key: "main", outcome: "interrupted", status: 200, code: "stream_interrupted" },
  { model: "gpt-5-nonexistent", amount: null, caller: "Cursor", gateway: null, key: null, status: 404, outcome: "failed", code: "model_not_found", modelAnswered: null, firstTokenMs: null, tookMs: 3, attempts: [], tokens: { input: null, cached: null, output: null, reasoning: null, basis: "reported" } },
];

export function firstExchanges(now: number, count = 500): Exchange[] {
  return Array.from({ length: count }, (_, index) => {
    const sketch = sketches[index % sketches.length] as Sketch;
    return row(index, now - 30_000 - index * index * 700 - index * 61_000, sketch);
  });
}
