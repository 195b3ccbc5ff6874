// One of many, by the system's own list; the label above it, or spoken only.
import { clsx } from "clsx";
import { ChevronDown } from "lucide-react";
import { useId } from "react";
import type { ComponentProps } from "react";
import { inputClass } from "./Field";

export type Choice = { value: string; label: string };
type Props = Omit<ComponentProps<"select">, "onChange"> & { label: string; bare?: boolean; choices: Choice[]; onChoose: (value: string) => void };

export function Select({ label, bare, choices, onChoose, className, ...rest }: Props) {
  const id = useId();
  return (
    <div className={clsx("grid min-w-0 gap-1.5", className)}>
      <label htmlFor={id} className={bare ? "sr-only" : "text-s text-ink-2"}>
        {label}
      </label>
      <span className="relative block min-w-0">
        <select id={id} className={clsx(inputClass, "appearance-none truncate pr-7!")} onChange={(event) => onChoose(event.target.value)} {...rest}>
          {choices.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.label}
            </option>
          ))}
        </select>
        <ChevronDown aria-hidden className="pointer-events-none absolute top-2 right-2 size-3.5 text-ink-3" />
      </span>
    </div>
  );
}
