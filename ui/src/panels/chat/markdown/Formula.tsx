// One formula: its source until there is a quiet moment to draw it, and again at once where it was drawn before.
import { memo, useLayoutEffect, useRef } from "react";
import { whenIdle } from "./idle";

/** Longer or deeper ones are programs: what an engine lays out for them doubles with each level. */
const LONGEST = 3_000;
const DEEPEST = 40;

export function drawable(source: string): boolean {
  if (source.length > LONGEST) return false;
  let depth = 0;
  for (const letter of source) {
    if (letter === "{") depth++;
    if (letter === "}") depth--;
    if (depth > DEEPEST) return false;
  }
  return true;
}
const KEPT = 500;
const kept = new Map<string, DocumentFragment>();
type Drawing = (formula: string, display: boolean) => DocumentFragment;
let draw: Drawing | null = null;
let loading: Promise<unknown> | null = null;

export function loadKatex(): Promise<unknown> {
  return (loading ??= import("./katex").then((module) => (draw = module.drawn)));
}

function keep(key: string, fragment: DocumentFragment): void {
  if (kept.size >= KEPT) kept.delete(kept.keys().next().value ?? "");
  kept.set(key, fragment);
}

export const Formula = memo(function Formula({ source, display }: { source: string; display: boolean }) {
  const place = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    const element = place.current;
    if (!element) return;
    const key = `${display} ${source}`;
    const known = kept.get(key);
    const show = (fragment: DocumentFragment) => element.replaceChildren(fragment.cloneNode(true));
    if (known) return show(known);
    element.textContent = source.slice(0, LONGEST);
    if (!drawable(source)) return;
    let here = true;
    let cancel = () => {};
    void loadKatex().then(() => {
      if (!here) return;
      cancel = whenIdle(() => {
        const fragment = draw?.(source, display);
        if (!fragment) return;
        keep(key, fragment);
        if (here) show(fragment);
      });
    });
    return () => {
      here = false;
      cancel();
    };
  }, [source, display]);
  return <span ref={place} role="math" aria-label={source.slice(0, LONGEST)} className={display ? "formula-display" : "formula"} data-testid="formula" />;
});
