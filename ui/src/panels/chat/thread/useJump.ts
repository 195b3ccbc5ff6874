// Going to one message: its row is guessed at, drawn, and then put where it belongs.
import { useCallback, useEffect, useRef } from "react";
import type { RefObject } from "react";
import type { Row } from "./rows";

const TRIES = 30;
const ABOVE = 20;

type Ask = { rows: Row[]; content: RefObject<HTMLElement | null>; scroller: RefObject<HTMLElement | null>; letGo: () => void; scrollTo: (index: number) => void };

export function useJump({ rows, content, scroller, letGo, scrollTo }: Ask): (message: string) => void {
  const frame = useRef(0);
  useEffect(() => () => cancelAnimationFrame(frame.current), []);
  return useCallback(
    (message) => {
      const index = rows.findIndex((row) => row.message.id === message);
      if (index < 0) return;
      cancelAnimationFrame(frame.current);
      letGo();
      scrollTo(index);
      let calm = 0;
      let tries = 0;
      const near = () => {
        const [element, around] = [content.current?.querySelector(`[data-row=${JSON.stringify(message)}]`), scroller.current];
        const away = element && around ? element.getBoundingClientRect().top - around.getBoundingClientRect().top - ABOVE : null;
        // Rows above it may still become taller than guessed: it has arrived when it stands still.
        calm = away !== null && Math.abs(away) < 2 ? calm + 1 : 0;
        if (away !== null && around && Math.abs(away) >= 2) around.scrollTop += away;
        if (calm < 2 && tries++ < TRIES) frame.current = requestAnimationFrame(near);
        else element?.animate?.([{ backgroundColor: "var(--accent-soft)" }, { backgroundColor: "transparent" }], { duration: 1600 });
      };
      frame.current = requestAnimationFrame(near);
    },
    [rows, content, scroller, letGo, scrollTo],
  );
}
