// What the parsed text is given before it becomes elements: reading direction, citations, and footnotes that open in place.
import type { Element, ElementContent, Root } from "hast";
import { visit, SKIP } from "unist-util-visit";

const READABLE = new Set(["p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th"]);
const CITED = /\[(\d{1,3})\]/g;

const isFootnotes = (node: Element) => node.tagName === "section" && "dataFootnotes" in node.properties;
const isReference = (node: Element) => {
  const [link] = node.children;
  return node.tagName === "sup" && link?.type === "element" && "dataFootnoteRef" in link.properties;
};

function labelOf(node: Element): string {
  const [link] = node.children;
  const href = link?.type === "element" ? String(link.properties.href ?? "") : "";
  return decodeURIComponent(href.replace(/^#(?:user-content-)?fn-/, "")).toLowerCase();
}

function cited(text: string): ElementContent[] {
  const out: ElementContent[] = [];
  let from = 0;
  for (const match of text.matchAll(CITED)) {
    if (match.index > from) out.push({ type: "text", value: text.slice(from, match.index) });
    out.push({ type: "element", tagName: "cite", properties: { title: match[1] ?? "" }, children: [] });
    from = match.index + match[0].length;
  }
  if (from < text.length) out.push({ type: "text", value: text.slice(from) });
  return out;
}

export function rehypeMarks() {
  return (tree: Root) => {
    visit(tree, (node, index, parent) => {
      if (node.type === "element") {
        if (node.tagName === "code" || node.tagName === "a" || node.tagName === "pre") return SKIP;
        if (isFootnotes(node) && parent && index !== undefined) {
          parent.children.splice(index, 1);
          return [SKIP, index];
        }
        if (isReference(node)) {
          node.properties = { title: labelOf(node) };
          node.children = [];
          return SKIP;
        }
        if (READABLE.has(node.tagName)) node.properties.dir = "auto";
        return;
      }
      if (node.type !== "text" || !parent || index === undefined || !CITED.test(node.value)) return;
      CITED.lastIndex = 0;
      const parts = cited(node.value);
      parent.children.splice(index, 1, ...(parts as typeof parent.children));
      return [SKIP, index + parts.length];
    });
  };
}
