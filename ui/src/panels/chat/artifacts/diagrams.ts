// Diagrams are drawn in a frame of their own origin: Mermaid's own script is all that runs there, and only a picture comes back.
import mermaid from "mermaid/dist/mermaid.min.js?url";

const PATIENCE = 15_000;
const UNUSED = 60_000;
const LONGEST = 20_000;
const KEPT = 40;

type Said = { nexdesk: "ready" } | { nexdesk: "drawn"; id: number; svg: string } | { nexdesk: "refused"; id: number; why: string };
type Job = { source: string; dark: boolean; done: (svg: string) => void; fail: (why: Error) => void };

type Kept = { drawing: Promise<string>; svg?: string };

const kept = new Map<string, Kept>();
const waiting: Job[] = [];
let frame: HTMLIFrameElement | null = null;
let now: (Job & { id: number; watch: ReturnType<typeof setTimeout> }) | null = null;
let ready = false;
let unused: ReturnType<typeof setTimeout> | undefined;
let opening: ReturnType<typeof setTimeout> | undefined;
let next = 1;

function open(): void {
  frame = document.createElement("iframe");
  // Scripts, but nothing else: without allow-same-origin the frame is a stranger to this page and to the app.
  frame.setAttribute("sandbox", "allow-scripts");
  frame.src = "./diagram.html";
  frame.tabIndex = -1;
  frame.ariaHidden = "true";
  frame.style.cssText = "position:fixed;left:-3000px;top:0;width:1200px;height:900px;border:0;visibility:hidden";
  document.body.append(frame);
  addEventListener("message", heard);
  opening = setTimeout(() => {
    close(); // a policy or an engine that does not let it begin
    waiting.splice(0).forEach((job) => job.fail(new Error("")));
  }, PATIENCE);
}

function close(): void {
  clearTimeout(opening);
  removeEventListener("message", heard);
  frame?.remove();
  frame = null;
  ready = false;
}

function heard({ source, data }: MessageEvent<unknown>): void {
  if (!frame || source !== frame.contentWindow || typeof data !== "object" || data === null || !("nexdesk" in data)) return;
  const said = data as Said;
  if (said.nexdesk === "ready") {
    ready = true;
    clearTimeout(opening);
    proceed();
  } else if (now && said.id === now.id) {
    const job = end();
    if (said.nexdesk === "drawn" && typeof said.svg === "string") job?.done(said.svg);
    else job?.fail(new Error(said.nexdesk === "refused" ? String(said.why).slice(0, 500) : ""));
  }
}

function end(): Job | null {
  const job = now;
  if (now) clearTimeout(now.watch);
  now = null;
  proceed();
  return job;
}

function proceed(): void {
  clearTimeout(unused);
  if (now) return;
  const job = waiting[0];
  if (!job) {
    unused = setTimeout(close, UNUSED);
    return;
  }
  if (!frame) return open();
  if (!ready) return;
  waiting.shift();
  const id = next++;
  const watch = setTimeout(() => {
    const late = now;
    now = null;
    close(); // it may never come back from this one
    late?.fail(new Error("timeout"));
    proceed();
  }, PATIENCE);
  now = { ...job, id, watch };
  // "*", because a sandboxed frame has no origin to name; it is told nothing but the diagram.
  frame.contentWindow?.postMessage({ id, source: job.source, dark: job.dark, script: new URL(mermaid, location.href).href }, "*");
}

const keyOf = (source: string, dark: boolean) => `${dark} ${source}`;

/** What was drawn before, at once: a row that scrolls back into view must not shrink and grow again. */
export function drawnDiagram(source: string, dark: boolean): string | undefined {
  return kept.get(keyOf(source, dark))?.svg;
}

/** The diagram as SVG text, still a stranger's: show it as a picture. */
export function drawDiagram(source: string, dark: boolean): Promise<string> {
  if (source.length > LONGEST) return Promise.reject(new Error("too long"));
  const key = keyOf(source, dark);
  const known = kept.get(key);
  if (known) return known.drawing;
  const drawing = new Promise<string>((done, fail) => {
    waiting.push({ source, dark, done, fail });
    proceed();
  });
  if (kept.size >= KEPT) kept.delete(kept.keys().next().value ?? "");
  const one: Kept = { drawing };
  kept.set(key, one);
  drawing.then(
    (svg) => (one.svg = svg),
    () => kept.delete(key), // asked again when it is next looked at
  );
  return drawing;
}
