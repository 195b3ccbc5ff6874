// Limits as people type them, and as they are kept: money in whole nano-dollars, never through a float.

/** Nothing typed is no limit; undefined is what cannot be read. */
export type Typed<T> = T | null | undefined;
const DOLLAR = 1_000_000_000n;
const MOST_REQUESTS = 4_294_967_295;

export function nanoOf(typed: string): Typed<number> {
  const text = typed.trim();
  if (!text) return null;
  const [, whole = "", rest = ""] = /^\$?\s*(\d{0,7})(?:\.(\d{0,9}))?$/.exec(text) ?? [];
  if (!whole && !rest) return undefined;
  const nano = BigInt(whole || "0") * DOLLAR + BigInt(rest.padEnd(9, "0"));
  return nano <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(nano) : undefined;
}

/** Every digit that is kept, and at least cents: "2.00", "0.000000001". */
export function dollarsOf(nano: number | null): string {
  if (nano === null) return "";
  const digits = String(nano).padStart(10, "0");
  return `${digits.slice(0, -9)}.${digits.slice(-9).replace(/0+$/, "").padEnd(2, "0")}`;
}

/** Whole numbers from one on; "60,000" and "60_000" are how people write them. */
export function countOf(typed: string): Typed<number> {
  const text = typed.trim();
  if (!text) return null;
  if (!/^\d+$|^\d{1,3}(?:[,_ ]\d{3})+$/.test(text)) return undefined;
  const number = Number(text.replace(/\D/g, ""));
  return number >= 1 && number <= MOST_REQUESTS ? number : undefined;
}

/** A date is the last day it is good, on this computer's calendar: the moment is the midnight after it. */
export function endOfDay(typed: string): Typed<number> {
  const text = typed.trim();
  if (!text) return null;
  const [, year, month, day] = (/^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text) ?? []).map(Number);
  if (!year || !month || !day) return undefined;
  const named = new Date(year, month - 1, day);
  if (named.getMonth() !== month - 1 || named.getDate() !== day) return undefined;
  return new Date(year, month - 1, day + 1).getTime();
}

export function lastDayOf(moment: number | null): string {
  if (moment === null) return "";
  const last = new Date(moment - 1);
  const two = (part: number) => String(part).padStart(2, "0");
  return `${last.getFullYear()}-${two(last.getMonth() + 1)}-${two(last.getDate())}`;
}

export function patternsOf(typed: string): string[] {
  return typed.split(/[\s,，、]+/).filter(Boolean);
}
