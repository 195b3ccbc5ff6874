// Asks for the colours of a listing: from the worker, or in idle slices where there can be none.
import { whenIdle } from "./idle";
import type { Delivery, Order } from "./painting.worker";

type Heard = (at: number, painted: string[]) => void;
/** A grammar's pattern may never end on some code: its worker is given up, and that language stays plain. */
const PATIENCE = 8_000;

const orders = new Map<number, { heard: Heard; language: string; watch: ReturnType<typeof setTimeout> }>();
const hopeless = new Set<string>();
let next = 1;
let worker: Worker | null | undefined;

function open(): Worker | null {
  if (worker !== undefined) return worker;
  try {
    worker = new Worker(new URL("./painting.worker.ts", import.meta.url), { type: "module" });
  } catch {
    return (worker = null); // an engine or a policy without workers
  }
  worker.onmessage = ({ data }: MessageEvent<Delivery>) => {
    const order = orders.get(data.id);
    if (!order) return;
    clearTimeout(order.watch);
    if (data.at === null) orders.delete(data.id);
    else {
      order.watch = setTimeout(() => giveUp(order.language), PATIENCE);
      order.heard(data.at, data.painted);
    }
  };
  worker.onerror = () => {
    worker?.terminate();
    worker = null;
    orders.clear();
  };
  return worker;
}

function giveUp(language: string): void {
  hopeless.add(language);
  worker?.terminate();
  worker = undefined;
  orders.forEach((order) => clearTimeout(order.watch));
  orders.clear();
}

async function here(language: string, windows: string[], heard: Heard, wanted: () => boolean): Promise<void> {
  const { painterFor } = await import("./highlighter");
  const paint = (await painterFor(language))?.(windows);
  let at = 0;
  const step = () => {
    const painted = wanted() ? paint?.next() : undefined;
    if (!painted || painted.done) return;
    heard(at++, painted.value);
    whenIdle(step);
  };
  whenIdle(step);
}

/** Windows are heard one after another; the function that comes back stops it. */
export function paint(language: string, windows: string[], heard: Heard): () => void {
  if (!language || hopeless.has(language)) return () => undefined;
  const standing = open();
  if (!standing) {
    let wanted = true;
    void here(language, windows, heard, () => wanted);
    return () => void (wanted = false);
  }
  const id = next++;
  orders.set(id, { heard, language, watch: setTimeout(() => giveUp(language), PATIENCE) });
  standing.postMessage({ id, language, windows } satisfies Order);
  return () => {
    const order = orders.get(id);
    if (!order) return;
    clearTimeout(order.watch);
    orders.delete(id);
    standing.postMessage({ id, forget: true } satisfies Order);
  };
}
