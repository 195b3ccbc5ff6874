// The list of the scripted host: deleting, moving, pinning, and full-text search with its `model:` and the like.
import type { Commands } from "../host";
import type { Conversation, ConversationSummary, Message, SearchHit } from "../../bindings";
import { find } from "./chat";
import { notFound } from "./found";
import type { World } from "./world";

type ListPart = Pick<
  Commands,
  "listConversations" | "renameConversation" | "deleteConversation" | "restoreConversation" | "search" | "moveConversation" | "pinConversation" | "archiveConversation"
>;

type Query = { words: string[]; filters: ((message: Message) => boolean)[] };

function read(query: string): Query {
  const words: string[] = [];
  const filters: Query["filters"] = [];
  for (const piece of query.toLowerCase().match(/\S+/g) ?? []) {
    const [, name, value = ""] = /^(model|has|cost|before|after):(\S+)$/.exec(piece) ?? [];
    if (name === "model") filters.push((one) => one.model?.toLowerCase().includes(value) ?? false);
    else if (name === "has") filters.push((one) => (value === "image" ? one.pictures.length > 0 || one.attachments.some((file) => file.kind === "picture") : one.toolCalls.length > 0));
    else if (name === "cost") filters.push((one) => (one.receipt?.cost.nano ?? 0) / 1e9 > Number(value.replace(/^[>≥=]+/, "")));
    else if (name === "before") filters.push((one) => one.createdAt < Date.parse(value));
    else if (name === "after") filters.push((one) => one.createdAt >= Date.parse(value));
    else words.push(piece);
  }
  return { words, filters };
}

function hit({ summary }: Conversation, message: Message, words: string[]): SearchHit {
  const text = message.text.replace(/[*`#>]+/g, "").replace(/\s+/g, " ");
  const first = Math.max(0, text.toLowerCase().indexOf(words[0] ?? ""));
  const snippet = text.slice(Math.max(0, first - 40), first + 100);
  const at = words.flatMap((word) => [...snippet.toLowerCase().matchAll(new RegExp(word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "g"))].map((found): [number, number] => [found.index, found.index + word.length]));
  return { conversation: summary.id, message: message.id, title: summary.title, snippet, at: at.sort((a, b) => a[0] - b[0]), model: message.model, createdAt: message.createdAt, archived: summary.archived };
}

export function listCommands(world: World): ListPart {
  const deleted = new Map<string, Conversation>();
  function change(id: string, to: Partial<ConversationSummary>): ConversationSummary {
    const conversation = find(world, id);
    conversation.summary = { ...conversation.summary, ...to };
    world.emit({ type: "conversationChanged", conversation: conversation.summary });
    return conversation.summary;
  }
  return {
    listConversations: async () => [...world.conversations.values()].map((one) => one.summary).sort((a, b) => b.updatedAt - a.updatedAt),
    renameConversation: async (id, title) => change(id, { title }),
    async deleteConversation(id) {
      deleted.set(id, find(world, id));
      world.conversations.delete(id);
    },
    async restoreConversation(id) {
      const conversation = deleted.get(id);
      if (!conversation) throw notFound("conversation");
      world.conversations.set(id, conversation);
      return conversation.summary;
    },
    async search(query, limit) {
      const { words, filters } = read(query);
      const all = [...world.conversations.values()].sort((a, b) => b.summary.updatedAt - a.summary.updatedAt);
      const hits = all.flatMap((conversation) =>
        conversation.messages
          .filter((one) => words.every((word) => one.text.toLowerCase().includes(word)) && filters.every((filter) => filter(one)))
          .map((one) => hit(conversation, one, words)),
      );
      return hits.slice(0, limit);
    },
    moveConversation: async (id, folder) => change(id, { folder }),
    pinConversation: async (id, pinned) => change(id, { pinned }),
    archiveConversation: async (id, archived) => change(id, { archived }),
  };
}
