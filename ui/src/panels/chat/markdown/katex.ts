// KaTeX and its fonts, in a chunk of their own. What a formula may take is bounded; nothing in it is trusted.
import "katex/dist/katex.min.css";
import katex from "katex";

/** Elements, not HTML: nothing a formula says is ever read as markup. Without MathML, which doubles them; its name is its source. */
export function drawn(formula: string, display: boolean): DocumentFragment {
  const place = document.createElement("span");
  katex.render(formula, place, {
    displayMode: display, throwOnError: false, errorColor: "var(--bad)", strict: "ignore", trust: false, output: "html", maxExpand: 300, maxSize: 30, globalGroup: false,
  });
  const fragment = document.createDocumentFragment();
  fragment.append(...place.childNodes);
  return fragment;
}
