// Whether the window is too narrow for every column; cached tokens then stand in the details alone.
import { useSyncExternalStore } from "react";

const query = () => matchMedia("(max-width: 1100px)");

function subscribe(listener: () => void): () => void {
  const narrow = query();
  narrow.addEventListener("change", listener);
  return () => narrow.removeEventListener("change", listener);
}

export function useNarrow(): boolean {
  return useSyncExternalStore(subscribe, () => query().matches);
}
