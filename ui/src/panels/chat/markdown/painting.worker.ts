// Colours for code, computed beside the page: a listing that takes a second to read holds up nothing.
import { painterFor } from "./highlighter";

export type Order = { id: number; language: string; windows: string[] } | { id: number; forget: true };
/** `at` is the window's place; null says that no more comes. */
export type Delivery = { id: number; at: number | null; painted: string[] };

const forgotten = new Set<number>();

addEventListener("message", ({ data }: MessageEvent<Order>) => {
  if ("forget" in data) forgotten.add(data.id);
  else void deliver(data);
});

async function deliver({ id, language, windows }: Exclude<Order, { forget: true }>): Promise<void> {
  const paint = await painterFor(language).catch(() => null);
  let at = 0;
  for (const painted of paint?.(windows) ?? []) {
    if (forgotten.delete(id)) return;
    postMessage({ id, at: at++, painted } satisfies Delivery);
    await new Promise((next) => setTimeout(next)); // another listing, or a "forget", may come in between
  }
  postMessage({ id, at: null, painted: [] } satisfies Delivery);
}
