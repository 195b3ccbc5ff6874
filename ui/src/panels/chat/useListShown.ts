// Whether the list stands beside the thread: Ctrl B puts it away and brings it back, and the window remembers.
import { useState } from "react";
import { run, useShortcut } from "../../parts/shortcuts/useShortcut";

const KEPT = "nexdesk.listHidden";

export function useListShown(): boolean {
  const [hidden, setHidden] = useState(() => localStorage.getItem(KEPT) === "1");
  function show(shown: boolean) {
    localStorage.setItem(KEPT, shown ? "0" : "1");
    setHidden(!shown);
  }
  useShortcut("toggleList", () => show(hidden));
  useShortcut("search", hidden ? () => {
    show(true);
    setTimeout(() => run("search"), 50); // once its field is there
  } : null);
  return !hidden;
}
