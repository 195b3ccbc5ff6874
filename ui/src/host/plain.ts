// What a conversation begins with, where nobody has set anything.
import type { ConversationSettings } from "../bindings";

export const plainSettings: ConversationSettings = {
  systemPrompt: "", assistant: null, temperature: null, topP: null, maxTokens: null, presencePenalty: null, frequencyPenalty: null,
  reasoningEffort: null, seed: null, stop: [], schema: null, extra: null, mcpServers: [], autoContinue: false,
};
