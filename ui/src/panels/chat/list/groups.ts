// The conversation list by age.
import type { ConversationSummary } from "../../../bindings";
import { startOfDay } from "../../../primitives/format";

export type Age = "today" | "yesterday" | "week" | "older";
const DAY = 86_400_000;

export function byAge(list: ConversationSummary[], now: number): { age: Age; conversations: ConversationSummary[] }[] {
  const today = startOfDay(now);
  const yesterday = startOfDay(today - DAY / 2); // half a day back survives a clock change
  const week = startOfDay(today - 6.5 * DAY);
  const ageOf = (at: number): Age => (at >= today ? "today" : at >= yesterday ? "yesterday" : at >= week ? "week" : "older");
  const ages: Age[] = ["today", "yesterday", "week", "older"];
  return ages
    .map((age) => ({ age, conversations: list.filter((one) => ageOf(one.updatedAt) === age) }))
    .filter((group) => group.conversations.length > 0);
}
