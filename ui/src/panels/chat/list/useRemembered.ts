// A small set of names that this window remembers: which folders are closed.
import { useMemo, useState } from "react";

function read(key: string): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? "[]");
    return Array.isArray(kept) ? kept.filter((one) => typeof one === "string") : [];
  } catch {
    return [];
  }
}

export function useRemembered(key: string): [ReadonlySet<string>, (names: string[]) => void] {
  const [names, setNames] = useState(() => read(key));
  const set = useMemo(() => new Set(names), [names]);
  return [
    set,
    (next) => {
      localStorage.setItem(key, JSON.stringify(next));
      setNames(next);
    },
  ];
}
