// A tool the model called: which one, with what, what came back and how long it took; and the question, where it asks first.
import { ChevronRight, Wrench } from "lucide-react";
import { clsx } from "clsx";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Message, ToolCall, ToolState } from "../../bindings";
import { Button } from "../../primitives/Button";
import { seconds, useLocale } from "../../primitives/format";
import { Pill } from "../../primitives/Pill";
import type { Tone } from "../../primitives/Pill";
import { useCopy } from "../../primitives/useCopy";
import { useActions } from "./actions";
import { Picture } from "./Picture";

const tones: Record<ToolState, Tone> = { asked: "warn", allowed: "neutral", running: "accent", done: "ok", failed: "bad", refused: "neutral" };
const LONGEST_PARSED = 200_000;
const SHOWN = 4_000;

export function prettyJson(text: string): string {
  if (text.length > LONGEST_PARSED) return text;
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === "object" && read !== null ? JSON.stringify(read, null, 2) : String(read);
  } catch {
    return text; // still arriving, or never was JSON
  }
}

/** While it runs only the function's name has come, "server__tool"; the server stands beside it already. */
function bareName({ name, server }: ToolCall): string {
  return server ? name.replace(/^.+?__(?=.)/, "") : name;
}

export function ToolCard({ call, message }: { call: ToolCall; message: Message }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const [chosen, setChosen] = useState<boolean | null>(null);
  // A question is answered by somebody who has seen what will be sent.
  const open = chosen ?? (call.state === "asked" || call.state === "failed" || call.pictures.length > 0);
  const name = call.tool ?? (bareName(call) || "…");
  return (
    <section className="card my-2.5 overflow-hidden text-s" data-testid="tool-call" data-state={call.state} aria-label={t("answer.tool.name", { tool: name })}>
      <button type="button" aria-expanded={open} onClick={() => setChosen(!open)} className="num flex w-full items-center gap-2 px-3 py-1.5 text-left text-ink-2 hover:text-ink focus-visible:outline-offset-[-2px]">
        <ChevronRight className={clsx("size-3 shrink-0", open && "rotate-90")} aria-hidden />
        <Wrench className="size-3.5 shrink-0" aria-hidden />
        <span className="min-w-0 flex-1 truncate">
          {call.server ? `${call.server} · ` : ""}
          <code className="font-medium text-ink">{name}</code>
        </span>
        {call.tookMs === null ? null : <span>{seconds(call.tookMs, locale)}</span>}
        <Pill tone={tones[call.state]}>{t(`answer.tool.${call.state}`)}</Pill>
      </button>
      {open ? (
        <>
          {call.arguments ? <Told label={t("answer.tool.arguments")} text={call.arguments} /> : null}
          {call.result === null ? null : <Told label={t(call.state === "failed" ? "answer.tool.error" : "answer.tool.result")} text={call.result} />}
          {call.pictures.length ? (
            <div className="border-t border-line px-3">
              {call.pictures.map((id) => (
                <Picture key={id} id={id} />
              ))}
            </div>
          ) : null}
        </>
      ) : null}
      {call.state === "asked" ? <Question call={call} message={message} name={name} /> : null}
    </section>
  );
}

function Told({ label, text }: { label: string; text: string }) {
  const { t } = useTranslation();
  const [whole, setWhole] = useState(false);
  const [copied, copy] = useCopy();
  const pretty = useMemo(() => prettyJson(text), [text]);
  const cut = !whole && pretty.length > SHOWN;
  return (
    <div className="border-t border-line">
      <p className="flex items-center px-3 pt-1.5 text-xs text-ink-2">
        <span className="flex-1">{label}</span>
        <button type="button" className="rounded-[4px] px-1 hover:text-ink" onClick={() => copy(pretty)} aria-label={t("answer.tool.copy", { what: label })}>
          {copied ? t("common.copied") : t("common.copy")}
        </button>
      </p>
      <pre tabIndex={0} aria-label={label} dir="ltr" className="selectable max-h-[320px] overflow-auto px-3 pt-0.5 pb-2 text-[12px] leading-[1.6] whitespace-pre-wrap [overflow-wrap:anywhere] focus-visible:outline-offset-[-2px]">
        {cut ? `${pretty.slice(0, SHOWN)} …` : pretty}
      </pre>
      {cut ? (
        <button type="button" className="w-full border-t border-line py-1 text-ink-2 hover:bg-hover hover:text-ink" onClick={() => setWhole(true)}>
          {t("answer.tool.whole")}
        </button>
      ) : null}
    </div>
  );
}

function Question({ call, message, name }: { call: ToolCall; message: Message; name: string }) {
  const { t } = useTranslation();
  const { answerTool } = useActions();
  return (
    <div className="flex flex-wrap items-center gap-2 border-t border-line bg-warn-soft px-3 py-2" role="group" aria-label={t("answer.tool.question", { tool: name })}>
      <span className="min-w-[180px] flex-1">{t("answer.tool.question", { tool: name })}</span>
      <Button look="ghost" onClick={() => answerTool(message, call, "refuse")} data-testid="tool-refuse">
        {t("answer.tool.refuse")}
      </Button>
      <Button onClick={() => answerTool(message, call, "always")} data-testid="tool-always">
        {t("answer.tool.always")}
      </Button>
      <Button look="primary" onClick={() => answerTool(message, call, "once")} data-testid="tool-once">
        {t("answer.tool.once")}
      </Button>
    </div>
  );
}
