// Answers of the scripted gateway as they run: piece by piece, waiting where a tool call has to be allowed.
import type { ChatEvent, Conversation, ConversationSummary, Message, ToolCall } from "../../bindings";
import { receipt, toolCall } from "./conversations";
import type { Script } from "./reply";
import { scriptFor } from "./reply";
import type { World } from "./world";

type OnEvents = (events: ChatEvent[]) => void;
type Running = { end: (state: Message["state"]) => void; answered: (call: string, how: "once" | "always" | "refuse") => void };

export class Streams {
  readonly #world: World;
  readonly #running = new Map<string, Running>();

  constructor(world: World) {
    this.#world = world;
  }

  stop(answer: string): void {
    this.#running.get(answer)?.end("stopped");
  }

  answered(answer: string, call: string, how: "once" | "always" | "refuse"): void {
    const running = this.#running.get(answer);
    if (running) return running.answered(call, how);
    // Nobody waits for it any more: it is written down.
    const held = [...this.#world.conversations.values()].flatMap((one) => one.messages).find((one) => one.id === answer);
    const asked = held?.toolCalls.find((one) => one.id === call);
    if (asked) asked.state = how === "refuse" ? "refused" : "allowed";
  }

  touch(conversation: Conversation): ConversationSummary {
    const streaming = conversation.messages.some((one) => one.state === "streaming");
    const nano = conversation.messages.reduce((sum, one) => sum + (one.receipt?.cost.nano ?? 0), 0);
    const summary = { ...conversation.summary, messages: conversation.messages.length, cost: { ...conversation.summary.cost, nano }, updatedAt: Date.now(), streaming };
    conversation.summary = summary;
    this.#world.emit({ type: "conversationChanged", conversation: summary });
    return summary;
  }

  /** `marked`: in a comparison each batch begins with whose it is. */
  begin(conversation: Conversation, message: Message, prompt: string, onEvents: OnEvents, marked = false): ConversationSummary {
    const world = this.#world;
    const script = scriptFor(world.refusing.has(message.model ?? "") ? "refuse" : prompt, message.model ?? "");
    const waiting = [...script.events];
    const tell = (events: ChatEvent[]) => onEvents(marked ? [{ type: "answer", id: message.id }, ...events] : events);
    const take = (events: ChatEvent[]) => {
      events.forEach((event) => record(message, event));
      tell(events);
    };
    message.state = "streaming";
    world.streaming(1);
    const row = world.exchangeBegins(message.model ?? "");
    const end: Running["end"] = (state) => {
      clearInterval(timer);
      this.#running.delete(message.id);
      finish(message, script, state, world, row.id);
      conversation.contextUsed = message.receipt ? (message.receipt.tokens.input ?? 0) + (message.receipt.tokens.output ?? 0) : conversation.contextUsed;
      this.touch(conversation);
      tell([{ type: "ended", state, reasoningMs: message.reasoningMs, receipt: message.receipt, problem: message.problem }]);
      world.exchangeEnds(row, state, message);
      world.streaming(-1);
    };
    const timer = setInterval(() => {
      if (message.toolCalls.some((call) => call.state === "asked")) return;
      const batch = waiting.splice(0, waiting[0]?.type === "tool" ? 1 : 2);
      if (!batch.length) return end(script.state);
      take(batch);
    }, world.pace);
    const answered: Running["answered"] = (id, how) => {
      const index = message.toolCalls.findIndex((call) => call.id === id);
      const call = message.toolCalls[index];
      if (!call) return;
      const state = how === "refuse" ? "refused" : "running";
      take([{ type: "tool", index, server: call.server, state, result: null, tookMs: null, pictures: [] }]);
      if (how !== "refuse") waiting.unshift({ type: "tool", index, server: call.server, state: "done", result: '{"height":133,"year":1990}', tookMs: 840, pictures: [] });
    };
    this.#running.set(message.id, { end, answered });
    return this.touch(conversation);
  }
}

function finish(message: Message, script: Script, state: Message["state"], world: World, exchange: string): void {
  const [gateway = "", name = ""] = (message.model ?? "").split(/\/(.*)/);
  const paid = state === "failed" ? null : receipt(name, world.gatewayName(gateway), gateway === "sandbox" ? 0 : 0.0041, { exchange });
  Object.assign(message, { state, reasoningMs: script.reasoningMs, receipt: paid, problem: state === "stopped" ? null : script.problem });
}

function record(message: Message, event: ChatEvent): void {
  if (event.type === "text") message.text += event.text;
  if (event.type === "reasoning") message.reasoning += event.text;
  if (event.type === "picture") message.pictures.push(event.id);
  if (event.type === "citation") message.citations.push({ title: event.title, url: event.url });
  if (event.type === "toolCall") {
    const call = (message.toolCalls[event.index] ??= toolCall({ id: event.id ?? "", name: event.name ?? "", state: "running", at: message.text.length }));
    call.arguments += event.arguments;
  }
  if (event.type === "tool") {
    const { server, state, result, tookMs, pictures } = event;
    const known = message.toolCalls[event.index];
    if (known) message.toolCalls[event.index] = { ...known, server, state, result, tookMs, pictures } satisfies ToolCall;
  }
}
