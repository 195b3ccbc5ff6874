import { expect, test } from "vitest";
import type { ConversationSummary, Folder } from "../../../bindings";
import { archivedRows, between, rowsOf } from "./rows";

const now = new Date(2026, 10, 21, 12, 0).getTime();
const chat = (id: string, more: Partial<ConversationSummary> = {}): ConversationSummary => ({
  id, title: id, model: null, messages: 2, cost: { nano: 0, basis: "reported" }, updatedAt: now, streaming: false, folder: null, pinned: false, archived: false, ...more,
});
const work: Folder = { id: "f1", name: "Work", position: 0 };
const keys = (all: ConversationSummary[], folders: Folder[] = [], closed: string[] = []) => rowsOf(all, folders, new Set(closed), now).map((row) => row.key);

test("what is pinned stands on top, and nowhere else", () => {
  expect(keys([chat("a"), chat("b", { pinned: true, folder: "f1" })], [work])).toEqual(["-pinned", "b", "-folders", "f1", "f1-empty", "-today", "a"]);
});

test("a closed folder shows how many it holds, not what", () => {
  const rows = rowsOf([chat("a", { folder: "f1" }), chat("b", { folder: "f1", streaming: true })], [work], new Set(["f1"]), now);
  expect(rows.map((row) => row.key)).toEqual(["-folders", "f1"]);
  expect(rows[1]).toMatchObject({ count: 2, answering: true });
});

test("a conversation whose folder is gone is found by its age", () => {
  expect(keys([chat("a", { folder: "gone" })])).toEqual(["-today", "a"]);
});

test("what is archived is only in the archive", () => {
  const all = [chat("a"), chat("b", { archived: true, pinned: true })];
  expect(keys(all)).toEqual(["-today", "a"]);
  expect(archivedRows(all).map((row) => row.key)).toEqual(["b"]);
});

test("Shift chooses what stands between, whichever way one goes and over labels", () => {
  const rows = rowsOf([chat("a"), chat("b"), chat("c", { updatedAt: now - 3 * 86_400_000 })], [], new Set(), now);
  expect(between(rows, "c", "a")).toEqual(["a", "b", "c"]);
  expect(between(rows, "gone", "b")).toEqual(["b"]);
});
