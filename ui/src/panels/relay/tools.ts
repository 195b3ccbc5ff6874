// What a token's card says at a glance, worked out of the token and the requests at hand.
import type { Exchange, LocalToken, TokenBudget } from "../../bindings";
import type { Tone } from "../../primitives/Pill";

export type ToolState = "expired" | "paused" | "spent" | "streaming";
export const stateTone: Record<ToolState, Tone> = { expired: "bad", paused: "warn", spent: "bad", streaming: "accent" };
const SERIES = 6;

const part = (budget: TokenBudget) => (budget.limitNano > 0 ? (budget.spentNano + budget.reservedNano) / budget.limitNano : 1);

/** The budget that will stop the tool first. */
export function tightest(token: LocalToken): TokenBudget | null {
  return token.budgets.reduce<TokenBudget | null>((worst, one) => (worst && part(worst) >= part(one) ? worst : one), null);
}

/** What stops it comes before what it does. */
export function stateOf(token: LocalToken, rows: Exchange[], now: number): ToolState | null {
  const { expiresAt } = token.limits;
  if (expiresAt !== null && expiresAt <= now) return "expired";
  if (token.paused) return "paused";
  if (token.budgets.some((budget) => budget.spentNano >= budget.limitNano)) return "spent";
  return rows.some((row) => row.outcome === "running" && row.door !== "window" && row.caller === token.name) ? "streaming" : null;
}

/** Two words give two letters, one word its first two, a Chinese name its first character. */
export function initials(name: string): string {
  const [first = "", second = ""] = name.trim().split(/[\s_-]+/);
  const letters = Array.from(first);
  if (/\p{Script=Han}/u.test(first)) return letters[0] ?? "";
  // "Codex CLI" is known by its own name, not by what it is.
  if (second && second !== second.toUpperCase()) return `${letters[0]}${Array.from(second)[0]}`.toUpperCase();
  return `${(letters[0] ?? "").toUpperCase()}${letters[1] ?? ""}`;
}

export function colourOf(name: string): string {
  const sum = Array.from(name).reduce((hash, letter) => (hash * 31 + (letter.codePointAt(0) ?? 0)) % 9973, 7);
  return `var(--s${(sum % SERIES) + 1})`;
}
