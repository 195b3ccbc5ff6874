import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Attachment } from "../../bindings";
import { Drafts } from "./drafts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const typed = (text: string) => ({ text, files: [] });
const photo: Attachment = { id: "a1", name: "cat.png", mime: "image/png", kind: "picture", size: 1, tokens: 765, pages: null, problem: null };

test("typing is saved once, a moment after a burst of keys", () => {
  const save = vi.fn();
  const drafts = new Drafts(save);
  for (const text of ["H", "He", "Hel"]) drafts.set("c1", typed(text));
  expect(save).not.toHaveBeenCalled();
  vi.runAllTimers();
  expect(save.mock.calls).toEqual([["c1", typed("Hel")]]);
});

test("who types without a rest loses no more than the last moment", () => {
  const save = vi.fn();
  const drafts = new Drafts(save);
  for (let length = 1; length <= 50; length += 1) {
    drafts.set("c1", typed("x".repeat(length)));
    vi.advanceTimersByTime(40);
  }
  const saved: number = save.mock.calls.at(-1)?.[1].text.length ?? 0;
  expect(saved).toBeGreaterThan(45);
});

test("each conversation keeps its own, and a closing window saves them all", () => {
  const save = vi.fn();
  const drafts = new Drafts(save);
  drafts.set("c1", typed("one"));
  drafts.set(null, typed("not begun"));
  drafts.flush();
  expect(save.mock.calls).toEqual([["c1", typed("one")], [null, typed("not begun")]]);
  expect(drafts.get("c1")?.text).toBe("one");
  vi.runAllTimers();
  expect(save).toHaveBeenCalledTimes(2);
});

test("what is typed while a conversation begins goes along with it", () => {
  const drafts = new Drafts(vi.fn());
  drafts.set(null, typed("and another thing"));
  drafts.move(null, "c9");
  expect([drafts.get("c9")?.text, drafts.get(null)?.text]).toEqual(["and another thing", ""]);
  drafts.move(null, "c1");
  expect(drafts.get("c1")).toBeUndefined();
});

test("what was sent or given up is forgotten, here and by the host", () => {
  const save = vi.fn();
  const drafts = new Drafts(save);
  drafts.set("m1", typed("half an edit"));
  drafts.forget("m1");
  vi.runAllTimers();
  expect(save.mock.calls).toEqual([["m1", { text: "", files: [] }]]);
  expect(drafts.get("m1")).toBeUndefined();
});

test("what is attached is part of the draft", () => {
  const save = vi.fn();
  const drafts = new Drafts(save);
  drafts.set("c1", { text: "Who is this?", files: [photo] });
  drafts.flush();
  expect(save).toHaveBeenCalledWith("c1", { text: "Who is this?", files: [photo] });
});
