// Going to one message of the thread on screen: whoever draws the thread offers it, a search hit asks for it.
import { useEffect, useRef } from "react";

let target: ((message: string) => void) | null = null;
let wanted: string | null = null;

/** A jump that was asked for before the thread stood is made as soon as it does. */
export function jumpTo(message: string): void {
  if (target) target(message);
  else wanted = message;
}

export function useJumpTarget(scrollToMessage: (message: string) => void): void {
  const latest = useRef(scrollToMessage);
  useEffect(() => {
    latest.current = scrollToMessage;
  });
  useEffect(() => {
    const mine = (message: string) => latest.current(message);
    target = mine;
    if (wanted) mine(wanted);
    wanted = null;
    return () => {
      if (target === mine) target = null;
    };
  }, []);
}
