import { expect, test } from "vitest";
import type { Message } from "../../bindings";
import { deepestLeaf, pathTo, siblingsOf } from "./tree";

const at = (id: string, parent: string | null, createdAt: number) => ({ id, parent, createdAt }) as Message;
const tree = [at("q", null, 1), at("a1", "q", 2), at("a2", "q", 4), at("q2", "a1", 3), at("b", "q2", 5), at("q3", "a1", 6)];
const ids = (messages: Message[]) => messages.map((message) => message.id);

test("the thread is the path from the first message to the leaf", () => {
  expect(ids(pathTo(tree, "b"))).toEqual(["q", "a1", "q2", "b"]);
  expect(ids(pathTo(tree, "a2"))).toEqual(["q", "a2"]);
});

test("a leaf that is gone falls back to the newest message instead of nothing", () => {
  expect(ids(pathTo(tree, "gone"))).toEqual(["q", "a1", "q3"]);
});

test("children of one parent are siblings, oldest first", () => {
  expect(siblingsOf(tree).get("a2")).toEqual({ ids: ["a1", "a2"], at: 1 });
  expect(siblingsOf(tree).get("b")?.ids).toEqual(["b"]);
});

test("stepping to a sibling shows its newest branch", () => {
  expect(deepestLeaf(tree, "a1")).toBe("q3");
  expect(deepestLeaf(tree, "a2")).toBe("a2");
});
