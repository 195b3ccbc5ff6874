import { renderHook } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { useStickToEnd } from "./stick";

/** A thread as an engine without a layout cannot have it: so tall, and scrolled to where it is told. */
function thread(height: number) {
  const [scroller, content] = [document.createElement("div"), document.createElement("div")];
  let top = 0;
  let tall = height;
  Object.defineProperties(scroller, {
    clientHeight: { value: 600 },
    scrollHeight: { get: () => tall },
    scrollTop: { get: () => top, set: (to: number) => (top = Math.min(to, tall - 600)) },
  });
  return { scroller: { current: scroller }, content: { current: content }, grow: (to: number) => (tall = to), scrolled: (to: number) => ((top = to), scroller.dispatchEvent(new Event("scroll"))) };
}

function sized() {
  let tell = () => {};
  vi.stubGlobal("ResizeObserver", class {
    constructor(told: () => void) {
      tell = told;
    }
    observe() {}
    disconnect() {}
  });
  return () => tell();
}

test("WebKit moved a long conversation up before it was laid out once, and it opened in its middle", () => {
  const laidOut = sized();
  vi.spyOn(performance, "now").mockReturnValue(60_000); // the window has been open for a while
  const it = thread(385_000);
  const { result } = renderHook(() => useStickToEnd(it.scroller, it.content, false));
  it.scrolled(383_400);
  expect(result.current.stuck).toBe(true);
  it.grow(386_000);
  laidOut();
  expect(it.scroller.current.scrollTop).toBe(385_400);
});

test("a conversation that stands still is let go of by the first scroll up", () => {
  const laidOut = sized();
  const now = vi.spyOn(performance, "now").mockReturnValue(60_000);
  const it = thread(5_000);
  const { result, rerender } = renderHook(() => useStickToEnd(it.scroller, it.content, false));
  laidOut();
  now.mockReturnValue(62_000);
  it.scrolled(3_000);
  rerender();
  expect(result.current.stuck).toBe(false);
});
