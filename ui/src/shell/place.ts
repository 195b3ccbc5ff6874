// Where the person is: a panel and what is open in it. Kept in the address, and remembered for the next start.
import { useCallback, useSyncExternalStore } from "react";

export const panels = ["chat", "relay", "keys", "usage", "settings"] as const;
export type PanelName = (typeof panels)[number];
export type Place = { panel: PanelName; open: string | null };
const KEPT = "nexdesk.place";

export function parsePlace(hash: string): Place {
  const [name, ...rest] = hash.replace(/^#/, "").split("/");
  const panel = panels.find((one) => one === name) ?? "chat";
  const open = rest.length ? decodeURIComponent(rest.join("/")) : null;
  return { panel, open: open || null };
}

function subscribe(listener: () => void): () => void {
  window.addEventListener("hashchange", listener);
  return () => window.removeEventListener("hashchange", listener);
}

function read(): string {
  return location.hash || localStorage.getItem(KEPT) || "#chat";
}

export function usePlace(): [Place, (panel: PanelName, open: string | null) => void] {
  const hash = useSyncExternalStore(subscribe, read);
  const go = useCallback((panel: PanelName, open: string | null) => {
    const next = open === null ? `#${panel}` : `#${panel}/${encodeURIComponent(open)}`;
    localStorage.setItem(KEPT, next);
    if (location.hash !== next) {
      location.hash = next;
    }
  }, []);
  return [parsePlace(hash), go];
}

/** A conversation, or one message of it to go to. */
export function chatAt(conversation: string, message?: string): string {
  return message ? `${conversation}@${message}` : conversation;
}

export function spotIn(open: string | null): { conversation: string | null; message: string | null } {
  const [conversation, message] = open?.split("@") ?? [];
  return { conversation: conversation ?? null, message: message ?? null };
}
