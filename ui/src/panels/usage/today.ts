// A figure the rows at hand can prove.
import type { Exchange } from "../../bindings";

export type Median = { milliseconds: number | null; of: number };

/** Half of the newest answers began faster than this. */
export function medianFirstToken(rows: Exchange[], newest = 100): Median {
  const times = rows.slice(0, newest).flatMap((row) => (row.firstTokenMs === null ? [] : [row.firstTokenMs]));
  times.sort((a, b) => a - b);
  return { milliseconds: times[Math.floor((times.length - 1) / 2)] ?? null, of: times.length };
}
