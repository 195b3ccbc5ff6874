// What the interface asks of whatever holds it: the window (tauri.ts), or memory (scripted.ts) for tests and the browser.
import type { AppEvent, ChatEvent, commands, SendMessage, Sent } from "../bindings";

type Generated = typeof commands;
type Streamed = "sendMessage" | "retryAnswer" | "continueAnswer";
/** A command that answers nothing answers null over the bridge. */
type Plain<F> = F extends (...ask: infer A) => Promise<infer T> ? (...ask: A) => Promise<T extends null ? unknown : T> : never;
type OnEvents = (events: ChatEvent[]) => void;

/** The commands, as Rust declares them. Every rejected promise is a Problem. */
export type Commands = { [K in Exclude<keyof Generated, Streamed>]: Plain<Generated[K]> } & {
  /** Resolves at once; the events follow. */
  sendMessage(ask: SendMessage, onEvents: OnEvents): Promise<Sent>;
  /** A new sibling of the answer. */
  retryAnswer(answer: string, model: string, onEvents: OnEvents): Promise<Sent>;
  /** The same answer; what comes is appended. */
  continueAnswer(answer: string, onEvents: OnEvents): Promise<Sent>;
};

/** The commands, and what the host tells unasked. */
export type Host = Commands & {
  onEvent(listener: (event: AppEvent) => void): () => void;
};
