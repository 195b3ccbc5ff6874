// Type to narrow, arrows to move, Enter to take: the list inside the model picker and the command palette.
import { clsx } from "clsx";
import { useId, useRef, useState } from "react";
import type { KeyboardEvent, ReactNode } from "react";

export type Option = { value: string; label: string; hint?: ReactNode; words?: string; icon?: ReactNode; chosen?: boolean };
export type OptionGroup = { label: string; note?: string; options: Option[] };

export function narrow(groups: OptionGroup[], typed: string): OptionGroup[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (option: Option, group: OptionGroup) => {
    const hay = `${option.label} ${option.words ?? ""} ${group.label}`.toLowerCase();
    return words.every((word) => hay.includes(word));
  };
  return groups
    .map((group) => ({ ...group, options: group.options.filter((option) => fits(option, group)) }))
    .filter((group) => group.options.length > 0);
}

type Props = { groups: OptionGroup[]; placeholder: string; empty: string; onPick: (value: string) => void; onType?: (typed: string) => void; testid?: string };

export function OptionList({ groups, placeholder, empty, onPick, onType, testid }: Props) {
  const id = useId();
  const [typed, setTyped] = useState("");
  const shown = narrow(groups, typed);
  const flat = shown.flatMap((group) => group.options);
  const [at, setAt] = useState(() => Math.max(0, flat.findIndex((option) => option.chosen)));
  const active = Math.min(at, flat.length - 1);
  const list = useRef<HTMLDivElement>(null);

  function move(to: number) {
    if (!flat.length) return;
    const next = (to + flat.length) % flat.length;
    setAt(next);
    list.current?.querySelector(`[data-at="${next}"]`)?.scrollIntoView({ block: "nearest" });
  }
  function press(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "ArrowDown") move(active + 1);
    else if (event.key === "ArrowUp") move(active - 1);
    else if (event.key === "Home" && event.ctrlKey) move(0);
    else if (event.key === "Enter" && flat[active]) onPick(flat[active].value);
    else return;
    event.preventDefault();
  }

  let index = -1;
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <input
        autoFocus
        role="combobox"
        aria-expanded
        aria-controls={`${id}-list`}
        aria-activedescendant={flat[active] ? `${id}-${active}` : undefined}
        aria-label={placeholder}
        data-testid={testid}
        value={typed}
        placeholder={placeholder}
        onChange={(event) => {
          setTyped(event.target.value);
          onType?.(event.target.value);
          setAt(0);
        }}
        onKeyDown={press}
        className="h-10 shrink-0 border-b border-line bg-transparent px-3.5 text-m outline-none"
      />
      <div ref={list} id={`${id}-list`} role="listbox" aria-label={placeholder} className="min-h-0 flex-1 overflow-y-auto p-1.5">
        {shown.map((group) => (
          <div key={group.label} role="group" aria-label={group.label}>
            <div className="flex gap-2 px-2.5 pt-2 pb-1 text-xs font-semibold text-ink-2">
              <span>{group.label}</span>
              {group.note ? <span className="font-normal">{group.note}</span> : null}
            </div>
            {group.options.map((option) => {
              const here = ++index;
              return (
                <div
                  key={option.value}
                  id={`${id}-${here}`}
                  data-at={here}
                  data-value={option.value}
                  role="option"
                  aria-selected={option.chosen ?? false}
                  onClick={() => onPick(option.value)}
                  onMouseMove={() => here !== active && setAt(here)}
                  className={clsx(
                    "flex min-h-8 items-center gap-2.5 rounded-s px-2.5 py-1 text-m [&_svg]:size-3.5 [&_svg]:shrink-0",
                    here === active && "bg-hover",
                    option.chosen && "text-accent",
                  )}
                >
                  {option.icon}
                  <span className="min-w-0 flex-1 truncate">{option.label}</span>
                  {option.hint ? <span className="num shrink-0 text-s text-ink-2">{option.hint}</span> : null}
                </div>
              );
            })}
          </div>
        ))}
        {flat.length === 0 ? <p className="px-3 py-6 text-center text-s text-ink-2">{empty}</p> : null}
      </div>
    </div>
  );
}
