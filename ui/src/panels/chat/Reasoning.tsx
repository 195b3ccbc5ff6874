// What the model thought before it spoke: open while it thinks, folded after, with the time it took.
import { ChevronRight } from "lucide-react";
import { clsx } from "clsx";
import { memo, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { count, seconds, useLocale } from "../../primitives/format";

const PIECE = 2_000;

/** Cut at line ends into pieces that stay as they are while more is thought. */
export function piecesOf(text: string, known: string[] = []): string[] {
  const kept = known.slice(0, -1);
  let at = kept.reduce((sum, one) => sum + one.length, 0);
  while (text.length - at > PIECE) {
    const line = text.indexOf("\n", at + PIECE / 2);
    const end = line < 0 || line - at > PIECE * 2 ? at + PIECE : line + 1;
    if (end >= text.length) break;
    kept.push(text.slice(at, end));
    at = end;
  }
  return [...kept, text.slice(at)];
}

const Piece = memo(function Piece({ text }: { text: string }) {
  return <span className="thought-piece">{text}</span>;
});

/** The clock is in a component of its own: a second that passes draws three letters. */
function Clock({ since }: { since: number }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return <>{t("answer.thinkingFor", { seconds: count(Math.max(0, Math.floor((now - since) / 1000)), locale) })}</>;
}

/** `since`: thinking has not ended. */
type Props = { text: string; since: number | null; tookMs: number | null };

export function Reasoning({ text, since, tookMs }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  const [chosen, setChosen] = useState<boolean | null>(null);
  const open = chosen ?? since !== null;
  return (
    <div className={open ? "mb-3.5" : "mb-2"} data-testid="reasoning">
      <button type="button" aria-expanded={open} onClick={() => setChosen(!open)} className="num -ml-1 inline-flex items-center gap-1.5 rounded-[4px] px-1 text-s text-ink-2 hover:text-ink">
        <ChevronRight className={clsx("size-3", open && "rotate-90")} aria-hidden />
        {since !== null ? <Clock since={since} /> : tookMs === null ? t("chat.thought") : t("chat.thoughtFor", { time: seconds(tookMs, locale) })}
      </button>
      {open ? <Thoughts text={text.trim()} /> : null}
    </div>
  );
}

function Thoughts({ text }: { text: string }) {
  const known = useRef<{ text: string; pieces: string[] }>({ text: "", pieces: [] });
  if (known.current.text !== text) {
    const before = text.startsWith(known.current.text) ? known.current.pieces : [];
    known.current = { text, pieces: piecesOf(text, before) };
  }
  return (
    <p dir="auto" className="selectable mt-1.5 border-l border-line pl-3.5 text-m leading-[1.6] whitespace-pre-wrap text-ink-2 [overflow-wrap:anywhere]">
      {known.current.pieces.map((piece, index) => (
        <Piece key={index} text={piece} />
      ))}
    </p>
  );
}
