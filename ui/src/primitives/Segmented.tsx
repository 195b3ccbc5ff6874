// One of a few: a row of joined choices.
import { clsx } from "clsx";

type Props<T extends string> = { label: string; value: T; options: { value: T; label: string }[]; onChange: (value: T) => void };

export function Segmented<T extends string>({ label, value, options, onChange }: Props<T>) {
  return (
    <div role="radiogroup" aria-label={label} className="flex overflow-hidden rounded-s border border-line bg-panel">
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          role="radio"
          aria-checked={option.value === value}
          onClick={() => onChange(option.value)}
          className={clsx(
            "flex-1 px-2.5 py-1.5 text-s whitespace-nowrap focus-visible:outline-offset-[-2px]",
            option.value === value ? "bg-accent-soft font-semibold text-accent" : "text-ink-2 hover:bg-hover",
          )}
        >
          {option.label}
        </button>
      ))}
    </div>
  );
}
