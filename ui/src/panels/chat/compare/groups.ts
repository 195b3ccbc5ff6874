// Which answers were asked for at once, and whether the conversation has gone on with one of them.
import type { Message } from "../../../bindings";

/** The answers beside this one, in the order they were asked; empty where it stands alone or one was picked. */
export function besides(messages: Message[], answer: Message): Message[] {
  if (!answer.compare) return [];
  const group = messages.filter((one) => one.compare === answer.compare);
  return group.length > 1 && !group.some((one) => one.picked) ? group : [];
}
