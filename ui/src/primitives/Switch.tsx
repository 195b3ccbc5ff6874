// On or off, at once.
import { clsx } from "clsx";

type Props = { label: string; on: boolean; onChange: (on: boolean) => void; disabled?: boolean };

export function Switch({ label, on, onChange, disabled }: Props) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={on}
      aria-label={label}
      title={label}
      disabled={disabled}
      onClick={() => onChange(!on)}
      className={clsx("relative h-[18px] w-8 shrink-0 rounded-full disabled:opacity-45", on ? "bg-accent" : "bg-[color-mix(in_oklab,var(--ink-3)_55%,var(--panel))]")}
    >
      <span aria-hidden className={clsx("absolute top-[2px] size-3.5 rounded-full bg-[white] transition-[left] motion-reduce:transition-none", on ? "left-4" : "left-[2px]")} />
    </button>
  );
}
