// Any of a few: small labels that are pressed or not.
import { clsx } from "clsx";

type Props = { label: string; values: string[]; options: { value: string; label: string }[]; onChange: (values: string[]) => void };

export function Chips({ label, values, options, onChange }: Props) {
  return (
    <div role="group" aria-label={label} className="flex flex-wrap gap-1.5">
      {options.map(({ value, label: word }) => {
        const on = values.includes(value);
        return (
          <button
            key={value}
            type="button"
            aria-pressed={on}
            onClick={() => onChange(on ? values.filter((one) => one !== value) : [...values, value])}
            className={clsx("h-6 rounded-full border px-[9px] text-s", on ? "border-transparent bg-accent-soft font-medium text-accent" : "border-line bg-panel text-ink-2 hover:bg-hover")}
          >
            {word}
          </button>
        );
      })}
    </div>
  );
}
