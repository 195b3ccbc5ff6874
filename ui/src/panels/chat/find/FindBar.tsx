// Ctrl F in a conversation: type, Enter goes on to the next message that holds it, Shift Enter back, Esc leaves.
import { ChevronDown, ChevronUp, X } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Message } from "../../../bindings";
import { IconButton } from "../../../primitives/Button";
import { jumpTo } from "../jump";
import { holding, mark } from "./inThread";

export function FindBar({ path, onClose }: { path: Message[]; onClose: () => void }) {
  const { t } = useTranslation();
  const [words, setWords] = useState("");
  const [at, setAt] = useState(0);
  /** Whether these words were already gone to: the first Enter goes to the first of them. */
  const [gone, setGone] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const found = useMemo(() => holding(path, words), [path, words]);
  const here = Math.min(at, Math.max(0, found.length - 1));
  useEffect(() => field.current?.focus(), []);
  useEffect(() => {
    // What the jump brings on screen is drawn first, then marked.
    const timer = setTimeout(() => mark(document.querySelector("[data-testid=thread]"), words), 120);
    return () => clearTimeout(timer);
  }, [words, here, path]);
  useEffect(() => () => mark(null, ""), []);

  function go(to: number) {
    if (!found.length) return;
    const next = (to + found.length) % found.length;
    setAt(next);
    setGone(true);
    const message = found[next];
    if (message) jumpTo(message);
  }
  return (
    <div role="search" data-testid="find-bar" className="flex h-10 shrink-0 items-center gap-1 border-b border-line bg-panel pr-2 pl-5">
      <input
        ref={field}
        type="text"
        aria-label={t("find.inChat")}
        placeholder={t("find.inChat")}
        value={words}
        onChange={(event) => {
          setWords(event.target.value);
          setAt(0);
          setGone(false);
        }}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing || event.keyCode === 229) return;
          if (event.key === "Enter") go(gone ? here + (event.shiftKey ? -1 : 1) : here);
          if (event.key === "Escape") onClose();
        }}
        className="min-w-0 flex-1 bg-transparent text-m outline-none"
      />
      <span aria-live="polite" className="num px-2 text-s text-ink-2">
        {words.trim() ? (found.length ? t("find.of", { at: here + 1, count: found.length }) : t("chat.nothingFound")) : null}
      </span>
      <IconButton label={t("find.previous")} disabled={!found.length} onClick={() => go(here - 1)}>
        <ChevronUp />
      </IconButton>
      <IconButton label={t("find.next")} disabled={!found.length} onClick={() => go(here + 1)}>
        <ChevronDown />
      </IconButton>
      <IconButton label={t("common.close")} onClick={onClose}>
        <X />
      </IconButton>
    </div>
  );
}
