// A conversation is a tree: an edit or a retry adds a sibling. The thread on screen is one path through it.
import type { Message } from "../../bindings";

export function pathTo(messages: Message[], leaf: string | null): Message[] {
  const byId = new Map(messages.map((message) => [message.id, message]));
  const path: Message[] = [];
  let at = leaf === null ? messages.at(-1) : (byId.get(leaf) ?? messages.at(-1));
  while (at && path.length <= messages.length) {
    path.push(at);
    at = at.parent === null ? undefined : byId.get(at.parent);
  }
  return path.reverse();
}

export type Siblings = { ids: string[]; at: number };

export function siblingsOf(messages: Message[]): Map<string, Siblings> {
  const families = grouped(messages);
  const siblings = new Map<string, Siblings>();
  for (const family of families.values()) {
    const ids = family.toSorted((a, b) => a.createdAt - b.createdAt).map((message) => message.id);
    ids.forEach((id, at) => siblings.set(id, { ids, at }));
  }
  return siblings;
}

function grouped(messages: Message[]): Map<string | null, Message[]> {
  const families = new Map<string | null, Message[]>();
  for (const message of messages) {
    const family = families.get(message.parent);
    if (family) family.push(message);
    else families.set(message.parent, [message]);
  }
  return families;
}

/** Stepping to a sibling shows the newest branch below it. */
export function deepestLeaf(messages: Message[], id: string): string {
  let leaf = id;
  for (;;) {
    const newest = messages.filter((message) => message.parent === leaf).toSorted((a, b) => a.createdAt - b.createdAt).at(-1);
    if (!newest) return leaf;
    leaf = newest.id;
  }
}
