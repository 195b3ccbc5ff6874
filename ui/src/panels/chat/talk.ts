// Sending, retrying, continuing, stopping: the commands, the live answer they open, and the cache they leave behind.
import { useQueryClient } from "@tanstack/react-query";
import type { QueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import type { Conversation, Message, SendMessage, Sent } from "../../bindings";
import { useHost } from "../../host/context";
import { withConversation } from "../../host/events";
import type { Host } from "../../host/host";
import { keys } from "../../host/queries";
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
    return this.#begin({}, (sink) => this.#host.sendMessage(ask, sink.push));
  }

  async retry(answer: string, model: string): Promise<Sent> {
    return this.#begin({}, (sink) => this.#host.retryAnswer(answer, model, sink.push));
  }

  async resume(answer: Message): Promise<Sent> {
    const { text, reasoning, pictures, toolCalls } = answer;
    return this.#begin({ text, reasoning, pictures, toolCalls }, (sink) => this.#host.continueAnswer(answer.id, sink.push));
  }

  async stop(answer: string): Promise<void> {
    await this.#host.stopAnswer(answer);
  }

  choose(conversation: string, leaf: string): void {
    this.#change(conversation, (known) => ({ ...known, leaf }));
    void this.#host.chooseLeaf(conversation, leaf);
  }

  async #begin(begin: Partial<LiveAnswer>, ask: (sink: Sink) => Promise<Sent>): Promise<Sent> {
    let conversation = "";
    const sink = this.answers.open(begin, (id, live) => this.#ended(conversation, id, live));
    const sent = await ask(sink);
    conversation = sent.conversation.id;
    this.#laid(sent);
    sink.bind(sent.answer.id);
    return sent;
  }

  #laid({ conversation: summary, user, answer }: Sent): void {
    const fresh = [user, answer].filter((message) => message !== null);
    const known = this.#client.getQueryData<Conversation>(keys.conversation(summary.id));
    const kept = (known?.messages ?? []).filter((message) => fresh.every((one) => one.id !== message.id));
    const begun = known ?? { summary, messages: [], leaf: null, draft: "" };
    // A continued answer keeps its place in time, so the order by creation stays right.
    const messages = [...kept, ...fresh].sort((a, b) => a.createdAt - b.createdAt);
    const leaf = user || !known?.messages.some((message) => message.id === answer.id) ? answer.id : known.leaf;
    void this.#client.cancelQueries({ queryKey: keys.conversation(summary.id) });
    this.#client.setQueryData<Conversation>(keys.conversation(summary.id), { ...begun, summary, messages, leaf, draft: "" });
    this.#client.setQueryData<Conversation["summary"][]>([...keys.conversations, null], (list) => withConversation(list ?? [], summary));
  }

  #ended(conversation: string, id: string, live: LiveAnswer): void {
    this.#change(conversation, (known) => ({
      ...known,
      messages: known.messages.map((message) => (message.id === id ? overlaid({ ...message, state: "streaming" }, live) : message)),
    }));
    void this.#client.invalidateQueries({ queryKey: keys.conversation(conversation) });
    // An answer that failed at once ended before its command returned, with a summary that still says "answering".
    void this.#client.invalidateQueries({ queryKey: keys.conversations });
  }

  #change(conversation: string, to: (known: Conversation) => Conversation): void {
    this.#client.setQueryData<Conversation>(keys.conversation(conversation), (known) => known && to(known));
  }
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
