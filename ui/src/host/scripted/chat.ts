// The chat half of the scripted host: a tree of messages in memory and replies that arrive piece by piece.
import type { ChatEvent, Conversation, ConversationSummary, Message, Problem, Sent } from "../../bindings";
import type { Commands } from "../host";
import { receipt } from "./conversations";
import { drawnPicture, scriptFor } from "./reply";
import type { World } from "./world";

export type ChatCommands = Pick<
  Commands,
  | "listConversations" | "openConversation" | "sendMessage" | "retryAnswer" | "continueAnswer" | "stopAnswer" | "chooseLeaf"
  | "renameConversation" | "deleteConversation" | "restoreConversation" | "saveDraft" | "newDraft" | "loadPicture"
>;

export const notFound = (what: string): Problem => ({ code: "not_found", fault: "nexdesk", message: `There is no such ${what}.`, remedy: null, detail: null });

type Running = { timer: ReturnType<typeof setInterval>; end: (state: Message["state"]) => void };

export function chatCommands(world: World): ChatCommands {
  const deleted = new Map<string, Conversation>();
  const running = new Map<string, Running>();
  let newDraft = "";

  function find(id: string): Conversation {
    const conversation = world.conversations.get(id);
    if (!conversation) throw notFound("conversation");
    return conversation;
  }
  function holding(answer: string): { conversation: Conversation; message: Message } {
    for (const conversation of world.conversations.values()) {
      const message = conversation.messages.find((one) => one.id === answer);
      if (message) return { conversation, message };
    }
    throw notFound("answer");
  }
  function touch(conversation: Conversation, streaming: boolean): ConversationSummary {
    const summary = { ...conversation.summary, messages: conversation.messages.length, updatedAt: Date.now(), streaming };
    conversation.summary = summary;
    world.emit({ type: "conversationChanged", conversation: summary });
    return summary;
  }
  function addMessage(conversation: Conversation, more: Partial<Message> & Pick<Message, "role" | "parent">): Message {
    const message: Message = {
      id: world.id("m"), state: "complete", model: null, text: "", reasoning: "", reasoningMs: null, toolCalls: [], pictures: [],
      receipt: null, problem: null, createdAt: Date.now(), ...more,
    };
    conversation.messages.push(message);
    conversation.leaf = message.id;
    return message;
  }

  function stream(conversation: Conversation, message: Message, prompt: string, onEvents: (events: ChatEvent[]) => void): Sent["conversation"] {
    const script = scriptFor(prompt, message.model ?? "");
    const waiting = [...script.events];
    message.state = "streaming";
    world.streaming(1);
    const row = world.exchangeBegins(message.model ?? "");
    const end: Running["end"] = (state) => {
      clearInterval(timer);
      running.delete(message.id);
      const [gateway = "", name = ""] = (message.model ?? "").split(/\/(.*)/);
      const paid = state === "failed" ? null : receipt(name, world.gatewayName(gateway), gateway === "sandbox" ? 0 : 0.0041, { exchange: row.id });
      Object.assign(message, { state, reasoningMs: script.reasoningMs, receipt: paid, problem: state === "stopped" ? null : script.problem });
      touch(conversation, false);
      onEvents([{ type: "ended", state, reasoningMs: message.reasoningMs, receipt: message.receipt, problem: message.problem }]);
      world.exchangeEnds(row, state, message);
      world.streaming(-1);
    };
    const timer = setInterval(() => {
      const batch = waiting.splice(0, 2);
      if (!batch.length) return end(script.state);
      batch.forEach((event) => record(message, event));
      onEvents(batch);
    }, world.pace);
    running.set(message.id, { timer, end });
    return touch(conversation, true);
  }

  return {
    async listConversations(search) {
      const wanted = search?.toLowerCase();
      const all = [...world.conversations.values()].filter(
        (one) => !wanted || one.summary.title.toLowerCase().includes(wanted) || one.messages.some((message) => message.text.toLowerCase().includes(wanted)),
      );
      return all.map((one) => one.summary).sort((a, b) => b.updatedAt - a.updatedAt);
    },
    async openConversation(id) {
      return structuredClone(find(id));
    },
    async sendMessage(ask, onEvents) {
      const conversation = ask.conversation ? find(ask.conversation) : world.newConversation(ask.text, ask.model);
      const user = addMessage(conversation, { role: "user", parent: ask.parent, text: ask.text });
      const answer = addMessage(conversation, { role: "assistant", parent: user.id, model: ask.model });
      conversation.summary.model = ask.model;
      conversation.draft = "";
      const summary = stream(conversation, answer, ask.text, onEvents);
      return structuredClone({ conversation: summary, user, answer });
    },
    async retryAnswer(id, model, onEvents) {
      const { conversation, message } = holding(id);
      const asked = conversation.messages.find((one) => one.id === message.parent);
      const answer = addMessage(conversation, { role: "assistant", parent: message.parent, model });
      const summary = stream(conversation, answer, asked?.text ?? "", onEvents);
      return structuredClone({ conversation: summary, user: null, answer });
    },
    async continueAnswer(id, onEvents) {
      const { conversation, message } = holding(id);
      message.problem = null;
      const before = structuredClone(message);
      const summary = stream(conversation, message, "and so it went on", onEvents);
      return { conversation: summary, user: null, answer: { ...before, state: "streaming" } };
    },
    async stopAnswer(id) {
      running.get(id)?.end("stopped");
    },
    async chooseLeaf(id, leaf) {
      find(id).leaf = leaf;
    },
    async renameConversation(id, title) {
      const conversation = find(id);
      conversation.summary = { ...conversation.summary, title };
      world.emit({ type: "conversationChanged", conversation: conversation.summary });
      return conversation.summary;
    },
    async deleteConversation(id) {
      deleted.set(id, find(id));
      world.conversations.delete(id);
    },
    async restoreConversation(id) {
      const conversation = deleted.get(id);
      if (!conversation) throw notFound("conversation");
      world.conversations.set(id, conversation);
      return conversation.summary;
    },
    async saveDraft(id, text) {
      if (id) find(id).draft = text;
      else newDraft = text;
    },
    newDraft: async () => newDraft,
    loadPicture: async () => drawnPicture(),
  };
}

function record(message: Message, event: ChatEvent): void {
  if (event.type === "text") message.text += event.text;
  if (event.type === "reasoning") message.reasoning += event.text;
  if (event.type === "picture") message.pictures.push(event.id);
  if (event.type === "toolCall") {
    const call = (message.toolCalls[event.index] ??= { id: event.id ?? "", name: event.name ?? "", arguments: "" });
    call.arguments += event.arguments;
  }
}
