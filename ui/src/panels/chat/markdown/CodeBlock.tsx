// A listing in an answer: language, length, Copy, Wrap, Download; painted once it is closed, folded when it is long.
import { clsx } from "clsx";
import { memo, useEffect, useRef, useState } from "react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useCopy } from "../../../primitives/useCopy";
import { fileNameFor } from "../artifacts/names";
import { saveText } from "../artifacts/save";
import { WINDOW } from "./blocks";
import { paint } from "./painting";

const FOLDED_ABOVE = 400;
const HEAD = 40;
/** One line of a megabyte would be laid out whole: the rest is there when it is copied or downloaded. */
const LONGEST_SHOWN = 4_000;

export function windowsOf(code: string): string[] {
  const lines = code.split("\n");
  return Array.from({ length: Math.ceil(lines.length / WINDOW) }, (_, at) => lines.slice(at * WINDOW, (at + 1) * WINDOW).join("\n"));
}

export const linesOf = (windows: string[]) => windows.reduce((sum, one) => sum + one.split("\n").length, 0);

function shortened(code: string): string {
  if (code.length < LONGEST_SHOWN) return code;
  return code.split("\n").map((line) => (line.length > LONGEST_SHOWN ? `${line.slice(0, LONGEST_SHOWN)} … +${line.length - LONGEST_SHOWN}` : line)).join("\n");
}

/** Shown plain at once; painted where it is near the window, and only there are its words elements. */
const Window = memo(function Window({ code, painted }: { code: string; painted: string[] | undefined }) {
  const place = useRef<HTMLSpanElement>(null);
  const [near, setNear] = useState(false);
  useEffect(() => {
    if (!place.current || !painted) return;
    if (typeof IntersectionObserver === "undefined") return setNear(true);
    const watch = new IntersectionObserver(([entry]) => setNear(entry?.isIntersecting ?? false), { rootMargin: "800px" });
    watch.observe(place.current);
    return () => watch.disconnect();
  }, [painted]);
  const shown = shortened(code);
  return (
    <span ref={place} className="code-window" style={{ containIntrinsicSize: `auto ${code.split("\n").length * 20}px` }}>
      {painted && near && shown === code ? painted.map((text, index) => (index % 2 ? null : <span key={index} style={painted[index + 1] ? { color: painted[index + 1] } : undefined}>{text}</span>)) : shown}
    </span>
  );
});

function usePainted(windows: string[], language: string, wanted: boolean): (string[] | undefined)[] {
  const [painted, setPainted] = useState<(string[] | undefined)[]>([]);
  useEffect(() => {
    if (!wanted) return;
    return paint(language, windows, (at, one) => setPainted((known) => Object.assign([...known], { [at]: one })));
  }, [windows, language, wanted]);
  return painted;
}

type Props = { windows: string[]; lines: number; language: string; closed: boolean; actions?: ReactNode };

export const CodeBlock = memo(function CodeBlock({ windows, lines, language, closed, actions }: Props) {
  const { t } = useTranslation();
  const [wrap, setWrap] = useState(false);
  // Not folded under the eyes of somebody who watches it arrive.
  const [folded, setFolded] = useState(closed && lines > FOLDED_ABOVE);
  const [copied, copy] = useCopy();
  const painted = usePainted(windows, language, closed && !folded);
  const whole = () => windows.join("\n");
  const shown = folded ? [(windows[0] ?? "").split("\n").slice(0, HEAD).join("\n")] : windows;
  const action = "rounded-[4px] px-1 py-0.5 hover:text-ink";
  return (
    <figure className="code-frame my-3 overflow-hidden rounded-m border border-line bg-panel" data-testid="code">
      <figcaption className="num flex flex-wrap items-center gap-x-0.5 border-b border-line py-1 pr-2 pl-3 text-xs text-ink-2 select-none">
        <span className="flex-1 truncate">
          {language || t("chat.code")}
          {lines > 1 ? ` · ${t("answer.lines", { count: lines })}` : ""}
        </span>
        {actions}
        <button type="button" className={action} onClick={() => copy(whole())} aria-label={t("answer.copyCode")}>
          {copied ? t("common.copied") : t("common.copy")}
        </button>
        <span aria-hidden>·</span>
        <button type="button" className={action} aria-pressed={wrap} onClick={() => setWrap(!wrap)}>
          {wrap ? t("chat.unwrap") : t("chat.wrap")}
        </button>
        <span aria-hidden>·</span>
        <button type="button" className={action} onClick={() => saveText(fileNameFor(language), whole())} aria-label={t("answer.downloadCode")}>
          {t("answer.download")}
        </button>
      </figcaption>
      <pre tabIndex={0} aria-label={language || t("chat.code")} dir="ltr" className={clsx("p-3 text-[12.5px] leading-[20px] focus-visible:outline-offset-[-2px]", wrap ? "whitespace-pre-wrap [overflow-wrap:anywhere]" : "overflow-x-auto")}>
        <code>
          {shown.map((code, at) => (
            <Window key={at} code={code} painted={folded ? undefined : painted[at]} />
          ))}
        </code>
      </pre>
      {folded ? (
        <button type="button" onClick={() => setFolded(false)} className="w-full border-t border-line py-1.5 text-s text-ink-2 hover:bg-hover hover:text-ink" data-testid="unfold">
          {t("answer.showLines", { count: lines })}
        </button>
      ) : null}
    </figure>
  );
});
