// How full the context of the open conversation is for the model that is chosen, and what can be done about it.
import { useQueryClient } from "@tanstack/react-query";
import { useHost } from "../../../host/context";
import { keys } from "../../../host/queries";
import type { Conversation } from "../../../bindings";
import { useEstimate } from "../compose/estimate";

export type Context = { used: number; window: number; compact: () => Promise<void>; undo: () => Promise<void> };

export function useContextOf(conversation: Conversation | undefined, model: string | undefined): Context | null {
  const host = useHost();
  const client = useQueryClient();
  const id = conversation?.summary.id ?? null;
  const ask = { conversation: id, parent: conversation?.leaf ?? null, text: "", attachments: [] };
  const estimate = useEstimate(ask, id && model ? [model] : [], (conversation?.contextUsed ?? 0) + (conversation?.messages.length ?? 0));
  if (!id || !model || !estimate?.contextWindow) return null;
  const laid = (next: Conversation) => void client.setQueryData(keys.conversation(id), next);
  return {
    used: conversation?.contextUsed ?? estimate.input,
    window: estimate.contextWindow,
    compact: async () => laid(await host.compactConversation(id, model)),
    undo: async () => laid(await host.undoCompaction(id)),
  };
}
