// A block of code in an answer: its language, Copy, Wrap, and colours once they are loaded.
import { clsx } from "clsx";
import { memo, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCopy } from "../../../primitives/useCopy";
import type { Highlight, Lines } from "./highlighter";

const Line = memo(function Line({ tokens }: { tokens: Lines[number] }) {
  return tokens.map((token) => (
    <span key={token.offset} style={{ color: token.color }}>
      {token.content}
    </span>
  ));
});

function useHighlight(language: string): Highlight | null {
  const [highlight, setHighlight] = useState<Highlight | null>(null);
  useEffect(() => {
    if (!language) return;
    let here = true;
    void import("./highlighter")
      .then((module) => module.highlightFor(language))
      .then((found) => here && setHighlight(found));
    return () => {
      here = false;
    };
  }, [language]);
  return highlight;
}

export function CodeBlock({ code, language }: { code: string; language: string }) {
  const { t } = useTranslation();
  const [wrap, setWrap] = useState(false);
  const [copied, copy] = useCopy();
  const lines = useHighlight(language)?.lines(code);
  const action = "rounded-[4px] px-1 py-0.5 hover:text-ink";
  return (
    <figure className="code-frame my-3 overflow-hidden rounded-m border border-line bg-panel">
      <figcaption className="flex items-center border-b border-line py-1 pr-2 pl-3 text-xs text-ink-2 select-none">
        <span className="flex-1">{language || t("chat.code")}</span>
        <button type="button" className={action} onClick={() => copy(code)}>
          {copied ? t("common.copied") : t("common.copy")}
        </button>
        <span aria-hidden>·</span>
        <button type="button" className={action} aria-pressed={wrap} onClick={() => setWrap(!wrap)}>
          {wrap ? t("chat.unwrap") : t("chat.wrap")}
        </button>
      </figcaption>
      <pre tabIndex={0} className={clsx("p-3 text-[12.5px] leading-[1.6] focus-visible:outline-offset-[-2px]", wrap ? "whitespace-pre-wrap [overflow-wrap:anywhere]" : "overflow-x-auto")}>
        <code>
          {lines
            ? lines.map((tokens, index) => (
                <span key={index}>
                  <Line tokens={tokens} />
                  {index < lines.length - 1 ? "\n" : ""}
                </span>
              ))
            : code}
        </code>
      </pre>
    </figure>
  );
}
