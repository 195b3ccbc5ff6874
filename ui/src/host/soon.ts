// The bridge's types under one roof, with what a conversation begins with.
import type { ConversationSettings } from "../bindings";

export type * from "../bindings";

/** What a conversation begins with. */
export const plainSettings: ConversationSettings = {
  systemPrompt: "", assistant: null, temperature: null, topP: null, maxTokens: null, presencePenalty: null, frequencyPenalty: null,
  reasoningEffort: null, seed: null, stop: [], schema: null, extra: null, mcpServers: [], autoContinue: false,
};
