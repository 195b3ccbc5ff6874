// Answers that are arriving, kept outside React: fragments are joined as they come, the page hears of it once a frame.
import type { ChatEvent, Message, ToolCall } from "../../bindings";

type Ended = Extract<ChatEvent, { type: "ended" }>;
export type LiveAnswer = Pick<Message, "text" | "reasoning" | "pictures" | "toolCalls" | "citations"> & { ended: Ended | null };

const nothing: LiveAnswer = { text: "", reasoning: "", pictures: [], toolCalls: [], citations: [], ended: null };

const begun: ToolCall = { id: "", name: "", arguments: "", server: null, tool: null, state: "running", result: null, tookMs: null, pictures: [], citations: [], at: 0, round: 0 };

/** `at`: how much text stood when the call began. */
function joinCall(calls: ToolCall[], event: Extract<ChatEvent, { type: "toolCall" }>, at: number): ToolCall[] {
  const next = [...calls];
  const known = next[event.index] ?? { ...begun, at };
  next[event.index] = { ...known, id: event.id ?? known.id, name: event.name ?? known.name, arguments: known.arguments + event.arguments };
  return next;
}

function joinState(calls: ToolCall[], event: Extract<ChatEvent, { type: "tool" }>): ToolCall[] {
  const { server, state, result, tookMs, pictures } = event;
  return calls.map((call, at) => (at === event.index ? { ...call, server, state, result, tookMs, pictures } : call));
}

export function join(answer: LiveAnswer, events: ChatEvent[]): LiveAnswer {
  const next = { ...answer };
  for (const event of events) {
    switch (event.type) {
      case "text":
        next.text += event.text;
        break;
      case "reasoning":
        next.reasoning += event.text;
        break;
      case "toolCall":
        next.toolCalls = joinCall(next.toolCalls, event, next.text.length);
        break;
      case "tool":
        next.toolCalls = joinState(next.toolCalls, event);
        break;
      case "picture":
        next.pictures = [...next.pictures, event.id];
        break;
      case "citation":
        next.citations = [...next.citations, { title: event.title, url: event.url }];
        break;
      case "answer": // whose events these are was settled before
        break;
      case "ended":
        next.ended = event;
    }
  }
  return next;
}

const PACE = 33;
const SLOWEST = 120;
/** What the last frame took. Drawing has a third of the time at most: the rest belongs to the reader's hands. */
let cost = 0;

/** After the frame that is being made has been painted. */
function whenPainted(run: () => void): void {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    run();
  };
  port2.postMessage(null);
}

/**
 * WebKitGTK pays dearly for each DOM commit: one per 33 ms, at a frame, and fewer where a frame takes long, or nothing
 * else would get its turn. A hidden window draws no frames.
 */
function atNextPaint(run: () => void): void {
  if (document.hidden) return void setTimeout(run, 250);
  const show = () => {
    const began = performance.now();
    run();
    whenPainted(() => (cost = performance.now() - began));
  };
  setTimeout(() => requestAnimationFrame(show), Math.min(SLOWEST, Math.max(PACE, cost * 2)));
}

type Entry = { latest: LiveAnswer; shown: LiveAnswer; due: boolean };
export type Sink = {
  push: (events: ChatEvent[]) => void;
  /** Events may come before the command has said which answer they belong to. */
  bind: (id: string) => void;
};

export class Answers {
  #entries = new Map<string, Entry>();
  #listeners = new Map<string, Set<() => void>>();
  #later: (run: () => void) => void;

  constructor(later = atNextPaint) {
    this.#later = later;
  }

  open(begin: Partial<LiveAnswer>, onEnd: (id: string, answer: LiveAnswer) => void): Sink {
    const first = { ...nothing, ...begin };
    const entry: Entry = { latest: first, shown: first, due: false };
    let bound: string | null = null;
    const settle = () => {
      if (bound === null) return;
      const id = bound;
      if (entry.latest.ended && !entry.shown.ended) {
        this.#show(id, entry);
        onEnd(id, entry.latest);
        setTimeout(() => this.#drop(id, entry), 2000); // by then the cache holds it
      } else if (!entry.due) {
        entry.due = true;
        this.#later(() => {
          entry.due = false;
          this.#show(id, entry);
        });
      }
    };
    return {
      push: (events) => {
        entry.latest = join(entry.latest, events);
        settle();
      },
      bind: (id) => {
        bound = id;
        this.#entries.set(id, entry);
        settle();
      },
    };
  }

  get(id: string): LiveAnswer | undefined {
    return this.#entries.get(id)?.shown;
  }

  subscribe(id: string, listener: () => void): () => void {
    const all = this.#listeners.get(id) ?? new Set();
    this.#listeners.set(id, all.add(listener));
    return () => {
      all.delete(listener);
      if (!all.size) this.#listeners.delete(id);
    };
  }

  #show(id: string, entry: Entry): void {
    if (entry.shown === entry.latest && this.#entries.get(id) !== entry) return;
    entry.shown = entry.latest;
    this.#listeners.get(id)?.forEach((listener) => listener());
  }

  #drop(id: string, entry: Entry): void {
    if (this.#entries.get(id) !== entry) return; // continued meanwhile
    this.#entries.delete(id);
    this.#listeners.get(id)?.forEach((listener) => listener());
  }
}

/** The message as it stands now: what arrived lies over what the cache knew, until the cache knows the end. */
export function overlaid(message: Message, live: LiveAnswer | undefined): Message {
  if (!live || (live.ended && message.state !== "streaming")) return message;
  const { ended, ...content } = live;
  if (!ended) return { ...message, ...content, state: "streaming", problem: null };
  const { state, reasoningMs, receipt, problem } = ended;
  return { ...message, ...content, state, reasoningMs: reasoningMs ?? message.reasoningMs, receipt, problem };
}
