// Answers that are arriving, kept outside React: fragments are joined as they come, the page hears of it once a frame.
import type { ChatEvent, Message, ToolCall } from "../../bindings";

type Ended = Extract<ChatEvent, { type: "ended" }>;
export type LiveAnswer = Pick<Message, "text" | "reasoning" | "pictures" | "toolCalls"> & { ended: Ended | null };

const nothing: LiveAnswer = { text: "", reasoning: "", pictures: [], toolCalls: [], ended: null };

function joinCall(calls: ToolCall[], event: Extract<ChatEvent, { type: "toolCall" }>): ToolCall[] {
  const next = [...calls];
  const known = next[event.index] ?? { id: "", name: "", arguments: "" };
  next[event.index] = { id: event.id ?? known.id, name: event.name ?? known.name, arguments: known.arguments + event.arguments };
  return next;
}

export function join(answer: LiveAnswer, events: ChatEvent[]): LiveAnswer {
  const next = { ...answer };
  for (const event of events) {
    if (event.type === "text") next.text += event.text;
    else if (event.type === "reasoning") next.reasoning += event.text;
    else if (event.type === "toolCall") next.toolCalls = joinCall(next.toolCalls, event);
    else if (event.type === "picture") next.pictures = [...next.pictures, event.id];
    else next.ended = event;
  }
  return next;
}

/** WebKitGTK pays dearly for each DOM commit: one per 33 ms, at a frame. A hidden window draws no frames. */
function atNextPaint(run: () => void): void {
  if (document.hidden) setTimeout(run, 250);
  else setTimeout(() => requestAnimationFrame(run), 33);
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
