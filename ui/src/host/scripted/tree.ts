// What happens to the tree of a scripted conversation: forking, deleting, picking, summarising.
import type { Commands } from "../host";
import type { Conversation, Message, Receipt } from "../../bindings";
import { find, holding } from "./chat";
import { notFound } from "./found";
import type { World } from "./world";

type TreePart = Pick<Commands, "conversationTotal" | "forkConversation" | "deleteMessage" | "restoreMessage" | "pickAnswer" | "compactConversation" | "undoCompaction">;

function pathTo(conversation: Conversation, leaf: string | null): Message[] {
  const path: Message[] = [];
  let at = conversation.messages.find((one) => one.id === leaf);
  while (at) {
    path.unshift(at);
    const parent: string | null = at.parent;
    at = conversation.messages.find((one) => one.id === parent);
  }
  return path;
}

function withAllBelow(messages: Message[], id: string): Set<string> {
  const below = new Set([id]);
  for (const one of messages) if (one.parent && below.has(one.parent)) below.add(one.id);
  return below;
}

export function treeCommands(world: World): TreePart {
  const deleted = new Map<string, { conversation: string; messages: Message[]; leaf: string | null }>();
  return {
    async conversationTotal(id) {
      const { messages, summary } = find(world, id);
      const sum = (of: (receipt: Receipt) => number | null) => messages.reduce((all, { receipt }) => all + ((receipt && of(receipt)) ?? 0), 0);
      const tokens = { input: sum((one) => one.tokens.input), cached: sum((one) => one.tokens.cached), output: sum((one) => one.tokens.output), reasoning: sum((one) => one.tokens.reasoning), basis: summary.cost.basis };
      return { tokens, cost: summary.cost, requests: messages.filter((one) => one.receipt).length };
    },
    async forkConversation(id) {
      const { conversation } = holding(world, id);
      const copy = structuredClone(conversation);
      copy.messages = pathTo(copy, id).map((one) => ({ ...one, id: `${one.id}~`, parent: one.parent && `${one.parent}~`, compare: null }));
      copy.summary = { ...copy.summary, id: world.id("c"), messages: copy.messages.length, updatedAt: Date.now(), pinned: false };
      Object.assign(copy, { leaf: `${id}~`, draft: "", draftAttachments: [], queue: [] });
      world.conversations.set(copy.summary.id, copy);
      world.emit({ type: "conversationChanged", conversation: copy.summary });
      return copy.summary;
    },
    async deleteMessage(id) {
      const { conversation, message } = holding(world, id);
      const gone = withAllBelow(conversation.messages, id);
      deleted.set(id, { conversation: conversation.summary.id, messages: conversation.messages.filter((one) => gone.has(one.id)), leaf: conversation.leaf });
      conversation.messages = conversation.messages.filter((one) => !gone.has(one.id));
      const sibling = conversation.messages.filter((one) => one.parent === message.parent).at(-1);
      if (conversation.leaf && gone.has(conversation.leaf)) conversation.leaf = sibling?.id ?? message.parent;
      return structuredClone(conversation);
    },
    async restoreMessage(id) {
      const kept = deleted.get(id);
      if (!kept) throw notFound("message");
      const conversation = find(world, kept.conversation);
      conversation.messages = [...conversation.messages, ...kept.messages].sort((a, b) => a.createdAt - b.createdAt);
      conversation.leaf = kept.leaf;
      return structuredClone(conversation);
    },
    async pickAnswer(id) {
      const { conversation, message } = holding(world, id);
      for (const one of conversation.messages) if (one.compare && one.compare === message.compare) one.picked = one.id === id;
      conversation.leaf = id;
    },
    async compactConversation(id) {
      const conversation = find(world, id);
      const path = pathTo(conversation, conversation.leaf);
      const through = path[Math.max(0, path.length - 3)];
      if (!through) return structuredClone(conversation);
      path.slice(0, path.indexOf(through) + 1).forEach((one) => (one.compacted = true));
      conversation.compaction = { through: through.id, text: "They looked for what holds a stream back, and found the proxy's buffer.", tokens: 180 };
      conversation.contextUsed = 2_400;
      return structuredClone(conversation);
    },
    async undoCompaction(id) {
      const conversation = find(world, id);
      conversation.messages.forEach((one) => (one.compacted = false));
      conversation.compaction = null;
      return structuredClone(conversation);
    },
  };
}
