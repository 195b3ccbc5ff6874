// Sending, retrying, continuing, stopping: the commands, the live answers they open, and the cache they leave behind.
import { useQueryClient } from "@tanstack/react-query";
import type { QueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { useHost } from "../../host/context";
import { withConversation } from "../../host/events";
import type { Host, OnEvents } from "../../host/host";
import { asProblem } from "../../host/problem";
import { keys } from "../../host/queries";
import { plainSettings } from "../../host/plain";
import type { Conversation, ConversationSummary, Message, SendMessage, Sent } from "../../bindings";
import { inWords } from "../../parts/problem";
import { tellProblem } from "../../primitives/toast";
import { Answers, overlaid } from "./answers";
import type { LiveAnswer, Sink } from "./answers";

export class Talk {
  readonly answers = new Answers();
  #host: Host;
  #client: QueryClient;

  constructor(host: Host, client: QueryClient) {
    this.#host = host;
    this.#client = client;
  }

  async send(ask: SendMessage): Promise<Sent> {
    const sent = await this.#begin({}, (onEvents) => this.#host.sendMessage(ask, onEvents));
    // What waited in the queue was no draft.
    const drafted = ask.queued ? {} : { draft: "", draftAttachments: [] };
    this.change(sent.conversation.id, (known) => ({ ...known, ...drafted, queue: known.queue.filter((one) => one.id !== ask.queued) }));
    return sent;
  }

  async retry(answer: string, model: string): Promise<Sent> {
    return this.#begin({}, (onEvents) => this.#host.retryAnswer(answer, model, onEvents));
  }

  async resume(answer: Message): Promise<Sent> {
    const { text, reasoning, pictures, toolCalls, citations } = answer;
    return this.#begin({ text, reasoning, pictures, toolCalls, citations }, (onEvents) => this.#host.continueAnswer(answer.id, onEvents));
  }

  async stop(answer: string): Promise<void> {
    await this.#host.stopAnswer(answer);
  }

  choose(conversation: string, leaf: string): void {
    this.change(conversation, (known) => ({ ...known, leaf }));
    void this.#host.chooseLeaf(conversation, leaf);
  }

  change(conversation: string, to: (known: Conversation) => Conversation): void {
    this.#client.setQueryData<Conversation>(keys.conversation(conversation), (known) => known && to(known));
  }

  /** Sends the first message in the queue after what the conversation has come to. */
  async sendQueued(conversation: string): Promise<void> {
    const known = this.#client.getQueryData<Conversation>(keys.conversation(conversation));
    const queued = known?.queue[0];
    if (!known || !queued) return;
    const attachments = queued.attachments.map((one) => one.id);
    await this.send({ conversation, parent: known.leaf, text: queued.text, model: queued.model, models: [], attachments, queued: queued.id });
  }

  async #begin(begin: Partial<LiveAnswer>, ask: (onEvents: OnEvents) => Promise<Sent>): Promise<Sent> {
    let conversation = "";
    const open = () => this.answers.open(begin, (id, live) => this.#ended(conversation, id, live));
    const alone = open();
    // The answers of a comparison share one channel; each batch says whose it is.
    const marked = new Map<string, Sink>();
    const sinkOf = (id: string) => {
      const sink = marked.get(id) ?? open();
      marked.set(id, sink);
      return sink;
    };
    const sent = await ask((events) => {
      const [first, ...rest] = events;
      if (first?.type === "answer") sinkOf(first.id).push(rest);
      else alone.push(events);
    });
    conversation = sent.conversation.id;
    this.#laid(sent);
    if (sent.others.length) [sent.answer, ...sent.others].forEach(({ id }) => sinkOf(id).bind(id));
    else alone.bind(sent.answer.id);
    return sent;
  }

  #laid({ conversation: summary, user, answer, others }: Sent): void {
    const fresh = [user, answer, ...others].filter((message) => message !== null);
    const known = this.#client.getQueryData<Conversation>(keys.conversation(summary.id));
    const kept = (known?.messages ?? []).filter((message) => fresh.every((one) => one.id !== message.id));
    const begun: Conversation = known ?? { summary, messages: [], leaf: null, draft: "", draftAttachments: [], settings: plainSettings, queue: [], contextUsed: null, compaction: null };
    // A continued answer keeps its place in time, so the order by creation stays right.
    const messages = [...kept, ...fresh].sort((a, b) => a.createdAt - b.createdAt);
    const leaf = user || !known?.messages.some((message) => message.id === answer.id) ? answer.id : known.leaf;
    void this.#client.cancelQueries({ queryKey: keys.conversation(summary.id) });
    this.#client.setQueryData<Conversation>(keys.conversation(summary.id), { ...begun, summary, messages, leaf });
    this.#client.setQueryData<ConversationSummary[]>([...keys.conversations, null], (list) => withConversation(list ?? [], summary));
  }

  #ended(conversation: string, id: string, live: LiveAnswer): void {
    this.change(conversation, (known) => ({
      ...known,
      messages: known.messages.map((message) => (message.id === id ? overlaid({ ...message, state: "streaming" }, live) : message)),
    }));
    void this.#client.invalidateQueries({ queryKey: keys.conversation(conversation) });
    // An answer that failed at once ended before its command returned, with a summary that still says "answering".
    void this.#client.invalidateQueries({ queryKey: keys.conversations });
    if (this.#clear(conversation, id)) void this.sendQueued(conversation).catch((thrown: unknown) => tellProblem(inWords(asProblem(thrown))));
  }

  /** What waits is sent after an answer that came to its end; after any other, the person decides. */
  #clear(conversation: string, id: string): boolean {
    const known = this.#client.getQueryData<Conversation>(keys.conversation(conversation));
    const answer = known?.messages.find((one) => one.id === id);
    return answer?.state === "complete" && answer.compare === null && known?.leaf === id;
  }
}

/** Whether anything in the conversation is still coming: of a comparison, any of its answers. */
export function isAnswering(messages: Message[]): boolean {
  return messages.some((one) => one.state === "streaming");
}

const talks = new WeakMap<Host, Talk>();

/** One per host, not per panel: an answer keeps arriving while another panel is on screen. */
export function useTalk(): Talk {
  const host = useHost();
  const client = useQueryClient();
  const talk = talks.get(host) ?? new Talk(host, client);
  talks.set(host, talk);
  return talk;
}

export function useLive(message: Message): Message {
  const { answers } = useTalk();
  const live = useSyncExternalStore(
    (listener) => answers.subscribe(message.id, listener),
    () => answers.get(message.id),
  );
  return overlaid(message, live);
}
