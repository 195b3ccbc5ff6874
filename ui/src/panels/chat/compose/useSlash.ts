// The state of the "/" menu: open while the text is a slash and a name, closed by Esc until the text changes.
import { useState } from "react";
import type { KeyboardEvent } from "react";
import { usePrompts } from "../../../host/queries";
import type { Prompt } from "../../../bindings";
import { fitting, slashed } from "./slash";

export function useSlash(text: string, onPick: (prompt: Prompt) => void) {
  const all = usePrompts() ?? [];
  const [state, setState] = useState({ text: "", active: 0, closed: false });
  const fresh = state.text === text ? state : { text, active: 0, closed: false };
  const typed = slashed(text);
  const prompts = typed !== null && !fresh.closed ? fitting(all, typed) : [];
  // Where no prompt fits, it is a message that begins with a slash: a path, a command.
  const open = prompts.length > 0;
  const active = Math.min(fresh.active, Math.max(0, prompts.length - 1));
  const move = (to: number) => setState({ ...fresh, active: (to + prompts.length) % Math.max(1, prompts.length) });

  function onKey(event: KeyboardEvent): boolean {
    if (!open) return false;
    const chosen = prompts[active];
    if (event.key === "ArrowDown") move(active + 1);
    else if (event.key === "ArrowUp") move(active - 1);
    else if (event.key === "Escape") setState({ ...fresh, closed: true });
    else if ((event.key === "Enter" || event.key === "Tab") && chosen) onPick(chosen);
    else return false;
    event.preventDefault();
    return true;
  }
  return { open, prompts, active, onActive: (index: number) => setState({ ...fresh, active: index }), onKey };
}
