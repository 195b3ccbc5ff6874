// Asking, in the scripted host: conversations in memory and answers that arrive piece by piece.
import type { Commands } from "../host";
import { plainSettings } from "../plain";
import type { Attachment, Conversation, Message } from "../../bindings";
import { message } from "./conversations";
import { notFound } from "./found";
import { drawnPicture } from "./reply";
import { Streams } from "./stream";
import type { World } from "./world";

type ChatPart = Pick<
  Commands,
  | "openConversation" | "sendMessage" | "retryAnswer" | "continueAnswer" | "stopAnswer" | "chooseLeaf" | "saveDraft" | "newDraft" | "loadEdit" | "loadPicture"
  | "queueMessage" | "unqueueMessage" | "answerToolCall" | "interruptedAnswers" | "dismissInterrupted" | "saveConversationSettings"
>;

export function find(world: World, id: string): Conversation {
  const conversation = world.conversations.get(id);
  if (!conversation) throw notFound("conversation");
  return conversation;
}

export function holding(world: World, id: string): { conversation: Conversation; message: Message } {
  for (const conversation of world.conversations.values()) {
    const held = conversation.messages.find((one) => one.id === id);
    if (held) return { conversation, message: held };
  }
  throw notFound("message");
}

export function chatCommands(world: World): ChatPart {
  const streams = new Streams(world);
  const files = (ids: string[]) => ids.map((id) => world.attachments.get(id)).filter((one): one is Attachment => one !== undefined);
  function add(conversation: Conversation, more: Partial<Message> & Pick<Message, "role" | "parent">): Message {
    const added = message({ id: world.id("m"), ...more });
    conversation.messages.push(added);
    conversation.leaf = added.id;
    return added;
  }
  return {
    openConversation: async (id) => structuredClone(find(world, id)),
    async sendMessage(ask, onEvents) {
      const conversation = ask.conversation ? find(world, ask.conversation) : world.newConversation(ask.text, ask.model);
      if (!ask.conversation) world.draft = { text: "", attachments: [], settings: plainSettings };
      conversation.queue = conversation.queue.filter((one) => one.id !== ask.queued);
      const parent = conversation.messages.find((one) => one.id === ask.parent);
      if (parent?.compare && !conversation.messages.some((one) => one.compare === parent.compare && one.picked)) parent.picked = true;
      const user = add(conversation, { role: "user", parent: ask.parent, text: ask.text, attachments: files(ask.attachments) });
      const models = ask.models.length > 1 ? ask.models : [ask.model];
      const compare = models.length > 1 ? world.id("g") : null;
      const answers = models.map((model) => add(conversation, { role: "assistant", parent: user.id, model, compare }));
      const [answer, ...others] = answers as [Message, ...Message[]];
      conversation.leaf = answer.id;
      conversation.summary.model = ask.model;
      if (!ask.queued) Object.assign(conversation, { draft: "", draftAttachments: [] });
      answers.forEach((one) => streams.begin(conversation, one, ask.text, onEvents, compare !== null));
      return structuredClone({ conversation: conversation.summary, user, answer, others });
    },
    async retryAnswer(id, model, onEvents) {
      const { conversation, message: known } = holding(world, id);
      const asked = conversation.messages.find((one) => one.id === known.parent);
      const answer = add(conversation, { role: "assistant", parent: known.parent, model });
      const summary = streams.begin(conversation, answer, asked?.text ?? "", onEvents);
      return structuredClone({ conversation: summary, user: null, answer, others: [] });
    },
    async continueAnswer(id, onEvents) {
      const { conversation, message: known } = holding(world, id);
      known.problem = null;
      const before = structuredClone(known);
      const summary = streams.begin(conversation, known, "and so it went on", onEvents);
      return { conversation: summary, user: null, answer: { ...before, state: "streaming" }, others: [] };
    },
    async stopAnswer(id) {
      streams.stop(id);
    },
    async chooseLeaf(id, leaf) {
      find(world, id).leaf = leaf;
    },
    async queueMessage({ conversation, text, attachments, model }) {
      const queued = { id: world.id("q"), text, attachments: files(attachments), model };
      find(world, conversation).queue.push(queued);
      return queued;
    },
    async unqueueMessage(id) {
      for (const one of world.conversations.values()) one.queue = one.queue.filter((queued) => queued.id !== id);
    },
    interruptedAnswers: async () => world.interrupted,
    async dismissInterrupted() {
      world.interrupted = [];
    },
    async answerToolCall(answer, call, how) {
      streams.answered(answer, call, how);
    },
    async saveConversationSettings(id, settings) {
      if (id === null) world.draft = { ...world.draft, settings };
      else find(world, id).settings = settings;
    },
    async saveDraft(id, text, attachments) {
      if (id === null) world.draft = { ...world.draft, text, attachments: files(attachments) };
      else if (!world.conversations.has(id)) world.edits.set(id, text);
      else Object.assign(find(world, id), { draft: text, draftAttachments: files(attachments) });
    },
    loadEdit: async (message) => world.edits.get(message) || null,
    newDraft: async () => world.draft,
    loadPicture: async () => drawnPicture(),
  };
}
