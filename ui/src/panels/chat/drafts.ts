// What was typed and not yet sent, per conversation. Kept here at once, saved by the host a moment later.
import { useCallback, useSyncExternalStore } from "react";
import { useHost } from "../../host/context";
import type { Host } from "../../host/host";

const PAUSE = 400;

export class Drafts {
  #texts = new Map<string | null, string>();
  #waiting = new Map<string | null, ReturnType<typeof setTimeout>>();
  #listeners = new Set<() => void>();
  #save: (conversation: string | null, text: string) => void;

  constructor(save: (conversation: string | null, text: string) => void) {
    this.#save = save;
  }

  get(conversation: string | null): string | undefined {
    return this.#texts.get(conversation);
  }

  set(conversation: string | null, text: string): void {
    this.#texts.set(conversation, text);
    clearTimeout(this.#waiting.get(conversation));
    this.#waiting.set(conversation, setTimeout(() => this.#write(conversation), PAUSE));
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
    this.#save(conversation, this.#texts.get(conversation) ?? "");
  }
}

const kept = new WeakMap<Host, Drafts>();

function draftsOf(host: Host): Drafts {
  const known = kept.get(host);
  if (known) return known;
  const drafts = new Drafts((conversation, text) => void host.saveDraft(conversation, text).catch(() => undefined));
  window.addEventListener("pagehide", () => drafts.flush());
  kept.set(host, drafts);
  return drafts;
}

/** `saved` is what the host remembered; anything typed since wins over it. */
export function useDraft(conversation: string | null, saved: string | undefined): [string, (text: string) => void] {
  const drafts = draftsOf(useHost());
  const typed = useSyncExternalStore(drafts.subscribe, () => drafts.get(conversation));
  const set = useCallback((text: string) => drafts.set(conversation, text), [drafts, conversation]);
  return [typed ?? saved ?? "", set];
}
