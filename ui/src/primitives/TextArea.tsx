// A labelled field of several lines, with a hint or an error under it.
import { clsx } from "clsx";
import { useId } from "react";
import type { ComponentProps, ReactNode } from "react";

type Props = ComponentProps<"textarea"> & { label: string; hint?: ReactNode; error?: string | null; mono?: boolean };

export function TextArea({ label, hint, error, mono, className, ...field }: Props) {
  const id = useId();
  const note = error ?? hint;
  return (
    <div className="grid gap-1.5">
      <label htmlFor={id} className="text-s text-ink-2">
        {label}
      </label>
      <textarea
        id={id}
        rows={3}
        spellCheck={!mono}
        aria-invalid={error ? true : undefined}
        aria-describedby={note ? `${id}-note` : undefined}
        className={clsx("block w-full min-w-0 resize-y rounded-s border bg-panel px-2.5 py-2 text-m leading-[1.5] text-ink focus-visible:outline-offset-[-1px]", mono && "font-mono text-[12px]!", error ? "border-bad" : "border-line", className)}
        {...field}
      />
      {note ? (
        <p id={`${id}-note`} role={error ? "alert" : undefined} className={clsx("text-xs [overflow-wrap:anywhere]", error ? "text-bad" : "text-ink-2")}>
          {note}
        </p>
      ) : null}
    </div>
  );
}
