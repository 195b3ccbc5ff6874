// What a message in the thread can ask for. One object, so that a thousand messages share it.
import { createContext, use } from "react";
import type { Message, Model, ToolCall } from "../../bindings";

export type ThreadActions = {
  models: Model[];
  busy: boolean;
  retry: (answer: Message, model?: string) => void;
  resume: (answer: Message) => void;
  resend: (message: Message, text: string) => void;
  step: (id: string) => void;
  /** The next message follows this one: a branch begins here. */
  branch: (message: Message) => void;
  /** A new conversation with everything up to this message. */
  fork: (message: Message) => void;
  /** This message and what follows it; it can be undone. */
  remove: (message: Message) => void;
  /** Into the composer, as a quotation. */
  quote: (text: string) => void;
  /** Of a comparison: go on with this one. */
  pick: (answer: Message) => void;
  /** Which message is being edited; the composer's ↑ opens the last one. */
  editing: string | null;
  edit: (id: string | null) => void;
  answerTool: (answer: Message, call: ToolCall, how: "once" | "always" | "refuse") => void;
};

export const ActionsContext = createContext<ThreadActions | null>(null);

export function useActions(): ThreadActions {
  const actions = use(ActionsContext);
  if (!actions) throw new Error("a message stands outside of its thread");
  return actions;
}
