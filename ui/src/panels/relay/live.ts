// Which requests are shown as live, and what is said of one in a word.
import type { Exchange, ProblemCode } from "../../bindings";

const SHOWN = 30;

/** The newest, and whatever is older and still running. */
export function live(rows: Exchange[]): Exchange[] {
  return rows.filter((row, index) => index < SHOWN || row.outcome === "running");
}

export type After = { tries: number; status: number | null; where: string };

/** The tries that failed before the one that answered; where nobody answered, its status already says why. */
export function after(row: Exchange): After | null {
  const failed = row.attempts.slice(0, -1).filter((one) => one.code !== null);
  const last = failed.at(-1);
  return last ? { tries: failed.length, status: last.status, where: last.key ?? last.gateway } : null;
}

const words = ["quota_exhausted", "key_refused", "rate_limited", "budget_exhausted", "not_allowed", "model_not_found"] as const;
export type StatusWord = (typeof words)[number];

/** What to do, beside the number that most people do not know by heart. */
export function statusWord(row: { code: ProblemCode | null }): StatusWord | null {
  return words.find((one) => one === row.code) ?? null;
}
