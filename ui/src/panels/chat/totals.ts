// What a conversation has taken so far, on all its branches.
import type { Message } from "../../bindings";

export type Totals = { input: number; cached: number; output: number; answers: number; estimated: boolean };

export function totalsOf(messages: Message[]): Totals {
  const totals: Totals = { input: 0, cached: 0, output: 0, answers: 0, estimated: false };
  for (const { receipt } of messages) {
    if (!receipt) continue;
    totals.answers += 1;
    totals.input += receipt.tokens.input ?? 0;
    totals.cached += receipt.tokens.cached ?? 0;
    totals.output += receipt.tokens.output ?? 0;
    totals.estimated ||= receipt.tokens.basis === "estimated";
  }
  return totals;
}
