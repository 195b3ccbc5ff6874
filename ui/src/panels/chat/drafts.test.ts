import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Drafts } from "./drafts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("typing is saved once, a moment after the last key", () => {
  const save = vi.fn();
  const drafts = new Drafts(save);
  for (const text of ["H", "He", "Hel"]) drafts.set("c1", text);
  expect(save).not.toHaveBeenCalled();
  vi.runAllTimers();
  expect(save.mock.calls).toEqual([["c1", "Hel"]]);
});

test("each conversation keeps its own, and a closing window saves them all", () => {
  const save = vi.fn();
  const drafts = new Drafts(save);
  drafts.set("c1", "one");
  drafts.set(null, "not begun");
  drafts.flush();
  expect(save.mock.calls).toEqual([["c1", "one"], [null, "not begun"]]);
  expect(drafts.get("c1")).toBe("one");
  vi.runAllTimers();
  expect(save).toHaveBeenCalledTimes(2);
});
