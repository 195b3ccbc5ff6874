// Where the thread is scrolled to: at its end while it grows, until the reader looks up; and then nothing moves under their eyes.
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { RefObject } from "react";

const NEAR = 24;
/** While it grows, the engine moves the thread too, as it lays it out: then only a hand on wheel, key, bar or screen counts. */
const SETTLING = 800;
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

/** Keys that mean "up" where the thread has the focus. */
export function looksUp(event: Pick<KeyboardEvent, "key" | "shiftKey">): boolean {
  return ["ArrowUp", "PageUp", "Home"].includes(event.key) || (event.key === " " && event.shiftKey);
}

const viewOf = (element: HTMLElement): View => ({ top: element.scrollTop, height: element.clientHeight, content: element.scrollHeight });

/** What is read stays where it is: the first thing in view, and where in the content it stood. */
type Anchor = { element: Element; at: number };

function anchorIn(scroller: HTMLElement, content: HTMLElement): Anchor | null {
  const edge = scroller.getBoundingClientRect().top;
  const below = (elements: Iterable<Element>) => {
    for (const element of elements) if (element.getBoundingClientRect().bottom > edge + 1) return element;
    return null;
  };
  const row = below(content.querySelectorAll("[data-row]"));
  const element = row && (below(row.querySelectorAll(".block-part")) ?? row);
  return element && { element, at: placeOf(element, scroller) };
}

const placeOf = (element: Element, scroller: HTMLElement) => element.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop;

/** `settle` is called whenever the thread has drawn other rows; growth of what is drawn is noticed here. */
export function useStickToEnd(scroller: RefObject<HTMLElement | null>, content: RefObject<HTMLElement | null>, growing: boolean) {
  const [stuck, setStuck] = useState(true);
  const [news, setNews] = useState(false);
  // Until it has been laid out once, whatever moves it is the engine.
  const now = useRef({ stuck: true, view: { top: 0, height: 0, content: 0 }, anchor: null as Anchor | null, changed: Infinity, pressed: false, growing });
  useLayoutEffect(() => {
    now.current.growing = growing;
  }, [growing]);

  const hold = useCallback((next: boolean) => {
    now.current.stuck = next;
    setStuck(next);
    if (next) setNews(false);
  }, []);

  const note = useCallback(() => {
    const [element, inside] = [scroller.current, content.current];
    if (!element || !inside) return;
    now.current.view = viewOf(element);
    now.current.anchor = now.current.stuck ? null : anchorIn(element, inside);
  }, [scroller, content]);

  /** The list may draw again before the scroll that made it do so is heard here: whoever is first asks what it meant. */
  const judge = useCallback(
    (element: HTMLElement, scrolled: boolean) => {
      const { stuck: held, view, pressed, changed, growing: grows } = now.current;
      const seen = viewOf(element);
      const next = stillStuck(held, view, seen);
      // A picture that was drawn late takes its place before anything is heard of it: the content differs, and nobody's hand was there.
      const late = !scrolled && seen.content !== view.content;
      const engine = held && !next && !pressed && (grows || late || performance.now() - changed < SETTLING);
      // Only a scroll takes hold again: a wheel turned upwards has let go before anything has moved.
      if (next !== held && !engine && (scrolled || held)) hold(next);
    },
    [hold],
  );

  const settle = useCallback(() => {
    const element = scroller.current;
    if (!element) return;
    judge(element, false);
    const { anchor } = now.current;
    if (now.current.stuck) element.scrollTop = element.scrollHeight;
    else if (anchor?.element.isConnected) {
      const shift = placeOf(anchor.element, element) - anchor.at;
      if (Math.abs(shift) > 0.5) element.scrollTop += shift;
    }
    note();
  }, [scroller, note, judge]);

  const toEnd = useCallback(() => {
    hold(true);
    settle();
  }, [hold, settle]);

  const letGo = useCallback(() => {
    hold(false);
    note();
  }, [hold, note]);

  useLayoutEffect(toEnd, [toEnd]);

  useEffect(() => {
    const element = scroller.current;
    const inside = content.current;
    if (!element || !inside) return;
    const onScroll = () => {
      judge(element, true);
      if (now.current.stuck) settle();
      else note();
    };
    const onPress = (event: Event) => (now.current.pressed = event.type === "pointerdown");
    // Wheel, finger and key are heard before their scroll, so a stream cannot pull the reader back down in between.
    const up = () => {
      if (now.current.stuck && element.scrollHeight > element.clientHeight && element.scrollTop > 0) letGo();
    };
    const onWheel = (event: WheelEvent) => event.deltaY < 0 && up();
    const onKey = (event: KeyboardEvent) => looksUp(event) && !(event.target instanceof HTMLTextAreaElement) && up();
    let finger = 0;
    const onTouch = (event: TouchEvent) => {
      const y = event.touches[0]?.clientY ?? finger;
      if (event.type === "touchmove" && y > finger + 4) up();
      finger = y;
    };
    const resize = new ResizeObserver(() => {
      if (!now.current.stuck && element.scrollHeight > now.current.view.content) setNews(true);
      if (element.scrollHeight !== now.current.view.content || now.current.changed === Infinity) now.current.changed = performance.now();
      settle();
    });
    resize.observe(inside);
    resize.observe(element);
    const passive = { passive: true };
    element.addEventListener("scroll", onScroll, passive);
    element.addEventListener("wheel", onWheel, passive);
    element.addEventListener("touchstart", onTouch, passive);
    element.addEventListener("touchmove", onTouch, passive);
    element.addEventListener("keydown", onKey);
    element.addEventListener("pointerdown", onPress, passive);
    window.addEventListener("pointerup", onPress, passive);
    return () => {
      resize.disconnect();
      element.removeEventListener("scroll", onScroll);
      element.removeEventListener("wheel", onWheel);
      element.removeEventListener("touchstart", onTouch);
      element.removeEventListener("touchmove", onTouch);
      element.removeEventListener("keydown", onKey);
      element.removeEventListener("pointerdown", onPress);
      window.removeEventListener("pointerup", onPress);
    };
  }, [scroller, content, judge, note, settle, letGo]);

  return { stuck, news, toEnd, letGo, settle };
}
