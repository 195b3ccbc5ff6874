import { expect, test } from "vitest";
import { CompositionGuard, sends } from "./composing";

const enter = (timeStamp: number, more: { keyCode?: number; isComposing?: boolean } = {}) => ({ key: "Enter", keyCode: 13, isComposing: false, timeStamp, ...more });

test("Enter while a word is being chosen does not count", () => {
  const guard = new CompositionGuard();
  guard.started();
  expect(guard.holds(enter(10))).toBe(true);
  expect(new CompositionGuard().holds(enter(10, { isComposing: true }))).toBe(true);
});

test("the late Enter that follows the end of a composition does not count, marked 229 or not", () => {
  const guard = new CompositionGuard();
  guard.started();
  guard.ended(1000);
  expect(guard.holds(enter(1000, { keyCode: 229 }))).toBe(true);
  expect(guard.holds(enter(1002))).toBe(true);
});

test("the next Enter, after the key was let go, counts", () => {
  const guard = new CompositionGuard();
  guard.started();
  guard.ended(1000);
  guard.released();
  expect(guard.holds(enter(1050))).toBe(false);
});

test("a word chosen with the mouse does not swallow the Enter that follows", () => {
  const guard = new CompositionGuard();
  guard.started();
  guard.ended(1000);
  expect(guard.holds(enter(1600))).toBe(false);
});

test("Enter sends, or Ctrl+Enter when so set, and Shift+Enter never", () => {
  const press = { key: "Enter", shiftKey: false, ctrlKey: false, metaKey: false };
  expect(sends(press, true)).toBe(true);
  expect(sends(press, false)).toBe(false);
  expect(sends({ ...press, ctrlKey: true }, false)).toBe(true);
  expect(sends({ ...press, shiftKey: true }, true)).toBe(false);
});
