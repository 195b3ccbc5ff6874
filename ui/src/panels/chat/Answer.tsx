// One answer, or one part of a long one: what it thought, said, asked for and drew, how it ended, and its receipt.
import { lazy, memo, Suspense, useMemo, useState } from "react";
import type { ComponentType } from "react";
import { useTranslation } from "react-i18next";
import type { Message } from "../../bindings";
import { AnswerEnd } from "./AnswerEnd";
import { shortName } from "./models";
import { AsideContext } from "./markdown/aside";
import type { Aside } from "./markdown/aside";
import type { Block } from "./markdown/blocks";
import { Picture } from "./Picture";
import { Reasoning } from "./Reasoning";
import { useLive } from "./talk";
import { AnswerFoot } from "./thread/AnswerFoot";
import { useDocuments } from "./thread/documents";
import type { Part } from "./thread/parts";
import type { Range } from "./thread/rows";
import { Sources } from "./thread/Sources";
import { ToolCard } from "./ToolCard";
import type { Siblings } from "./tree";

// Asked for at once, but the window is drawn before it is there. Once it is, nothing waits for it a frame longer.
const loading = import("./markdown/Markdown");
const Awaited = lazy(() => loading);
let Markdown: ComponentType<{ blocks: Block[]; live: boolean }> = Awaited;
void loading.then((module) => (Markdown = module.default));

type Props = { message: Message; siblings: Siblings; /** Which of its parts; all, where not said. */ range?: Range | null };

export const Answer = memo(function Answer({ message: known, siblings, range = null }: Props) {
  const { t } = useTranslation();
  const message = useLive(known);
  const document = useDocuments().of(known.id);
  const parts = document.parts(message);
  const shown = range ? parts.slice(range.from, range.to) : parts;
  const first = !range || range.from === 0;
  const last = !range || range.to >= parts.length;
  const streaming = message.state === "streaming";
  const notes = document.notes();
  const aside = useMemo<Aside>(() => ({ citations: message.citations, notes, live: streaming }), [message.citations, notes, streaming]);
  const name = shortName(message.model);
  const label = first ? t("chat.answerOf", { model: name }) : t("answer.part", { model: name });
  const silent = streaming && !message.text && !message.reasoning && !message.toolCalls.length;
  const thinking = streaming && !message.text;
  return (
    <AsideContext value={aside}>
      <article className="min-w-0 overflow-clip [overflow-clip-margin:8px]" data-testid="message-answer" data-state={message.state} aria-busy={streaming && last} aria-label={label}>
        {first && message.reasoning ? <Reasoning text={message.reasoning} since={thinking ? document.thinkingSince(Date.now()) : null} tookMs={message.reasoningMs} /> : null}
        {silent && first ? <p className="text-s text-ink-2">{t("chat.waiting", { model: name })}</p> : null}
        {shown.map((one, index) => (
          <PartView key={index} part={one} message={message} live={streaming && last && index === shown.length - 1} />
        ))}
        {last ? (
          <>
            {message.pictures.map((id) => (
              <Picture key={id} id={id} />
            ))}
            {streaming ? null : <Sources />}
            {message.schemaProblem ? <p className="mt-2 text-s text-warn">{t("answer.schemaProblem", { problem: message.schemaProblem })}</p> : null}
            <AnswerEnd message={message} />
            {streaming ? null : <AnswerFoot message={message} siblings={siblings} />}
          </>
        ) : null}
      </article>
    </AsideContext>
  );
});

function PartView({ part, message, live }: { part: Part; message: Message; live: boolean }) {
  const [Drawn] = useState(() => Markdown); // the same for good: another component would draw all of it anew
  return (
    <>
      {part.blocks.length ? (
        <Suspense fallback={<p className="whitespace-pre-wrap">{part.blocks.map((block) => (block.kind === "text" ? block.text : "")).join("\n\n")}</p>}>
          <Drawn blocks={part.blocks} live={live} />
        </Suspense>
      ) : null}
      {part.tools.map((index) => {
        const call = message.toolCalls[index];
        return call ? <ToolCard key={call.id || index} call={call} message={message} /> : null;
      })}
    </>
  );
}
