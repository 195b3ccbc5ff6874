// What the interface asks of whatever holds it: the window (tauri.ts), or memory (scripted.ts) for tests and the browser.
import type { AppEvent, Attachment, ChatEvent, commands, SendMessage, Sent } from "../bindings";

type Generated = typeof commands;
/** Commands that do not go over the bridge as they are generated: events come through a channel, bytes as bytes. */
type Changed = "sendMessage" | "retryAnswer" | "continueAnswer" | "attachFile";
/** A command that answers nothing answers null over the bridge. */
type Plain<F> = F extends (...ask: infer A) => Promise<infer T> ? (...ask: A) => Promise<[T] extends [null] ? unknown : T> : never;
export type OnEvents = (events: ChatEvent[]) => void;

type Streamed = {
  /** Resolves at once; the events follow. */
  sendMessage(ask: SendMessage, onEvents: OnEvents): Promise<Sent>;
  /** A new sibling of the answer. */
  retryAnswer(answer: string, model: string, onEvents: OnEvents): Promise<Sent>;
  /** The same answer; what comes is appended. */
  continueAnswer(answer: string, onEvents: OnEvents): Promise<Sent>;
  attachFile(name: string, mime: string, bytes: Uint8Array): Promise<Attachment>;
};

/** The commands, as Rust declares them. Every rejected promise is a Problem. */
export type Commands = { [K in Exclude<keyof Generated, Changed>]: Plain<Generated[K]> } & Streamed;

/** The commands, and what the host tells unasked. */
export type Host = Commands & {
  onEvent(listener: (event: AppEvent) => void): () => void;
};
