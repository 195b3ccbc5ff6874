// What a message in the thread can ask for. One object, so that a thousand messages share it.
import { createContext, use } from "react";
import type { Message, Model } from "../../bindings";

export type ThreadActions = {
  models: Model[];
  busy: boolean;
  retry: (answer: Message, model?: string) => void;
  resume: (answer: Message) => void;
  resend: (message: Message, text: string) => void;
  step: (id: string) => void;
};

export const ActionsContext = createContext<ThreadActions | null>(null);

export function useActions(): ThreadActions {
  const actions = use(ActionsContext);
  if (!actions) throw new Error("a message stands outside of its thread");
  return actions;
}
