// Finding in the open conversation: which messages hold the words, and marking them where they are drawn.
import type { Message } from "../../../host/soon";

/** One place a message: the messages are what one steps through. */
export function holding(path: Message[], words: string): string[] {
  const wanted = words.trim().toLowerCase();
  if (!wanted) return [];
  return path.filter((one) => one.text.toLowerCase().includes(wanted)).map((one) => one.id);
}

const NAME = "found";

/** By the engine's own highlights: no element is touched, so nothing that is drawn changes size or is drawn again. */
export function mark(root: Element | null, words: string): void {
  if (typeof CSS === "undefined" || !("highlights" in CSS)) return;
  CSS.highlights.delete(NAME);
  const wanted = words.trim().toLowerCase();
  if (!root || !wanted) return;
  const ranges: Range[] = [];
  const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node && ranges.length < 2000; node = walk.nextNode()) {
    const text = node.textContent?.toLowerCase() ?? "";
    for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + wanted.length);
      ranges.push(range);
    }
  }
  CSS.highlights.set(NAME, new Highlight(...ranges));
}
