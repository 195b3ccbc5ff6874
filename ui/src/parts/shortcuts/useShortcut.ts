// Who answers which command: a panel offers what it can do while it is on screen, the window hears the keys.
import { useEffect, useRef } from "react";
import type { Command } from "./table";
import { commandOf } from "./table";

const offered = new Map<Command, (() => void)[]>();

/** What can be done at this moment. */
export function canDo(command: Command): boolean {
  return (offered.get(command)?.length ?? 0) > 0;
}

export function run(command: Command): boolean {
  const act = offered.get(command)?.at(-1);
  act?.();
  return act !== undefined;
}

/** Null offers nothing: the command cannot be done here and now. */
export function useShortcut(command: Command, act: (() => void) | null): void {
  const latest = useRef(act);
  useEffect(() => {
    latest.current = act;
  });
  const possible = act !== null;
  useEffect(() => {
    if (!possible) return;
    const mine = () => latest.current?.();
    offered.set(command, [...(offered.get(command) ?? []), mine]);
    return () => void offered.set(command, (offered.get(command) ?? []).filter((one) => one !== mine));
  }, [command, possible]);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement || (target instanceof HTMLElement && target.isContentEditable);
}

/** Once, in the window. A dialog keeps the keys to itself, but for the palette that closes itself. */
export function useShortcutKeys(): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return;
      const command = commandOf(event, isTyping(event.target));
      if (!command) return;
      const covered = document.querySelector("[role=dialog], [role=alertdialog]") !== null;
      if (covered && command !== "palette") return;
      // Even where nobody answers: Ctrl R must not reload the window, nor Ctrl F open the engine's own search.
      event.preventDefault();
      run(command);
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
}
