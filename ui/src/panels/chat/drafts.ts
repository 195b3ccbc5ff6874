// What was typed and attached and not yet sent, per conversation. Kept here at once, saved by the host a moment later,
// also while typing goes on: the process may be killed in the middle of a long sentence.
import { useCallback, useEffect, useSyncExternalStore } from "react";
import { useHost } from "../../host/context";
import type { Host } from "../../host/host";
import type { Attachment } from "../../bindings";

const PAUSE = 100;
export type Draft = { text: string; files: Attachment[] };
export const noDraft: Draft = { text: "", files: [] };
type Save = (conversation: string | null, draft: Draft) => void;

export class Drafts {
  #kept = new Map<string | null, Draft>();
  #waiting = new Map<string | null, ReturnType<typeof setTimeout>>();
  #listeners = new Set<() => void>();
  #save: Save;

  constructor(save: Save) {
    this.#save = save;
  }

  get(conversation: string | null): Draft | undefined {
    return this.#kept.get(conversation);
  }

  set(conversation: string | null, draft: Draft): void {
    this.#kept.set(conversation, draft);
    if (!this.#waiting.has(conversation)) this.#waiting.set(conversation, setTimeout(() => this.#write(conversation), PAUSE));
    this.#listeners.forEach((listener) => listener());
  }

  /** What was typed while a conversation began belongs to that conversation. */
  move(from: string | null, to: string): void {
    const draft = this.#kept.get(from);
    if (!draft || (!draft.text && !draft.files.length)) return;
    this.set(to, draft);
    this.set(from, noDraft);
  }

  /** It was sent, or given up. */
  forget(conversation: string | null): void {
    this.#kept.delete(conversation);
    clearTimeout(this.#waiting.get(conversation));
    this.#waiting.delete(conversation);
    this.#save(conversation, noDraft);
    this.#listeners.forEach((listener) => listener());
  }

  /** The window is going away: nothing typed may be lost. */
  flush(): void {
    [...this.#waiting.keys()].forEach((conversation) => this.#write(conversation));
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #write(conversation: string | null): void {
    clearTimeout(this.#waiting.get(conversation));
    this.#waiting.delete(conversation);
    this.#save(conversation, this.#kept.get(conversation) ?? noDraft);
  }
}

const kept = new WeakMap<Host, Drafts>();

function draftsOf(host: Host): Drafts {
  const known = kept.get(host);
  if (known) return known;
  const drafts = new Drafts((conversation, { text, files }) => void host.saveDraft(conversation, text, files.map((one) => one.id)).catch(() => undefined));
  window.addEventListener("pagehide", () => drafts.flush());
  kept.set(host, drafts);
  return drafts;
}

export type ChangeDraft = (change: (draft: Draft) => Draft) => void;

/** `saved` is what the host remembered; anything typed since wins over it. */
export function useDraft(conversation: string | null, saved: Draft | undefined): [Draft, ChangeDraft, (to: string) => void] {
  const drafts = draftsOf(useHost());
  const typed = useSyncExternalStore(drafts.subscribe, () => drafts.get(conversation));
  const change = useCallback<ChangeDraft>((to) => drafts.set(conversation, to(drafts.get(conversation) ?? saved ?? noDraft)), [drafts, conversation, saved]);
  const move = useCallback((to: string) => drafts.move(conversation, to), [drafts, conversation]);
  return [typed ?? saved ?? noDraft, change, move];
}

type Edit = { text: string; change: (text: string) => void; forget: () => void };

/**
 * What is typed in the place of a message: kept like a draft, under the message's id, so that neither scrolling past it
 * nor a killed process takes it.
 */
export function useEdit(message: string, said: string): Edit {
  const host = useHost();
  const drafts = draftsOf(host);
  const typed = useSyncExternalStore(drafts.subscribe, () => drafts.get(message));
  useEffect(() => {
    let gone = false;
    const put = (text: string | null) => {
      if (!gone && text && !drafts.get(message)) drafts.set(message, { text, files: [] });
    };
    host.loadEdit(message).then(put, () => undefined);
    return () => void (gone = true);
  }, [drafts, host, message]);
  const change = useCallback((text: string) => drafts.set(message, { text, files: [] }), [drafts, message]);
  const forget = useCallback(() => drafts.forget(message), [drafts, message]);
  return { text: typed?.text ?? said, change, forget };
}
