// One exchange's outcome as a colour and, where it was answered at all, its HTTP status.
import type { Exchange } from "../bindings";
import type { Tone } from "../primitives/Pill";

const tones: Record<Exchange["outcome"], Tone> = { running: "accent", ok: "ok", failed: "bad", cancelled: "neutral", interrupted: "warn" };

export function outcomeTone(row: Exchange): Tone {
  return tones[row.outcome];
}

/** An HTTP status says more than "failed"; a cancelled or broken stream began with a 200 and must not look like one. */
export function statusShown(row: Exchange): number | null {
  return row.outcome === "ok" || row.outcome === "failed" ? row.status : null;
}
