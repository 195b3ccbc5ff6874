import { expect, test } from "vitest";
import type { Exchange } from "../../bindings";
import { free, firstTokens } from "../../host/scripted/catalogue";
import { firstExchanges } from "../../host/scripted/exchanges";
import { after, live } from "./live";
import { initials, stateOf, tightest } from "./tools";

const NOW = Date.now();
const [, codex] = firstTokens(NOW);
if (!codex) throw new Error("the catalogue has a second token");
const rows = firstExchanges(NOW, 60);
const row = (change: Partial<Exchange>): Exchange => ({ ...(rows[0] as Exchange), ...change });

test("the budget that stops a tool first is the one shown", () => {
  expect(tightest(codex)?.period).toBe("month");
  expect(tightest({ ...codex, ...free })).toBeNull();
});

test("what stops a tool is said before what it does", () => {
  const running = [row({ outcome: "running", caller: codex.name, door: "http" })];
  expect(stateOf(codex, running, NOW)).toBe("streaming");
  expect(stateOf({ ...codex, paused: true }, running, NOW)).toBe("paused");
  expect(stateOf({ ...codex, paused: true, limits: { ...codex.limits, expiresAt: NOW } }, running, NOW)).toBe("expired");
  const [day] = codex.budgets;
  expect(stateOf({ ...codex, budgets: day ? [{ ...day, spentNano: day.limitNano }] : [] }, running, NOW)).toBe("spent");
  expect(stateOf(codex, [], NOW)).toBeNull();
});

test("a name gives two letters, a Chinese one its first", () => {
  expect(["Claude Code", "Codex CLI", "Cursor", "opencode", "周报助手", "a"].map(initials)).toEqual(["CC", "Co", "Cu", "Op", "周", "A"]);
});

test("only tries that failed before the last one are told of", () => {
  const failed = { gateway: "Nexhina", key: "work", status: 429, code: "rate_limited", tookMs: 3 } as const;
  const won = { gateway: "Nexconn-AI", key: "main", status: 200, code: null, tookMs: 9 };
  expect(after(row({ attempts: [failed, won] }))).toEqual({ tries: 1, status: 429, where: "work" });
  expect(after(row({ attempts: [failed, { ...failed, key: null, status: null }, won] }))).toEqual({ tries: 2, status: null, where: "Nexhina" });
  expect(after(row({ attempts: [failed] }))).toBeNull();
});

test("an old request that still runs stays among the live ones", () => {
  const old = row({ id: "old", outcome: "running" });
  expect(live([...rows, old]).map((one) => one.id)).toEqual([...rows.slice(0, 30).map((one) => one.id), "old"]);
});
