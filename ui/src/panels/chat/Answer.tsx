// One answer: what it thought, said, asked for and drew, how it ended, and its receipt.
import { lazy, memo, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Message } from "../../bindings";
import { OptionList } from "../../primitives/OptionList";
import { Popover } from "../../primitives/Popover";
import { useCopy } from "../../primitives/useCopy";
import { useActions } from "./actions";
import { AnswerEnd } from "./AnswerEnd";
import { useModelGroups } from "./ModelPicker";
import { shortName } from "./models";
import { Picture } from "./Picture";
import { Reasoning } from "./Reasoning";
import { Receipt } from "./Receipt";
import { Stepper } from "./Stepper";
import { useLive } from "./talk";
import { ToolCard } from "./ToolCard";
import type { Siblings } from "./tree";

// Asked for at once, but the window is drawn before it is there.
const loading = import("./markdown/Markdown");
const Markdown = lazy(() => loading);

type Props = { message: Message; siblings: Siblings };

export const Answer = memo(function Answer({ message: known, siblings }: Props) {
  const { t } = useTranslation();
  const message = useLive(known);
  const streaming = message.state === "streaming";
  const silent = streaming && !message.text && !message.reasoning && !message.toolCalls.length;
  return (
    <article className="min-w-0" data-testid="message-answer" data-state={message.state} aria-busy={streaming} aria-label={t("chat.answerOf", { model: shortName(message.model) })}>
      {message.reasoning ? <Reasoning text={message.reasoning} thinking={streaming && !message.text} tookMs={message.reasoningMs} /> : null}
      {silent ? <p className="text-s text-ink-2">{t("chat.waiting", { model: shortName(message.model) })}</p> : null}
      {message.text ? (
        <Suspense fallback={<p className="whitespace-pre-wrap">{message.text}</p>}>
          <Markdown text={message.text} streaming={streaming} />
        </Suspense>
      ) : null}
      {message.toolCalls.map((call, index) => (
        <ToolCard key={call.id || index} call={call} />
      ))}
      {message.pictures.map((id) => (
        <Picture key={id} id={id} />
      ))}
      <AnswerEnd message={message} />
      {streaming ? null : <Foot message={message} siblings={siblings} />}
    </article>
  );
});

function Foot({ message, siblings }: Props) {
  const { t } = useTranslation();
  const { step, retry, busy } = useActions();
  const [copied, copy] = useCopy();
  const action = "rounded-[4px] px-0.5 hover:text-ink disabled:opacity-45";
  return (
    <footer className="num mt-2.5 flex flex-wrap items-center gap-x-3.5 gap-y-1 text-xs leading-5 text-ink-2" data-testid="receipt">
      <Stepper siblings={siblings} onStep={step} />
      {message.receipt ? <Receipt receipt={message.receipt} asked={message.model} /> : null}
      <span className="-mx-0.5 flex items-center gap-1">
        {message.text ? (
          <>
            <button type="button" className={action} onClick={() => copy(message.text)}>
              {copied ? t("common.copied") : t("common.copy")}
            </button>
            <span aria-hidden>·</span>
          </>
        ) : null}
        {message.state === "failed" ? null : (
          <>
            <button type="button" className={action} disabled={busy} onClick={() => retry(message)} data-testid="retry">
              {t("chat.retry")}
            </button>
            <span aria-hidden>·</span>
          </>
        )}
        <RetryWith message={message} className={action} />
      </span>
    </footer>
  );
}

function RetryWith({ message, className }: { message: Message; className: string }) {
  const { t } = useTranslation();
  const { models, retry, busy } = useActions();
  const [open, setOpen] = useState(false);
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      label={t("chat.retryWith")}
      trigger={
        <button type="button" className={className} disabled={busy} data-testid="retry-with">
          {t("chat.retryWith")}
        </button>
      }
    >
      <RetryModels
        chosen={message.model}
        models={models}
        onPick={(model) => {
          setOpen(false);
          retry(message, model);
        }}
      />
    </Popover>
  );
}

function RetryModels({ models, chosen, onPick }: { models: ReturnType<typeof useActions>["models"]; chosen: string | null; onPick: (model: string) => void }) {
  const { t } = useTranslation();
  const groups = useModelGroups(models, chosen ?? undefined);
  return (
    <div className="flex max-h-[340px] w-[340px] flex-col">
      <OptionList groups={groups} placeholder={t("chat.searchModels")} empty={t("chat.noSuchModel")} onPick={onPick} />
    </div>
  );
}
