import { expect, test } from "vitest";
import type { ConversationSummary } from "../../../bindings";
import { byAge } from "./groups";

const hour = 3_600_000;
const now = new Date(2026, 10, 21, 1, 0).getTime(); // one in the morning: yesterday is two hours ago

test("conversations are grouped by calendar days, not by hours", () => {
  const list = [0.5, 2, 30, 24 * 5, 24 * 60].map((hours) => ({ id: String(hours), updatedAt: now - hours * hour }) as ConversationSummary);
  expect(byAge(list, now).map(({ age, conversations }) => [age, conversations.map((one) => one.id)])).toEqual([
    ["today", ["0.5"]], ["yesterday", ["2"]], ["week", ["30", "120"]], ["older", ["1440"]],
  ]);
});
