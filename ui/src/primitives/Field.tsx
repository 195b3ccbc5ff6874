// A labelled input with a hint or an error under it, and the bare input for bars and lists.
import { clsx } from "clsx";
import { useId } from "react";
import type { ComponentProps, ReactNode } from "react";

export const inputClass =
  "h-[30px] w-full min-w-0 rounded-s border border-line bg-panel px-2.5 text-s text-ink focus-visible:outline-offset-[-1px]";

type Props = ComponentProps<"input"> & { label: string; hint?: ReactNode; error?: string | null; mono?: boolean };

export function Field({ label, hint, error, mono, className, ...input }: Props) {
  const id = useId();
  const note = error ?? hint;
  return (
    <div className="grid gap-1.5">
      <label htmlFor={id} className="text-s text-ink-2">
        {label}
      </label>
      <input
        id={id}
        className={clsx(inputClass, mono && "font-mono", error && "border-bad", className)}
        aria-invalid={error ? true : undefined}
        aria-describedby={note ? `${id}-note` : undefined}
        autoComplete="off"
        spellCheck={false}
        {...input}
      />
      {note ? (
        <p id={`${id}-note`} role={error ? "alert" : undefined} className={clsx("text-xs", error ? "text-bad" : "text-ink-2")}>
          {note}
        </p>
      ) : null}
    </div>
  );
}
