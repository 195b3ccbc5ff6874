// Words chosen in the thread can be quoted: a small button stands over them while they are.
import { Quote } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useShortcut } from "../../../parts/shortcuts/useShortcut";

type Chosen = { text: string; left: number; top: number };

/** What is chosen, if all of it stands in the thread. */
export function chosenIn(thread: Element | null): { text: string; range: Range } | null {
  const selection = window.getSelection();
  if (!thread || !selection || selection.isCollapsed || selection.rangeCount === 0) return null;
  const range = selection.getRangeAt(0);
  const text = selection.toString().trim();
  return text && thread.contains(range.commonAncestorContainer) ? { text, range } : null;
}

export function QuoteSelection({ onQuote }: { onQuote: (text: string) => void }) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState<Chosen | null>(null);
  useEffect(() => {
    const thread = () => document.querySelector("[data-testid=thread]");
    // Once the mouse is let go or the keys rest: a button must not follow the pointer about.
    const look = () => {
      const found = chosenIn(thread());
      const box = found?.range.getBoundingClientRect?.();
      setChosen(found && box ? { text: found.text, left: box.left + box.width / 2, top: Math.max(64, box.top) } : null);
    };
    const gone = () => window.getSelection()?.isCollapsed !== false && setChosen(null);
    const leave = () => setChosen(null);
    document.addEventListener("mouseup", look);
    document.addEventListener("keyup", look);
    document.addEventListener("selectionchange", gone);
    document.addEventListener("scroll", leave, { capture: true, passive: true });
    return () => {
      document.removeEventListener("mouseup", look);
      document.removeEventListener("keyup", look);
      document.removeEventListener("selectionchange", gone);
      document.removeEventListener("scroll", leave, { capture: true });
    };
  }, []);
  function quote() {
    if (!chosen) return;
    onQuote(chosen.text);
    window.getSelection()?.removeAllRanges();
    setChosen(null);
  }
  useShortcut("quote", chosen ? quote : null);
  if (!chosen) return null;
  return (
    <button
      type="button"
      data-testid="quote"
      onMouseDown={(event) => event.preventDefault() /* or the words would no longer be chosen */}
      onClick={quote}
      style={{ left: chosen.left, top: chosen.top }}
      className="fixed z-30 inline-flex h-7 -translate-x-1/2 -translate-y-[calc(100%+6px)] items-center gap-1.5 rounded-s border border-line bg-panel px-2.5 text-s font-medium shadow-[0_4px_14px_oklch(0_0_0/.14)] hover:bg-hover [&_svg]:size-3.5"
    >
      <Quote aria-hidden />
      {t("compose.quote")}
    </button>
  );
}
