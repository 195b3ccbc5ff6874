// How much of a whole is used, as a hairline bar; the words beside it say the same.
import { clsx } from "clsx";

export function Meter({ label, used, of }: { label: string; used: number; of: number }) {
  const part = of > 0 ? Math.min(1, used / of) : 1;
  return (
    <span role="meter" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(part * 100)} className="block h-[5px] overflow-hidden rounded-full bg-hover">
      <span className={clsx("block h-full rounded-full", part >= 1 ? "bg-bad" : part >= 0.8 ? "bg-warn" : "bg-accent")} style={{ width: `${part * 100}%` }} />
    </span>
  );
}
