// Staying at the end of a growing thread until the reader looks up.
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { RefObject } from "react";

const NEAR = 24;
export type View = { top: number; height: number; content: number };

export function atEnd(view: View): boolean {
  return view.content - view.top - view.height <= NEAR;
}

/** Growth moves nothing, so only an upward scroll over unchanged or grown content is the reader's will. */
export function stillStuck(stuck: boolean, before: View, now: View): boolean {
  const shrank = now.content < before.content || now.height > before.height;
  if (now.top < before.top - 1 && !shrank) return atEnd(now) && stuck;
  return stuck || atEnd(now);
}

const viewOf = (element: HTMLElement): View => ({ top: element.scrollTop, height: element.clientHeight, content: element.scrollHeight });

export function useStickToEnd(scroller: RefObject<HTMLElement | null>, content: RefObject<HTMLElement | null>, thread: string | null) {
  const [stuck, setStuck] = useState(true);
  const [news, setNews] = useState(false);
  const now = useRef({ stuck: true, view: { top: 0, height: 0, content: 0 } });

  const letGo = useCallback((next: boolean) => {
    now.current.stuck = next;
    setStuck(next);
    if (next) setNews(false);
  }, []);

  const toEnd = useCallback(() => {
    const element = scroller.current;
    if (!element) return;
    letGo(true);
    element.scrollTop = element.scrollHeight;
    now.current.view = viewOf(element);
  }, [scroller, letGo]);

  useLayoutEffect(toEnd, [thread, toEnd]);

  useEffect(() => {
    const element = scroller.current;
    const inside = content.current;
    if (!element || !inside) return;
    const onScroll = () => {
      const view = viewOf(element);
      const next = stillStuck(now.current.stuck, now.current.view, view);
      now.current.view = view;
      if (next !== now.current.stuck) letGo(next);
    };
    // The wheel is heard before its scroll, so a stream cannot pull the reader back down in between.
    const onWheel = (event: WheelEvent) => {
      if (event.deltaY < 0 && element.scrollHeight > element.clientHeight) letGo(false);
    };
    const resize = new ResizeObserver(() => {
      if (now.current.stuck) element.scrollTop = element.scrollHeight;
      else if (element.scrollHeight > now.current.view.content) setNews(true);
      now.current.view = viewOf(element);
    });
    resize.observe(inside);
    resize.observe(element);
    element.addEventListener("scroll", onScroll, { passive: true });
    element.addEventListener("wheel", onWheel, { passive: true });
    return () => {
      resize.disconnect();
      element.removeEventListener("scroll", onScroll);
      element.removeEventListener("wheel", onWheel);
    };
  }, [scroller, content, letGo]);

  return { stuck, news, toEnd };
}
