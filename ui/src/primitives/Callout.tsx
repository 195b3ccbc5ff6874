// A sentence that matters, with what to do about it: quiet, in the colour of how bad it is.
import { clsx } from "clsx";
import type { ReactNode } from "react";
import type { Tone } from "./Pill";

const tones: Record<Tone, string> = {
  neutral: "border-line bg-panel",
  accent: "border-transparent bg-accent-soft",
  ok: "border-transparent bg-ok-soft",
  warn: "border-transparent bg-warn-soft",
  bad: "border-transparent bg-bad-soft",
};

type Props = { tone?: Tone; title: ReactNode; text?: ReactNode; children?: ReactNode; role?: "alert" | "status"; testid?: string };

export function Callout({ tone = "neutral", title, text, children, role, testid }: Props) {
  return (
    <div role={role} data-testid={testid} className={clsx("selectable rounded-m border px-3.5 py-2.5 text-m", tones[tone])}>
      <p className="font-medium [overflow-wrap:anywhere]">{title}</p>
      {text ? <p className="mt-0.5 text-ink-2 [overflow-wrap:anywhere]">{text}</p> : null}
      {children ? <div className="mt-2.5 flex flex-wrap items-center gap-2">{children}</div> : null}
    </div>
  );
}
