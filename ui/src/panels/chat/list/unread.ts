// Conversations whose answer ended while another one was open. Known for as long as the window lives.
import { useEffect, useSyncExternalStore } from "react";
import { useHost } from "../../../host/context";
import type { Host } from "../../../host/host";

class Unread {
  #ids: ReadonlySet<string> = new Set();
  #answering = new Set<string>();
  #listeners = new Set<() => void>();
  open: string | null = null;

  constructor(host: Host) {
    host.onEvent((event) => {
      if (event.type !== "conversationChanged") return;
      const { id, streaming } = event.conversation;
      if (streaming) this.#answering.add(id);
      else if (this.#answering.delete(id) && id !== this.open) this.#become(new Set([...this.#ids, id]));
    });
  }

  get = (): ReadonlySet<string> => this.#ids;

  read(id: string | null): void {
    this.open = id;
    if (id && this.#ids.has(id)) this.#become(new Set([...this.#ids].filter((one) => one !== id)));
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #become(ids: ReadonlySet<string>): void {
    this.#ids = ids;
    this.#listeners.forEach((listener) => listener());
  }
}

const kept = new WeakMap<Host, Unread>();

function unreadOf(host: Host): Unread {
  const unread = kept.get(host) ?? new Unread(host);
  kept.set(host, unread);
  return unread;
}

export function useUnread(open: string | null): ReadonlySet<string> {
  const unread = unreadOf(useHost());
  useEffect(() => {
    unread.read(open);
    return () => unread.read(null);
  }, [unread, open]);
  return useSyncExternalStore(unread.subscribe, unread.get);
}
