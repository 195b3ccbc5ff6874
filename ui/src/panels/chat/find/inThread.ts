// Finding in the open conversation: which messages hold the words, and marking them where they are drawn.
import type { Message } from "../../../bindings";

/** One place a message: the messages are what one steps through. */
export function holding(path: Message[], words: string): string[] {
  const wanted = words.trim().toLowerCase();
  if (!wanted) return [];
  return path.filter((one) => one.text.toLowerCase().includes(wanted)).map((one) => one.id);
}

const NAME = "found";
/** What was said; not the buttons and receipts around it. */
const SAID = "[data-testid=answer-text], [data-testid=message-user] .selectable";
let marked: Highlight | undefined;

/** By the engine's own highlights: no element is touched, so nothing that is drawn changes size or is drawn again. */
export function mark(root: Element | null, words: string): void {
  if (typeof CSS === "undefined" || !("highlights" in CSS)) return;
  marked?.clear(); // before it goes: WebKitGTK leaves the paint of a highlight that is only taken off the list
  CSS.highlights.delete(NAME);
  const wanted = words.trim().toLowerCase();
  if (!root || !wanted) return;
  const ranges: Range[] = [];
  for (const node of textIn(root)) {
    if (ranges.length >= 2000) break;
    const text = node.textContent?.toLowerCase() ?? "";
    for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + wanted.length);
      ranges.push(range);
    }
  }
  marked = new Highlight(...ranges);
  CSS.highlights.set(NAME, marked);
}

function* textIn(root: Element): Generator<Node> {
  for (const said of root.querySelectorAll(SAID)) {
    const walk = document.createTreeWalker(said, NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node; node = walk.nextNode()) if (!node.parentElement?.closest("button, .artifact-frame")) yield node;
  }
}
