// A small rounded label, and the dot that tells a state by colour beside its word.
import { clsx } from "clsx";
import type { ReactNode } from "react";

export type Tone = "neutral" | "accent" | "ok" | "warn" | "bad";
const pills: Record<Tone, string> = {
  neutral: "bg-hover text-ink-2",
  accent: "bg-accent-soft text-accent",
  ok: "bg-ok-soft text-[color-mix(in_oklab,var(--ok)_80%,var(--ink))]",
  warn: "bg-warn-soft text-[color-mix(in_oklab,var(--warn)_72%,var(--ink))]",
  bad: "bg-bad-soft text-bad",
};
const dots: Record<Tone, string> = { neutral: "bg-ink-3", accent: "bg-accent", ok: "bg-ok", warn: "bg-warn", bad: "bg-bad" };

export function Pill({ tone = "neutral", title, children }: { tone?: Tone; title?: string; children: ReactNode }) {
  return (
    <span title={title} className={clsx("inline-flex h-6 items-center gap-1.5 rounded-full px-[9px] text-s whitespace-nowrap", pills[tone])}>
      {children}
    </span>
  );
}

export function Dot({ tone }: { tone: Tone }) {
  return <span aria-hidden className={clsx("inline-block size-[7px] shrink-0 rounded-full", dots[tone])} />;
}
