// The hostile corpus in a real engine: everything is drawn, every preview is opened, and whatever ran or asked the network is told.
import { message } from "../src/host/scripted/conversations";
import { plainSettings } from "../src/host/soon";
import type { Conversation } from "../src/host/soon";
import { links } from "../src/panels/chat/markdown/hostile/links";
import { markup, pages } from "../src/panels/chat/markdown/hostile/markup";
import { bombs, diagrams, formulas } from "../src/panels/chat/markdown/hostile/programs";
import { nextFrame, pause } from "./watch";

const TOGETHER = 8;
const previews = pages.flatMap((page) => [`\`\`\`html\n${page}\n\`\`\``, `\`\`\`svg\n<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">${page}</svg>\n\`\`\``]);

function inGroups(texts: string[], size: number): string[] {
  return Array.from({ length: Math.ceil(texts.length / size) }, (_, at) => texts.slice(at * size, (at + 1) * size).join("\n\n"));
}

const alone = { ...diagrams, ...bombs, ...formulas };
const together = [...inGroups([...Object.values(links), ...Object.values(markup)], TOGETHER), ...inGroups(previews, TOGETHER)];
const names = [...together.map(() => "several"), ...Object.keys(alone)];

export function hostileConversation(): Conversation {
  // The unit tests read them whole; here a tenth of a megabyte is enough to see how an engine takes it.
  const texts = [...together, ...Object.values(alone)].map((text) => text.slice(0, 100_000));
  const messages = texts.map((text, index) => message({ id: `h${index}`, role: "assistant", parent: index ? `h${index - 1}` : null, model: "sandbox/sandbox-chat", text, createdAt: index }));
  return {
    summary: { id: "hostile", title: "Hostile", model: null, messages: messages.length, cost: { nano: 0, basis: "reported" }, updatedAt: 1, streaming: false, folder: null, pinned: false, archived: false },
    messages, leaf: messages.at(-1)?.id ?? null, draft: "", settings: plainSettings, draftAttachments: [], queue: [], contextUsed: null, compaction: null,
  };
}

export type Walked = { rows: number; previews: number; diagrams: number; refused: number; ran: string[]; asked: string[]; errors: string[]; worstGap: number };

/** From the end to the beginning, a screen at a time. */
export async function walk(): Promise<Walked> {
  const result: Walked = { rows: 0, previews: 0, diagrams: 0, refused: 0, ran: [], asked: [], errors: [], worstGap: 0 };
  window.alert = (what) => void result.ran.push(String(what));
  // DOMPurify reads pages in a document that runs nothing; Chromium reports the handlers it finds there as refused.
  addEventListener("securitypolicyviolation", (event) => event.effectiveDirective !== "script-src-attr" && result.asked.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`.slice(0, 160)));
  addEventListener("error", (event) => result.errors.push(String(event.message).slice(0, 200)));
  addEventListener("unhandledrejection", (event) => result.errors.push(String(event.reason).slice(0, 200)));
  const scroller = document.querySelector<HTMLElement>("[data-testid=thread]");
  const seen = new Set<string>();
  let beat = performance.now();
  scroller?.dispatchEvent(new WheelEvent("wheel", { deltaY: -100 }));
  for (let step = 0; scroller && step < 4000; step++) {
    document.querySelectorAll<HTMLElement>("[data-row]").forEach((row) => seen.add(row.dataset.row ?? ""));
    document.querySelectorAll<HTMLElement>("[data-testid=artifact-svg], [data-testid=artifact-html]").forEach((views) => {
      const show = views.querySelector("button");
      if (show?.getAttribute("aria-pressed") !== "false") return;
      show.click();
      result.previews++;
    });
    const at = scroller.scrollTop;
    scroller.scrollTop -= scroller.clientHeight * 2.5;
    await nextFrame();
    await pause(20);
    const gap = Math.round(performance.now() - beat);
    result.worstGap = Math.max(result.worstGap, gap);
    if (gap > 400) await fetch(`/note?slow ${gap} ${[...document.querySelectorAll<HTMLElement>("[data-row]")].map((row) => names[Number(row.dataset.row?.slice(1))] ?? "").filter((name, at, all) => all.indexOf(name) === at).join(" | ")}`, { method: "POST" });
    beat = performance.now();
    if (scroller.scrollTop === at) break;
    const drawing = () => [...document.querySelectorAll("[data-testid=thread] figure p")].some((one) => one.textContent?.startsWith("Drawing"));
    for (let wait = 0; wait < 100 && drawing(); wait++) await pause(200);
    if (step % 25 === 0) await fetch(`/note?${step} ${Math.round(at)} ${seen.size} ${result.worstGap}`, { method: "POST" });
    result.diagrams += document.querySelectorAll("[data-testid=diagram]").length;
    result.refused += document.querySelectorAll("[data-testid=diagram-failed]").length;
    beat = performance.now();
  }
  result.rows = seen.size;
  return result;
}
