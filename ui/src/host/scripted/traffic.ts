// A tool at work, for looking at what passes through: it asks, is answered after a while, and asks again.
import type { World } from "./world";

export function traffic(world: World): void {
  const row = world.exchangeBegins("nexhina/claude-sonnet-4", { caller: "Claude Code", door: "http" });
  world.exchangeChanges({ ...row, key: "work" });
  world.streaming(1);
  setTimeout(() => {
    const tokens = { input: 18_402, cached: 12_010, output: 611, reasoning: null, basis: "reported" } as const;
    const attempts = [{ gateway: "Nexhina", key: "work", status: 200, code: null, tookMs: 710 }];
    world.streaming(-1);
    world.exchangeChanges({ ...row, key: "work", modelAnswered: row.modelAsked, outcome: "ok", status: 200, tokens, cost: { nano: 64_400_000, basis: "reported" }, firstTokenMs: 710, tookMs: world.pace * 200, attempts });
    setTimeout(() => traffic(world), world.pace * 40);
  }, world.pace * 200);
}
