// A name edited where it stands: Enter keeps it, Esc leaves it, and so does going elsewhere with nothing typed.
import { useEffect, useRef } from "react";

type Props = { label: string; name: string; onDone: (name: string | null) => void; className?: string };

export function Inline({ label, name, onDone, className }: Props) {
  const field = useRef<HTMLInputElement>(null);
  const left = useRef(false);
  useEffect(() => {
    // After the menu that asked for it has given the focus back.
    const timer = setTimeout(() => {
      field.current?.focus();
      field.current?.select();
    }, 30);
    return () => clearTimeout(timer);
  }, []);
  function leave(next: string | null) {
    if (left.current) return; // Enter also blurs
    left.current = true;
    onDone(next && next !== name ? next : null);
  }
  return (
    <input
      ref={field}
      aria-label={label}
      data-testid="inline-name"
      defaultValue={name}
      onClick={(event) => event.stopPropagation()}
      onBlur={(event) => leave(event.target.value.trim())}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.nativeEvent.isComposing || event.keyCode === 229) return;
        if (event.key === "Enter") leave(event.currentTarget.value.trim());
        if (event.key === "Escape") leave(null);
      }}
      className={`h-[26px] w-full min-w-0 rounded-s border border-line bg-panel px-1.5 text-m ${className ?? ""}`}
    />
  );
}
